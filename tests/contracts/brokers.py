"""The harnesses of the brokers' contract suite: a broker, and a hand on the price at which its market trades next."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from engine.adapters.alpaca.broker import AlpacaBroker
from engine.adapters.paper.broker import PaperBroker
from engine.ports import Broker
from tests.engine.adapters.alpaca.access import access_to
from tests.fakes.alpaca.server import FakeAlpaca
from tests.fakes.calendar import WeekdayCalendar
from tests.fakes.clock import ManualClock
from tests.fakes.market import FakeMarket


class Harness(Protocol):
    """A broker with $100,000 and margin, in regular trading hours, where AAPL stands at 150.25 and MSFT at 420.80."""

    broker: Broker

    def price(self, symbol: str, price: str) -> None:
        """Let a symbol trade at a price, and the broker fill what that allows."""
        ...


class PaperHarness:
    """The paper broker on a market that trades when it is told to."""

    def __init__(self, folder: Path) -> None:
        self._clock = ManualClock(datetime(2025, 8, 19, 14, 45, tzinfo=UTC))
        self._market = FakeMarket(self._clock)
        self.paper = PaperBroker(
            folder / "paper.db",
            self._market,
            self._clock,
            WeekdayCalendar(),
            cash=Decimal(100_000),
            margin=True,
            slippage_bp=Decimal(2),
        )
        self.broker: Broker = self.paper

    def price(self, symbol: str, price: str) -> None:
        self._clock.advance(1)
        self._market.price(symbol, price)
        self.paper.look()


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
