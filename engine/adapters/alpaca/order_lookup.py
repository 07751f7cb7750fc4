"""Where an order of ours is found at Alpaca, with its legs and all that replaced them."""

from collections.abc import Sequence
from typing import Any

from engine.adapters.alpaca.client import AlpacaClient
from engine.adapters.alpaca.order_groups import OrderGroups
from engine.adapters.alpaca.orders import order_of
from engine.model.trade import Order

MOST_REPLACEMENTS = 20


class OrderLookup:
    """Reads orders, and lets `groups` remember what belongs together. Raises what the wire raises, and NONSENSE."""

    def __init__(self, wire: AlpacaClient, groups: OrderGroups) -> None:
        self._wire = wire
        self._groups = groups

    def by_client_id(self, client_order_id: str, *, urgent: bool = False) -> Any | None:
        """Read an order with its legs, which Alpaca gives by its own ids only."""
        broker_id = self._groups.broker_id(client_order_id)
        if broker_id is None:
            asked = {"client_order_id": client_order_id}
            raw = self._wire.find("/orders:by_client_order_id", asked, urgent=urgent)
            if raw is None:
                return None
            if raw["client_order_id"] != client_order_id:
                raise ValueError(f"asked for order {client_order_id}, got {raw['client_order_id']}")
            broker_id = str(raw["id"])
        return self.by_id(broker_id, urgent=urgent)

    def by_id(self, broker_id: str, *, urgent: bool = False) -> Any | None:
        """Read an order with its legs."""
        return self._wire.find(f"/orders/{broker_id}", {"nested": "true"}, urgent=urgent)

    def whole(self, raw: Any) -> Order:
        """Return an order with its legs and all replacements; those of a lone stop are its legs too."""
        return order_of(raw, self._legs(raw))

    def kept(self, raw: Any) -> Order:
        """Return an order that we sent as `whole` does, and remember what belongs to it."""
        return self._keep(raw, self.whole(raw))

    def listed(self, raw: Any) -> Order:
        """Return an order that stands in a list, and remember what belongs to it."""
        return self._keep(raw, order_of(raw, map(order_of, raw.get("legs") or ())))

    def _keep(self, raw: Any, order: Order) -> Order:
        self._groups.keep(order, raw.get("group_id"))
        return order

    def _legs(self, raw: Any) -> Sequence[Order]:
        """Read what belongs to an order: its legs, what replaced it or them, and the legs that went over to that."""
        parts = [raw, *(raw.get("legs") or ())]
        seen = {part["id"] for part in parts}
        for part in parts:  # grows while it is read: a replacement may have been replaced
            following = part.get("replaced_by")
            if not following or following in seen:
                continue
            if len(seen) > MOST_REPLACEMENTS:
                raise ValueError("an order was replaced too often to be followed")
            found = self.by_id(following)
            if found is not None:
                new = [each for each in (found, *(found.get("legs") or ())) if each["id"] not in seen]
                seen.update(each["id"] for each in new)
                parts += new
        return [order_of(part) for part in parts[1:]]
