from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from engine.model.fees import NO_FEES, Fees
from engine.model.market import Snapshot
from engine.model.trade import Entry, Order, OrderRole
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.hand_dealt_broker import HandDealtBroker
from tests.support.fakes.market import FakeMarket

REGULAR = datetime(2025, 8, 19, 14, 45, tzinfo=UTC)
CLOSE = datetime(2025, 8, 19, 20, 0, tzinfo=UTC)
EVENING = datetime(2025, 8, 19, 23, 0, tzinfo=UTC)
NEXT_OPEN = datetime(2025, 8, 20, 13, 30, tzinfo=UTC)


class Paper:
    """A paper broker with the market and the clock that it lives by."""

    def __init__(
        self,
        path: Path | str = ":memory:",
        *,
        cash: int = 100_000,
        margin: bool = True,
        participation: str | None = None,
        fees: Fees = NO_FEES,
    ) -> None:
        self.clock = ManualClock(REGULAR)
        self.market = FakeMarket(self.clock)
        self.broker = HandDealtBroker(
            path,
            self.market,
            self.clock,
            WeekdayCalendar(),
            cash=Decimal(cash),
            margin=margin,
            slippage_bp=Decimal(2),
            participation=None if participation is None else Decimal(participation),
            fees=fees,
        )

    def price(self, price: str, *, symbol: str = "AAPL", volume: int = 1_000_000) -> None:
        """Let a symbol trade a second later, and the broker look."""
        self.clock.advance(1)
        self.market.price(symbol, price, volume=volume)
        self.broker.look()

    def quote(
        self,
        bid: str,
        ask: str,
        *,
        last: str | None = None,
        sizes: tuple[int | None, int | None] = (None, None),
        age: float = 0,
    ) -> None:
        """Let a symbol trade a second later, at the bid unless told, under a quote of some age; nobody looks."""
        self.clock.advance(1)
        self.market.put(
            Snapshot(
                symbol="AAPL",
                at=self.clock.now(),
                price=Decimal(last or bid),
                volume=1_000_000,
                bid=Decimal(bid),
                ask=Decimal(ask),
                quoted_at=self.clock.now() - timedelta(seconds=age),
                bid_size=sizes[0],
                ask_size=sizes[1],
            )
        )

    def buy(self, shares: int = 100, *, limit: str | None = None, client_order_id: str = "trade-1") -> Order:
        return self.broker.submit(
            Entry(
                client_order_id=client_order_id,
                symbol="AAPL",
                shares=shares,
                stop=Decimal("147.99"),
                target=Decimal("154.78"),
                limit=None if limit is None else Decimal(limit),
            )
        )

    def order(self, client_order_id: str = "trade-1") -> Order:
        order = self.broker.order(client_order_id)
        assert order is not None
        return order

    def leg(self, role: OrderRole) -> Order:
        leg = self.order().leg(role)
        assert leg is not None
        return leg

    @property
    def held(self) -> int:
        return sum(position.shares for position in self.broker.positions())


@contextmanager
def open_paper(
    path: Path | str = ":memory:",
    *,
    cash: int = 100_000,
    margin: bool = True,
    participation: str | None = None,
    fees: Fees = NO_FEES,
) -> Iterator[Paper]:
    paper = Paper(path, cash=cash, margin=margin, participation=participation, fees=fees)
    try:
        paper.price("150.25")
        yield paper
    finally:
        paper.broker.stop()
