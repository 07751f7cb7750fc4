import itertools
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from engine.adapters.alpaca.client import AlpacaClient, Params
from engine.adapters.alpaca.error_mapping import Declined
from engine.adapters.alpaca.orders import instant, order_of
from engine.adapters.alpaca.replacements import EARLIER, is_purchase, joined
from engine.errors import BrokerUnavailable, CancelPending, OrderRefused
from engine.model.account import CloseFailure
from engine.model.signal import Side
from engine.model.trade import PENDING_CANCEL, Order, OrderRole
from engine.ports.broker import LastLook, RequestGate, nothing_more

BETWEEN_LOOKS = 0.1
MOST_ORDERS = 500
MOST_PAGES = 40
LEGS = {"bracket": 2, "oco": 1, "oto": 1}
WORTH_A_PAGE = 3
"""Orders that are looked for by their ids rather than in a page more of the list."""
DONE = 200
OVER_ALREADY = frozenset({404, 422})


def end_order(wire: AlpacaClient, broker_id: str, last_look: LastLook = nothing_more) -> None:
    """Ask to cancel an order; one that is over already, or unknown, is no error."""
    try:
        wire.delete(f"/orders/{broker_id}", last_look=last_look)
    except Declined as error:
        if error.status not in OVER_ALREADY:
            raise


def open_orders(wire: AlpacaClient, symbol: str = "", *, urgent: bool = False) -> list[Any]:
    """Read what is not over, of one symbol or all, with legs and what replaced them.

    The list of open orders lacks held stops, and the legs of a filled entry stand under an order that is over: so the
    newest of all orders are read until every open one was among them, and what an open purchase replaced, under whose
    id we know it. What is open under a still older one comes alone.
    """
    asked: Params = {"symbols": symbol} if symbol else {}
    alone = {raw["id"]: raw for page in _pages(wire, asked | {"status": "open"}, urgent=urgent) for raw in page}
    groups, seen = dict[str, Any](), set[str]()
    wanted = {*alone, *_replaced(alone.values())}
    for page in _pages(wire, asked | {"status": "all", "nested": "true"}, urgent=urgent):
        groups |= {raw["id"]: raw for raw in page}
        seen.update(part["id"] for raw in page for part in (raw, *(raw.get("legs") or ())))
        for raw in page:  # newest first: what one of it replaced is behind it
            wanted.update(_replaced([raw]) if raw["id"] in wanted else ())
        if wanted <= seen:
            break
    found = _with_replacements([*groups.values(), *(alone[broker_id] for broker_id in alone.keys() - seen)], alone)
    return [raw for raw in found if not all(order_of(part).state.is_over for part in (raw, *(raw.get("legs") or ())))]


def newest_orders(wire: AlpacaClient, client_order_ids: Collection[str]) -> list[Any]:
    """Read those of our orders that are among the newest, with legs and what replaced them.

    No more pages are read than would pay: by its id an order costs a request or two.
    """
    missing, shown = set(client_order_ids), list[Any]()
    for page in islice(_pages(wire, {"status": "all", "nested": "true"}, urgent=False), len(missing) // WORTH_A_PAGE):
        shown.extend(page)
        missing.difference_update(raw["client_order_id"] for raw in page)
        if not missing:
            break
    return [raw for raw in _with_replacements(shown, {}) if raw["client_order_id"] in client_order_ids]


def orders_in(wire: AlpacaClient, symbol: str) -> Iterator[list[Any]]:
    """Read every order of a symbol with its legs, newest first, page by page."""
    return _pages(wire, {"symbols": symbol, "status": "all", "nested": "true"}, urgent=False)


def is_whole(raw: Any) -> bool:
    """Tell whether an order of a list has all its legs beside it, and all that replaced them."""
    legs = raw.get("legs") or ()
    parts = (raw, *legs, *(raw.get(EARLIER) or ()))
    shown = {part["id"] for part in parts}
    newer = {part.get("replaced_by") or raw["id"] for part in parts}
    return newer <= shown and len(legs) >= LEGS.get(raw.get("order_class") or "", 0)


def _pages(wire: AlpacaClient, asked: Params, *, urgent: bool) -> Iterator[list[Any]]:
    """Read a list of orders, newest first, page by page; raises ValueError where it cannot be read on."""
    asked = asked | {"limit": MOST_ORDERS}
    for _ in range(MOST_PAGES):
        page = wire.read("/orders", asked, urgent=urgent)
        yield page
        if len(page) < MOST_ORDERS:
            return
        # Orders of one instant may stand on both sides of a page's end, so the pages overlap in it.
        last = instant(page[-1]["submitted_at"]) + timedelta(microseconds=1)
        if last > instant(page[0]["submitted_at"]):
            raise ValueError(f"{MOST_ORDERS} orders of one instant leave no way to those before")
        asked = asked | {"until": last.isoformat()}


def _with_replacements(groups: Sequence[Any], alone: Mapping[str, Any]) -> list[Any]:
    """Join what replaced an order, or a leg of it, with it, where the list shows it elsewhere."""
    shown = dict(alone) | {raw["id"]: raw for raw in groups}  # which have their legs
    moved = set[str]()

    def find(broker_id: str) -> Any | None:
        if broker_id in shown:
            moved.add(broker_id)
        return shown.get(broker_id)

    whole = [(raw["id"], joined(raw, find)) for raw in groups]
    return [each for broker_id, each in whole if broker_id not in moved]


def _replaced(orders: Iterable[Any]) -> set[str]:
    """Return what purchases replaced, by Alpaca's ids."""
    return {raw["replaces"] for raw in orders if raw.get("replaces") and is_purchase(raw)}


def is_ending(order: Order) -> bool:
    """Tell whether a cancel of an order was taken and is not done."""
    return not order.state.is_over and order.reason == PENDING_CANCEL


def close_everything(wire: AlpacaClient, last_look: LastLook) -> tuple[CloseFailure, ...]:
    """Ask to cancel every order and to sell every position; return the items that were refused.

    Both answers are lists, and a list that came does not say that what stands in it was done.
    """
    orders = [item for item in wire.delete("/orders", last_look=last_look) if item["status"] not in OVER_ALREADY]
    positions = wire.delete("/positions", {"cancel_orders": "true"}, last_look)
    items = [(item, item["id"]) for item in orders] + [(item, item["symbol"]) for item in positions]
    return tuple(CloseFailure(what=str(what), reason=_refusal(item)) for item, what in items if item["status"] != DONE)


def _refusal(item: Any) -> str:
    body = item.get("body")
    words = body.get("message") if isinstance(body, dict) else body
    return str(words or item["status"])


class Closing:
    """Frees shares for a sale: as long as another order may sell them, Alpaca refuses to sell them twice.

    Raises what the wire raises, and what reading an answer raises that makes no sense.
    """

    def __init__(self, wire: AlpacaClient, *, patience: float) -> None:
        self._wire = wire
        self._patience = patience
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Wait for nothing any more."""
        self._stopped.set()

    def free(self, symbol: str, shares: int, gate: RequestGate) -> None:
        """Cancel as many of the orders that protect a position as hold the shares, and wait until they are over.

        Raises OrderRefused, and cancels nothing, when fewer shares can be sold. When it takes longer than the patience
        it raises CancelPending where Alpaca says that a cancel is under way, else BrokerUnavailable.
        """
        until = time.monotonic() + self._patience
        asked: set[str] = set()
        for looks in itertools.count():
            held, available = self._holding(symbol)
            if available >= shares:
                return
            sales = self._sales(symbol) if held else []
            leaving = sum(order.unfilled_shares for order in sales if order.role is OrderRole.EXIT)
            if shares > held - leaving:
                raise OrderRefused(f"insufficient qty available (requested: {shares}, available: {held - leaving})")
            protective = [order for order in sales if order.role is not OrderRole.EXIT]
            if looks and (self._stopped.is_set() or time.monotonic() >= until):
                for order in filter(is_ending, protective):
                    raise CancelPending(order.client_order_id)
                raise BrokerUnavailable(f"the orders that protect {symbol} are not over yet; nothing was sold")
            self._cancel_one(protective, shares, asked, gate)
            self._stopped.wait(BETWEEN_LOOKS)

    def short(self, symbol: str) -> int:
        """Return the shares of a symbol that are sold short and that no order buys back yet."""
        raw = self._wire.find(f"/positions/{symbol}", urgent=True)
        if raw is None:
            return 0
        buying = [order for order in self._alive(symbol) if order.side is Side.BUY]
        return max(0, -int(Decimal(raw["qty"])) - sum(order.unfilled_shares for order in buying))

    def _cancel_one(self, protective: list[Order], shares: int, asked: set[str], gate: RequestGate) -> None:
        """Cancel the protective order that fits best, unless one that was asked to end, by anyone, is still alive."""
        if not protective or any(order.broker_id in asked or is_ending(order) for order in protective):
            return
        best = min(protective, key=lambda order: (abs(order.shares - shares), order.role is not OrderRole.STOP))
        asked.add(best.broker_id)
        with gate() as last_look:
            end_order(self._wire, best.broker_id, last_look)

    def _holding(self, symbol: str) -> tuple[int, int]:
        """Return the shares that are held, none where they are sold short, and those of them that no order may sell."""
        raw = self._wire.find(f"/positions/{symbol}", urgent=True)
        if raw is None or Decimal(raw["qty"]) <= 0:
            return 0, 0
        return int(Decimal(raw["qty"])), int(Decimal(raw["qty_available"]))

    def _sales(self, symbol: str) -> list[Order]:
        return [order for order in self._alive(symbol) if order.side is Side.SELL]

    def _alive(self, symbol: str) -> list[Order]:
        found = open_orders(self._wire, symbol, urgent=True)
        every = [order_of(raw) for order in found for raw in (order, *(order.get("legs") or ()))]
        return [order for order in every if not order.state.is_over]
