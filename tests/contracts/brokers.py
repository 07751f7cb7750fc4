"""The harnesses of the brokers' contract suite: a broker, and a hand on its market."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from engine.adapters.alpaca.broker import AlpacaBroker
from engine.model.fees import NO_FEES
from engine.model.trade import Entry, Order, OrderRole
from engine.ports.broker import Broker
from tests.engine.adapters.alpaca.access import access_to
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.hand_dealt_broker import HandDealtBroker
from tests.support.fakes.market import FakeMarket

ENTRY = Entry(
    client_order_id="AAPL_20250819_234515",
    symbol="AAPL",
    shares=100,
    stop=Decimal("147.99"),
    target=Decimal("154.75"),
)


class Harness(Protocol):
    """A broker with $100,000 and margin, in regular trading hours, where AAPL stands at 150.25 and MSFT at 420.80."""

    broker: Broker

    def price(self, symbol: str, price: str) -> None:
        """Let a symbol trade at a price, and the broker fill what that allows."""
        ...

    def wait(self, hours: float) -> None:
        """Let time pass, while nothing trades."""
        ...

    def now(self) -> datetime:
        """Return the time."""
        ...

    def deal_by_hand(self, symbol: str, shares: int, price: str) -> str:
        """Buy shares without the desk, or sell them where they are below 0; return the broker's id of the order."""
        ...

    def move_cash(self, dollars: int) -> None:
        """Bring money into the account, or take it out where it is below 0."""
        ...


class PaperHarness:
    """The paper broker on a market that trades when it is told to."""

    def __init__(self, folder: Path) -> None:
        self._clock = ManualClock(datetime(2025, 8, 19, 14, 45, tzinfo=UTC))
        self._market = FakeMarket(self._clock)
        self.paper = HandDealtBroker(
            folder / "paper.db",
            self._market,
            self._clock,
            WeekdayCalendar(),
            cash=Decimal(100_000),
            margin=True,
            slippage_bp=Decimal(2),
            fees=NO_FEES,  # Alpaca takes them at night
        )
        self.broker: Broker = self.paper

    def price(self, symbol: str, price: str) -> None:
        self._clock.advance(1)
        self._market.price(symbol, price)
        self.paper.look()

    def wait(self, hours: float) -> None:
        self._clock.advance(hours * 3600)

    def now(self) -> datetime:
        return self._clock.now()

    def deal_by_hand(self, symbol: str, shares: int, price: str) -> str:
        return self.paper.deal_by_hand(symbol, shares, Decimal(price))

    def move_cash(self, dollars: int) -> None:
        self.paper.move_cash(Decimal(dollars))


@contextmanager
def paper(folder: Path) -> Iterator[Harness]:
    harness = PaperHarness(folder)
    try:
        yield harness
    finally:
        harness.paper.stop()


class AlpacaHarness:
    """Alpaca's adapter before a server that behaves as Alpaca does."""

    def __init__(self, fake: FakeAlpaca, clock: ManualClock) -> None:
        self._clock = clock
        self._fake = fake
        self.alpaca = AlpacaBroker(access_to(fake), clock, WeekdayCalendar())
        self.broker: Broker = self.alpaca

    def price(self, symbol: str, price: str) -> None:
        self._clock.advance(1)
        self._fake.price(symbol, price)

    def wait(self, hours: float) -> None:
        self._clock.advance(hours * 3600)

    def now(self) -> datetime:
        return self._clock.now()

    def deal_by_hand(self, symbol: str, shares: int, price: str) -> str:
        deal = self._fake.buy_by_hand if shares > 0 else self._fake.sell_by_hand
        return deal(symbol, abs(shares), price)

    def move_cash(self, dollars: int) -> None:
        move = self._fake.deposit if dollars > 0 else self._fake.withdraw
        move(str(abs(dollars)))


@contextmanager
def alpaca(folder: Path) -> Iterator[Harness]:
    del folder  # Alpaca keeps its files itself
    clock = ManualClock(datetime(2025, 8, 19, 14, 45, tzinfo=UTC))
    with FakeAlpaca(clock) as fake:
        harness = AlpacaHarness(fake, clock)
        try:
            yield harness
        finally:
            harness.alpaca.stop()
        if fake.violations:
            raise ValueError(f"the fake broke the specification: {fake.violations}")


class Start(Protocol):
    """Starts a harness that keeps its files in a folder."""

    def __call__(self, folder: Path) -> AbstractContextManager[Harness]: ...


def found(harness: Harness, client_order_id: str = ENTRY.client_order_id) -> Order:
    order = harness.broker.order(client_order_id)
    assert order is not None
    return order


def leg(order: Order, role: OrderRole) -> Order:
    leg = order.leg(role)
    assert leg is not None
    return leg


def bought(harness: Harness) -> Order:
    """Buy the shares of ENTRY, and return the entry as the broker then has it."""
    harness.broker.submit(ENTRY)
    harness.price("AAPL", "150.25")
    return found(harness)


def held(harness: Harness, symbol: str = "AAPL") -> int:
    return sum(position.shares for position in harness.broker.positions() if position.symbol == symbol)


def unfinished(harness: Harness) -> list[Order]:
    orders = harness.broker.orders()
    everything = [*orders, *(leg for order in orders for leg in order.legs)]
    return [order for order in everything if not order.state.is_over]
