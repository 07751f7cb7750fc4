import threading
import time
from decimal import Decimal
from typing import Any

from engine.adapters.alpaca.failures import Declined
from engine.adapters.alpaca.orders import order_of
from engine.adapters.alpaca.wire import Wire
from engine.errors import BrokerUnavailable, OrderRefused
from engine.model.signal import Side
from engine.model.trade import Order, OrderRole

BETWEEN_LOOKS = 0.1
MOST_ORDERS = 500
MOST_PAGES = 10
OVER_ALREADY = frozenset({404, 422})


def end_order(wire: Wire, broker_id: str) -> None:
    """Ask to cancel an order; one that is over already, or unknown, is no error."""
    try:
        wire.delete(f"/orders/{broker_id}")
    except Declined as error:
        if error.status not in OVER_ALREADY:
            raise


def open_orders(wire: Wire, symbol: str = "", *, urgent: bool = False) -> list[Any]:
    """Read what is not over, of one symbol or all, with legs.

    The list of open orders lacks held stops, and the legs of a filled entry stand under an order that is over: so the
    newest of all orders are read until every open one was among them.
    """
    asked = {"limit": MOST_ORDERS} | ({"symbols": symbol} if symbol else {})
    missing = {raw["id"] for raw in wire.read("/orders", asked | {"status": "open"}, urgent=urgent)}
    asked |= {"status": "all", "nested": "true"}
    found = []
    for _ in range(MOST_PAGES):
        page = wire.read("/orders", asked, urgent=urgent)
        for raw in page:
            parts = (raw, *(raw.get("legs") or ()))
            missing.difference_update(part["id"] for part in parts)
            if not all(order_of(part).state.is_over for part in parts):
                found.append(raw)
        if not missing or len(page) < MOST_ORDERS:
            return found
        asked["until"] = page[-1]["submitted_at"]
    raise ValueError(f"open orders that are not among the last {MOST_PAGES * MOST_ORDERS}")


class Closing:
    """Frees shares for a sale: as long as another order may sell them, Alpaca refuses to sell them twice.

    Raises what the wire raises, and what reading an answer raises that makes no sense.
    """

    def __init__(self, wire: Wire, *, patience: float) -> None:
        self._wire = wire
        self._patience = patience
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Wait for nothing any more."""
        self._stopped.set()

    def free(self, symbol: str, shares: int) -> None:
        """Cancel as many of the orders that protect a position as hold the shares, and wait until they are over.

        Raises OrderRefused, and cancels nothing, when fewer shares can be sold; BrokerUnavailable when it takes longer
        than the patience.
        """
        until = time.monotonic() + self._patience
        asked: set[str] = set()
        while True:
            held, available = self._holding(symbol)
            if available >= shares:
                return
            sales = self._sales(symbol) if held else []
            leaving = sum(order.shares - order.filled_shares for order in sales if order.role is OrderRole.EXIT)
            if shares > held - leaving:
                raise OrderRefused(f"insufficient qty available (requested: {shares}, available: {held - leaving})")
            self._cancel_one([order for order in sales if order.role is not OrderRole.EXIT], shares, asked)
            if time.monotonic() >= until or self._stopped.wait(BETWEEN_LOOKS):
                raise BrokerUnavailable(f"the orders that protect {symbol} are not over yet; nothing was sold")

    def _cancel_one(self, protective: list[Order], shares: int, asked: set[str]) -> None:
        """Cancel the protective order that fits best, unless one that was asked to end is still alive."""
        if not protective or any(order.broker_id in asked for order in protective):
            return
        best = min(protective, key=lambda order: (abs(order.shares - shares), order.role is not OrderRole.STOP))
        asked.add(best.broker_id)
        end_order(self._wire, best.broker_id)

    def _holding(self, symbol: str) -> tuple[int, int]:
        """Return the shares that are held, and those of them that no order may sell."""
        raw = self._wire.find(f"/positions/{symbol}", urgent=True)
        return (0, 0) if raw is None else (int(Decimal(raw["qty"])), int(Decimal(raw["qty_available"])))

    def _sales(self, symbol: str) -> list[Order]:
        found = open_orders(self._wire, symbol, urgent=True)
        every = [order_of(raw) for order in found for raw in (order, *(order.get("legs") or ()))]
        return [order for order in every if order.side is Side.SELL and not order.state.is_over]
