import threading

from engine.adapters.alpaca.orders import Raw
from engine.model.trade import Order


class OrderGroups:
    """Remembers which of our orders each order of the broker belongs to.

    A trade update names a leg or a replacement by ids of the broker's own; a group's id, where there is one, is shared
    by a bracket, its legs and their replacements.
    """

    def __init__(self) -> None:
        self._roots: dict[str, str] = {}
        self._broker_ids: dict[str, str] = {}
        self._alive: set[str] = set()
        self._lock = threading.Lock()

    def keep(self, order: Order, group_id: str | None) -> None:
        """Remember an order that we sent, with its legs."""
        root = order.client_order_id
        with self._lock:
            self._broker_ids[root] = order.broker_id
            self._roots.update(dict.fromkeys(order.broker_ids, root))
            if group_id:
                self._roots[group_id] = root
            if all(part.state.is_over for part in order.parts):
                self._alive.discard(root)
            else:
                self._alive.add(root)

    def replaced(self, old: str, new: str) -> None:
        """Remember that one order of the broker stands for another."""
        with self._lock:
            if old in self._roots:
                self._roots[new] = self._roots[old]

    def root(self, raw: Raw) -> str:
        """Return the client order id of what we sent, for an order as a trade update shows it."""
        keys = (raw.get("id"), raw.get("group_id"), raw.get("replaces"))
        with self._lock:
            root = next((self._roots[key] for key in keys if key in self._roots), None)
            if root is None:
                return str(raw["client_order_id"])
            self._roots[str(raw["id"])] = root  # which may be replaced itself before anybody looks
            return root

    def broker_id(self, client_order_id: str) -> str | None:
        """Return the broker's id of what we sent, None when it was never seen."""
        with self._lock:
            return self._broker_ids.get(client_order_id)

    def alive(self) -> tuple[str, ...]:
        """Return the client order ids of what was not over when it was last seen."""
        with self._lock:
            return tuple(sorted(self._alive))
