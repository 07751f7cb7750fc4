"""The fake's exchange: which order fills when and at which price, and what that does to the others of its bracket."""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from engine.model.market import Session
from tests.support.fakes.alpaca.history import History
from tests.support.fakes.alpaca.orders import ALIVE, PENDING_CANCEL, Json, Order, moment, number
from tests.support.fakes.alpaca.portfolio import Portfolio
from tests.support.fakes.alpaca.session_hours import Hours

_BASIS_POINT: Final = Decimal("0.0001")
_CENT: Final = Decimal("0.01")
_LONG: Final = timedelta(days=90)
_EXTENDED: Final = frozenset({Session.PRE, Session.AFTER})


@dataclass
class Ways:
    """How the exchange behaves; tests change it."""

    slippage_bp: Decimal = Decimal(0)
    automatic: bool = True
    holds_legs: bool = False
    holds_cancels: bool = False
    part: Decimal | None = None
    rejects: bool = False
    untradable: set[str] = field(default_factory=set)


class Exchange:
    """Orders and prices; not to be touched without `open()`."""

    def __init__(self, portfolio: Portfolio, hours: Hours, told_to: Callable[[Json], None]) -> None:
        self.portfolio = portfolio
        self.hours = hours
        self.ways = Ways()
        self.history = History()
        self.orders: list[Order] = []
        self.prices: dict[str, Decimal] = {}
        self.told_to = told_to
        self._lock = threading.RLock()

    @contextmanager
    def open(self) -> Iterator[datetime]:
        """Let nobody else in, and first do what time alone does: expire orders, wake those that waited for the open."""
        with self._lock:
            now = self.hours.now()
            for order in self.alive():
                if order.is_alive and order.expires_at <= now:
                    self.end(order, "expired")
            self._wake()
            yield now

    def group(self, order: Order) -> list[Order]:
        return [other for other in self.orders if order.group and other.group == order.group]

    def alive(self, symbol: str = "") -> list[Order]:
        return [order for order in self.orders if order.status in ALIVE and symbol in {"", order.symbol}]

    def add(self, order: Order) -> None:
        """Keep an order, tell of it, and fill what can be filled of it."""
        self.orders += [order, *(leg for leg in order.legs if leg not in self.orders)]
        if order.status == "held":
            return
        self.tell(order.status, order)
        if self.ways.rejects:
            self.ways.rejects = False
            self.end(order, "rejected")
        self._wake()
        if order.tif in {"ioc", "fok"} and order.is_alive:
            self.end(order, "canceled")

    def reject_replacement(self, old: Order, order: Order) -> None:
        """Keep an order that comes to nothing, and leave the one that it was to replace, and its bracket, alone."""
        self.ways.rejects = False
        order.legs = []
        self.orders.append(order)
        order.move("rejected", self.hours.now())
        self.tell("rejected", order)
        self.tell("order_replace_rejected", old)

    def price(self, symbol: str, price: Decimal) -> None:
        """Let a symbol trade at a price; sales come first, because a stop ends what its entry had yet to buy."""
        self.prices[symbol] = price
        for order in sorted(self.alive(symbol), key=lambda order: order.sign):
            self._match(order)

    def fill(self, order: Order, shares: Decimal, price: Decimal, *, alone: bool = False) -> None:
        """Fill shares of an order at a price; a held stop is triggered by it.

        An order that is over is filled too, and `alone` leaves the rest of its bracket as it is: an exchange may do so.
        """
        if order.status == "held":
            if not alone:
                self._end_others(order)
            order.move("new", self.hours.now())
            self.tell("new", order)
        order.filled_qty += shares
        order.paid += shares * price
        self.portfolio.transaction(order.symbol, order.sign * shares, price)
        if not (order.remaining and order.status == PENDING_CANCEL):
            order.move("partially_filled" if order.remaining else "filled", self.hours.now())
        self.history.filled(order, shares, price, self.hours.now())
        self.tell("partial_fill" if order.remaining else "fill", order, price=price, qty=shares)
        if alone:
            return
        if order.role == "entry":
            if not order.remaining and not self.ways.holds_legs:
                self.wake_legs(order)
        elif not order.remaining:
            self._end_others(order)
        elif order.role == "take_profit":
            self._shrink_stop(order)

    def cancel(self, order: Order) -> None:
        """Take a cancel of an order: it is done at once, or once the cancels are let go."""
        was_held = order.is_held
        order.move(PENDING_CANCEL, self.hours.now())
        if not was_held:
            self.tell(PENDING_CANCEL, order)
        if not self.ways.holds_cancels:
            self.end(order, "canceled")

    def end(self, order: Order, status: str) -> None:
        """End an order, and what is left of its bracket."""
        was_held = order.is_held
        order.move(status, self.hours.now())
        if not was_held:
            self.tell(status, order)
        if status != "replaced":
            self._end_others(order)

    def wake_legs(self, entry: Order) -> None:
        """Send the target of a filled entry to the market; its stop stays held, unless it is alone."""
        legs = [leg for leg in self.group(entry) if leg.role != "entry" and leg.is_alive]
        for leg in legs:
            if leg.status == "held" and (leg.role == "take_profit" or len(legs) == 1):
                leg.move("new", self.hours.now())
                self.tell("new", leg)

    def is_armed(self, order: Order) -> bool:
        """Tell whether a held stop sells: its entry is filled and its target is at the market."""
        return any(other.role == "take_profit" and other.is_live for other in self.group(order))

    def expiry(self, tif: str, *, extended: bool = False) -> datetime:
        return self.hours.now() + _LONG if tif == "gtc" else self.hours.next_close(extended=extended)

    def is_open_for(self, order: Order) -> bool:
        session = self.hours.session()
        return session is Session.REGULAR or (order.extended_hours and session in _EXTENDED)

    def reserved(self) -> Decimal:
        """Return the dollars that resting purchases bind."""
        buys = [order for order in self.alive() if order.side == "buy" and order.role != "stop_loss"]
        return sum((order.remaining * self.worth(order) for order in buys), Decimal(0))

    def worth(self, order: Order) -> Decimal:
        return order.limit_price or order.stop_price or self.prices.get(order.symbol, Decimal(0))

    def available(self, symbol: str) -> Decimal:
        """Return the shares that no living order closes; the legs of a bracket bind them once."""
        held = self.portfolio.shares(symbol)
        side = "sell" if held > 0 else "buy"
        closing = [order.remaining for order in self.alive(symbol) if order.is_live and order.side == side]
        return max(Decimal(0), abs(held) - sum(closing, Decimal(0)))

    def tell(self, event: str, order: Order, **trade: Decimal) -> None:
        """Tell the stream what happened to an order; `trade` is the price and quantity of a fill."""
        self.told_to(self.update(event, order) | {name: number(figure) for name, figure in trade.items()})

    def update(self, event: str, order: Order) -> Json:
        return {
            "event": event,
            "execution_id": str(uuid.uuid4()),
            "order": order.told(nested=False),
            "timestamp": moment(self.hours.now()),
            "position_qty": number(self.portfolio.shares(order.symbol)),
        }

    def _wake(self) -> None:
        for order in self.alive():
            if order.status in {"accepted", "pending_new"} and self.is_open_for(order):
                order.move("new", self.hours.now())
                self.tell("new", order)
                self._match(order)

    def _match(self, order: Order) -> None:
        price = self.prices.get(order.symbol)
        if price is None or not (self.ways.automatic and order.is_alive and self.is_open_for(order)):
            return
        if order.is_held and not self.is_armed(order):
            return
        got = self._dealt_at(order, price)
        if got is None:
            return
        part, self.ways.part = self.ways.part, None
        self.fill(order, min(order.remaining, part or order.remaining), got)

    def _dealt_at(self, order: Order, price: Decimal) -> Decimal | None:
        slip = order.sign * self.ways.slippage_bp * _BASIS_POINT
        market = (price * (1 + slip)).quantize(_CENT, ROUND_HALF_UP)
        if order.stop_price is not None and not order.filled_qty:
            return market if order.sign * (price - order.stop_price) >= 0 else None
        if order.limit_price is None:
            return market
        if order.sign * (price - order.limit_price) > 0:
            return None
        return min(order.limit_price, market) if order.sign > 0 else max(order.limit_price, market)

    def _shrink_stop(self, target: Order) -> None:
        for stop in self.group(target):
            if stop.role == "stop_loss" and stop.is_alive:
                stop.qty = target.remaining

    def _end_others(self, order: Order) -> None:
        """Cancel the rest of a bracket; that a held leg is over is told to nobody."""
        for other in self.group(order):
            if other is not order and other.is_alive:
                was_held = other.is_held
                other.move("canceled", self.hours.now())
                if not was_held:
                    self.tell("canceled", other)
