"""Where an order of ours is found at Alpaca, with its legs and all that replaced them."""

from collections.abc import Callable, Iterator
from typing import Any

from engine.adapters.alpaca.client import AlpacaClient
from engine.adapters.alpaca.closing import WORTH_A_PAGE, orders_in
from engine.adapters.alpaca.order_groups import OrderGroups
from engine.adapters.alpaca.replacements import is_purchase, joined, read
from engine.model.trade import Order

MOST_BY_ID = 100
"""Replacements of one order that are asked for one by one: half of the requests that Alpaca takes in a minute."""


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
        """Return an order with its legs and all replacements; those of a lone stop are its legs too.

        A purchase is one with all that replaced it, whichever of them is given.
        """
        replacements = _Replacements(self.by_id, orders_in(self._wire, str(raw["symbol"])))
        return read(joined(_first(raw, replacements), replacements.find))

    def kept(self, raw: Any) -> Order:
        """Return an order that we sent as `whole` does, and remember what belongs to it."""
        return self._keep(raw, self.whole(raw))

    def listed(self, raw: Any) -> Order:
        """Return an order that stands in a list, and remember what belongs to it."""
        return self._keep(raw, read(raw))

    def _keep(self, raw: Any, order: Order) -> Order:
        self._groups.keep(order, raw.get("group_id"))
        return order


class _Replacements:
    """Finds what replaced an order.

    A stop that follows the price is replaced hundreds of times: beyond the first few they are read from the list of the
    symbol's orders, `pages` newest first, and by their ids only where that lacks them.
    """

    def __init__(self, by_id: Callable[[str], Any | None], pages: Iterator[list[Any]]) -> None:
        self._by_id = by_id
        self._pages = pages
        self._listed = dict[str, Any]()
        self._asked = 0

    def keep(self, raw: Any) -> None:
        """Ask no more for an order that is known, with its legs."""
        self._listed[raw["id"]] = raw

    def find(self, broker_id: str) -> Any | None:
        """Return an order with its legs, None where nobody has it; raises ValueError after too many."""
        while self._asked >= WORTH_A_PAGE and broker_id not in self._listed:
            page = next(self._pages, None)
            if page is None:
                break
            self._listed |= {leg["id"]: leg for raw in page for leg in raw.get("legs") or ()}
            self._listed |= {raw["id"]: raw for raw in page}
        if broker_id in self._listed:
            return self._listed[broker_id]
        if self._asked >= MOST_BY_ID:
            raise ValueError("an order was replaced too often to be followed")
        self._asked += 1
        return self._by_id(broker_id)


def _first(raw: Any, replacements: _Replacements) -> Any:
    """Return what was sent first of a purchase that may have replaced others; anything else is returned as it is."""
    seen = set[str]()
    while is_purchase(raw) and raw.get("replaces") and raw["id"] not in seen:
        seen.add(raw["id"])
        replacements.keep(raw)
        older = replacements.find(raw["replaces"])
        if older is None:
            break
        raw = older
    return raw
