"""Ports behind a circuit breaker: a service that fails again and again is left alone for a while.

Entries leave only while the broker's breaker is known to be closed: where its state cannot be read, they stay. Cancels,
exits and protective orders always pass, and so does asking for orders, which they need. For prices and news a
state that cannot be read counts as closed. Claude, whose unanswered calls cost money, has a pause of its own.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from engine.errors import (
    BrokerUnavailable,
    CancelPending,
    MarketUnavailable,
    NewsUnavailable,
    OrderExists,
    OrderUnclear,
    RequestRefused,
    StreamUnavailable,
    TemporaryError,
)
from engine.model.account import Account, CloseFailure, Position
from engine.model.activity import Activity
from engine.model.market import BarHistory, Headline, Snapshot
from engine.model.trade import Entry, Order
from engine.ports.broker import Broker, LastLook, RequestGate, nothing_more, open_gate
from engine.ports.circuit_breaker import Breaker, Passing
from engine.ports.market import Market
from engine.ports.news import News

Answer = TypeVar("Answer")

LEFT_ALONE = "it failed five times in a row and is left alone for a while"


@contextmanager
def counted(breaker: Breaker, *failures: type[TemporaryError]) -> Iterator[None]:
    """Count a call as failed where it raises one of the failures, as answered where it is answered or refused.

    That an order is there already, or that a cancel takes its time, is an answer as well.
    """
    try:
        yield
    except (RequestRefused, OrderExists, CancelPending):
        with suppress(StreamUnavailable):
            breaker.worked()
        raise
    except failures:
        with suppress(StreamUnavailable):
            breaker.failed()
        raise
    with suppress(StreamUnavailable):
        breaker.worked()


@contextmanager
def through_breaker(
    breaker: Breaker, unavailable: type[TemporaryError], *failures: type[TemporaryError]
) -> Iterator[None]:
    """Make a call unless the breaker is open; raises `unavailable` where it is."""
    with suppress(StreamUnavailable):
        if breaker.passing() is Passing.SHUT:
            raise unavailable(LEFT_ALONE)
    with counted(breaker, unavailable, *failures):
        yield


class GuardedMarket:
    """The port Market."""

    def __init__(self, market: Market, breaker: Breaker) -> None:
        self._market = market
        self._breaker = breaker

    @property
    def label(self) -> str:
        """Name the source."""
        return self._market.label

    def snapshots(self, symbols: Sequence[str]) -> tuple[Snapshot, ...]:
        """Return the newest snapshot of each symbol that has one."""
        with through_breaker(self._breaker, MarketUnavailable):
            return self._market.snapshots(symbols)

    def bars(self, symbols: Sequence[str], since: datetime) -> BarHistory:
        """Return the closed bars of regular hours since an instant, oldest first."""
        with through_breaker(self._breaker, MarketUnavailable):
            return self._market.bars(symbols, since)

    def daily_bars(self, symbols: Sequence[str], since: date) -> BarHistory:
        """Return the days whose regular hours have ended, from a date on."""
        with through_breaker(self._breaker, MarketUnavailable):
            return self._market.daily_bars(symbols, since)


class GuardedNews:
    """The port News."""

    def __init__(self, news: News, breaker: Breaker) -> None:
        self._news = news
        self._breaker = breaker

    def headlines(self, symbols: Sequence[str], since: datetime) -> tuple[Headline, ...]:
        """Return what was published after an instant about any of the symbols, oldest first."""
        with through_breaker(self._breaker, NewsUnavailable):
            return self._news.headlines(symbols, since)


class GuardedBroker:
    """The port Broker."""

    def __init__(self, broker: Broker, breaker: Breaker) -> None:
        self._broker = broker
        self._breaker = breaker

    @property
    def label(self) -> str:
        """Name the broker."""
        return self._broker.label

    def account(self) -> Account:
        """Return the account's money."""
        with through_breaker(self._breaker, BrokerUnavailable):
            return self._broker.account()

    def positions(self) -> tuple[Position, ...]:
        """Return every position."""
        with through_breaker(self._breaker, BrokerUnavailable):
            return self._broker.positions()

    def position(self, symbol: str) -> Position | None:
        """Return the position in a symbol."""
        with through_breaker(self._breaker, BrokerUnavailable):
            return self._broker.position(symbol)

    def is_tradable(self, symbol: str) -> bool:
        """Tell whether the broker knows a symbol and takes orders in it."""
        with through_breaker(self._breaker, BrokerUnavailable):
            return self._broker.is_tradable(symbol)

    def orders(self) -> tuple[Order, ...]:
        """Return every order that is not over, with its legs."""
        return self._counted(self._broker.orders)

    def check(self, entry: Entry, price: Decimal) -> None:
        """Raise OrderRefused for an entry that would be refused for its shape."""
        self._broker.check(entry, price)

    def submit(self, entry: Entry, last_look: LastLook = nothing_more) -> Order:
        """Send an entry, only while the breaker is known to be closed."""
        try:
            is_closed = self._breaker.is_closed()
        except StreamUnavailable as error:
            raise BrokerUnavailable(f"whether the broker works is not known: {error}") from error
        if not is_closed:
            raise BrokerUnavailable(LEFT_ALONE)
        return self._counted(lambda: self._broker.submit(entry, last_look))

    def order(self, client_order_id: str) -> Order | None:
        """Return an order with its legs by our own id, None if the broker does not have it."""
        return self._counted(lambda: self._broker.order(client_order_id))

    def order_of(self, broker_id: str) -> Order | None:
        """Return an order with its legs by the broker's own id, None if the broker does not have it."""
        return self._counted(lambda: self._broker.order_of(broker_id))

    def find_orders(self, client_order_ids: Collection[str]) -> Mapping[str, Order]:
        """Return as many of these orders as few requests show; a few may cost none, so only a failure is counted."""
        try:
            return self._broker.find_orders(client_order_ids)
        except BrokerUnavailable:
            with suppress(StreamUnavailable):
                self._breaker.failed()
            raise

    def replace(self, order: Order, price: Decimal, last_look: LastLook = nothing_more) -> Order:
        """Ask for another price of a stop or target."""
        return self._counted(lambda: self._broker.replace(order, price, last_look))

    def protect(
        self,
        client_order_id: str,
        symbol: str,
        shares: int,
        stop: Decimal,
        target: Decimal | None = None,
        last_look: LastLook = nothing_more,
    ) -> Order:
        """Send a stop for shares that have none, and with it a target."""
        return self._counted(lambda: self._broker.protect(client_order_id, symbol, shares, stop, target, last_look))

    def cancel(self, order: Order, last_look: LastLook = nothing_more) -> None:
        """Cancel an order."""
        self._counted(lambda: self._broker.cancel(order, last_look))

    def close(self, client_order_id: str, symbol: str, shares: int, gate: RequestGate = open_gate) -> Order:
        """Cancel what protects a position and sell shares of it at the market."""
        return self._counted(lambda: self._broker.close(client_order_id, symbol, shares, gate))

    def buy_back(self, client_order_id: str, symbol: str, shares: int, last_look: LastLook = nothing_more) -> Order:
        """Buy shares at the market that are sold short."""
        return self._counted(lambda: self._broker.buy_back(client_order_id, symbol, shares, last_look))

    def activities(self, since: datetime) -> tuple[Activity, ...]:
        """Return what happened in the account since an instant, oldest first."""
        return self._counted(lambda: self._broker.activities(since))

    def clock_skew(self) -> timedelta:
        """Return how far the broker's clock is ahead of ours."""
        with through_breaker(self._breaker, BrokerUnavailable):
            return self._broker.clock_skew()

    def close_all(self, last_look: LastLook = nothing_more) -> tuple[CloseFailure, ...]:
        """Cancel every order and sell every position at the market; return what was refused."""
        return self._counted(lambda: self._broker.close_all(last_look))

    def listen(self, on_update: Callable[[str], None]) -> None:
        """Call back after each change of an order or its legs."""
        self._broker.listen(on_update)

    def stop_listening(self) -> None:
        """Call back no more."""
        self._broker.stop_listening()

    def _counted(self, call: Callable[[], Answer]) -> Answer:
        with counted(self._breaker, BrokerUnavailable, OrderUnclear):
            return call()
