"""Each exit that moves, through each thing that befalls a symbol: right stops, right words. One cell a test.

After a split and a rename an exit holds for the shares that there are then, under the name that they have then. While
trading is halted nothing moves and nothing is sold; after it each does what it would have done. A date of earnings
holds back entries only.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.adapters.earnings import EarningsFile
from engine.adapters.factory import Adapters
from engine.model.market import BarHistory
from engine.model.notices.account import ExitMoved, SoldByHand
from engine.model.notices.corporate_actions import TradeRestated
from engine.model.notices.trades import (
    ExitSenseless,
    PartSold,
    SymbolHaltBegan,
    SymbolHaltEnded,
    TimeExit,
    TradeOversold,
    TradeUnprotected,
)
from engine.model.trade import ExitReason, OrderRole, TradeState
from tests.engine.backtest.parity import with_exits
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.statuses import FakeStatuses
from tests.support.fakes.worked_example import TRADE_ID

HOUR = 3600
ENTRY, PLANNED, TARGET = Decimal("150.25"), Decimal("147.99"), Decimal("154.75")
ALARMS = (ExitMoved, ExitSenseless, TradeUnprotected, TradeOversold, SoldByHand)
"""What nobody may be told where nothing went wrong, and nobody moved anything at the broker."""


@dataclass(kw_only=True)
class Desk:
    """The example's desk at Alpaca, which holds 512 AAPL; what they are called and how many there are of each now."""

    at: AtAlpaca
    statuses: FakeStatuses
    earnings: Path
    symbol: str = "AAPL"
    ratio: int = 1

    @property
    def harness(self) -> EngineHarness:
        return self.at.harness

    def trades_at(self, price: str) -> None:
        """Let it trade at a price of a share of before, and the desk look."""
        self.at.price(self.symbol, str(Decimal(price) / self.ratio))
        self.at.look()

    def close_bars(self, *closes: str) -> None:
        """Let the newest bars of today close at prices of a share of before, and stops follow them."""
        last = self.harness.market.slots.last(self.harness.clock.now())
        assert last is not None
        close = np.array([float(Decimal(each) / self.ratio) for each in closes])[:, np.newaxis]
        starts = last - 300 * np.arange(len(closes) - 1, -1, -1)
        values = np.array([close, close + 0.05 / self.ratio, close - 0.05 / self.ratio, close, close * 0 + 9_000])
        self.harness.market.recorded = BarHistory.of((self.symbol,), starts, values)
        for trade_id in self.harness.engine.jobs.trail_stops():
            self.harness.engine.jobs.order_changed(trade_id)

    def standing(self, role: OrderRole) -> list[tuple[int, Decimal | None]]:
        """Return the shares and prices of what stands at Alpaca, the fewest first."""
        parts = [part for order in self.at.broker.orders() for part in order.parts if part.symbol == self.symbol]
        return sorted((part.unfilled_shares, part.price) for part in parts if part.role is role and part.is_standing)

    def told(self, *kinds: type) -> int:
        notices = (notice for notice in self.harness.told() if notice.trade_id == TRADE_ID)
        return sum(isinstance(notice, kinds) for notice in notices)


def nothing(_desk: Desk) -> None:
    """Leave everything as it is."""


@dataclass(frozen=True, kw_only=True)
class Exit:
    """An exit: what a strategy says of it, what people do to bring it about, and what it does in the end."""

    name: str
    says: dict[str, Any] = field(default_factory=dict)
    prepared: Callable[[Desk], None] = nothing
    acts: Callable[[Desk], None]
    """Lets what it waits for come: a higher close, the clock."""
    stop: Decimal | None = PLANNED
    """Where all stops stand then, dollars a share of before; None where it sold."""
    target: tuple[int, Decimal] | None = (512, TARGET)
    held: int = 512
    reason: ExitReason | None = None


@dataclass(frozen=True, kw_only=True)
class Event:
    """What befalls a symbol: how it begins, how it is over, and what is told of it to whom it concerns."""

    name: str
    begins: Callable[[Desk], None]
    ends: Callable[[Desk], None] = nothing
    told: tuple[type, ...] = ()
    holds_back: bool = False
    """Whether no exit acts before it is over."""


def a_higher_close(desk: Desk) -> None:
    desk.harness.clock.advance(2 * HOUR)
    desk.trades_at("153.00")
    desk.close_bars(*["152.00"] * 19, "153.00")
    desk.at.look()


def the_clock(desk: Desk) -> None:
    """Let it be ten minutes before the close."""
    desk.harness.clock.set(desk.harness.clock.now().replace(hour=19, minute=50, second=5))
    desk.trades_at("150.30")


def moved_by_people(desk: Desk) -> None:
    desk.harness.engine.commands.exits.stop(TRADE_ID, Decimal("149.20"), EngineHarness.TRADER)
    desk.harness.engine.commands.exits.target(TRADE_ID, Decimal("158.50"), EngineHarness.TRADER)
    desk.at.look()


def part_is_sold(desk: Desk) -> None:
    desk.trades_at("155.00")
    desk.trades_at("152.00")


HALF: dict[str, Any] = {"partial": "0.5", "trail": "0.01"}
TRAILED = Decimal("151.47")
EXITS = (
    Exit(name="trail", says={"trail": "0.01"}, acts=a_higher_close, stop=TRAILED),
    Exit(name="trail ATR", says={"trail_atr": "3"}, acts=a_higher_close, stop=Decimal("152.49")),
    Exit(name="breakeven", says={"breakeven": "1"}, acts=a_higher_close, stop=ENTRY),
    Exit(name="time stop", says={"longest_bars": 20}, acts=the_clock, stop=None, reason=ExitReason.LONGEST_HOLD),
    Exit(name="part and rest", says=HALF, acts=a_higher_close, stop=TRAILED, target=(256, TARGET)),
    Exit(name="rest", says=HALF, prepared=part_is_sold, acts=a_higher_close, stop=TRAILED, target=None, held=256),
    Exit(
        name="flat before the close",
        says={"before_close_minutes": 10},
        acts=the_clock,
        stop=None,
        reason=ExitReason.BEFORE_CLOSE,
    ),
    Exit(
        name="moved by people",
        prepared=moved_by_people,
        acts=a_higher_close,
        stop=Decimal("149.20"),
        target=(512, Decimal("158.50")),
    ),
)


def overnight(desk: Desk, happens: Callable[[], None]) -> None:
    """Let something happen three hours before the next open, while the bot looks again; it was down at the close."""
    desk.harness.clock.advance(19.75 * HOUR)
    happens()
    desk.at.look()
    desk.harness.clock.advance(3.5 * HOUR)


def split(desk: Desk) -> None:
    overnight(desk, lambda: desk.at.fake.split("AAPL", 2, orders="left"))
    desk.ratio = 2
    desk.trades_at("152.00")


def rename(desk: Desk) -> None:
    overnight(desk, lambda: desk.at.fake.rename("AAPL", "APPL", orders="left"))
    desk.symbol = "APPL"
    desk.trades_at("152.00")


def halt(desk: Desk) -> None:
    desk.statuses.halt("AAPL", desk.harness.clock.now())
    desk.harness.engine.jobs.halt_watch()


def resume(desk: Desk) -> None:
    desk.statuses.resume("AAPL", desk.harness.clock.now())
    desk.harness.engine.jobs.halt_watch()
    desk.at.look()


def earnings_tonight(desk: Desk) -> None:
    desk.earnings.write_text("symbol,date,when\nAAPL,2025-08-19,after\n", encoding="utf-8")
    desk.at.look()
    assert desk.harness.engine.queries.portfolio().earnings == {"AAPL": 0}


EVENTS = (
    Event(name="split", begins=split, told=(TradeRestated,)),
    Event(name="rename", begins=rename, told=(TradeRestated,)),
    Event(name="halt", begins=halt, ends=resume, told=(SymbolHaltBegan, SymbolHaltEnded), holds_back=True),
    Event(name="earnings", begins=earnings_tonight),
)


@contextmanager
def opened(folder: Path, exits: dict[str, Any]) -> Iterator[Desk]:
    statuses, earnings = FakeStatuses(), folder / "earnings.csv"
    earnings.write_text("symbol,date,when\nMSFT,2025-12-01,\n", encoding="utf-8")
    strategy = str(with_exits(folder / "mine.toml", exits))
    settings: dict[str, Any] = {
        "no_entry_days_before_earnings": 2,
        "earnings_guard": "warn",
        "earnings_file": str(earnings),
    }

    def on(adapters: Adapters) -> Adapters:
        return replace(adapters, statuses=statuses, earnings=EarningsFile(earnings))

    with AtAlpaca.open(folder, on=on, strategy=strategy, **settings) as at:
        at.buy()
        yield Desk(at=at, statuses=statuses, earnings=earnings)


@pytest.mark.parametrize("exit_", EXITS, ids=lambda exit_: exit_.name)
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_an_exit_does_what_it_is_to_do_after_an_event_and_nothing_else_is_told(
    tmp_path: Path, event: Event, exit_: Exit
) -> None:
    with opened(tmp_path, exit_.says) as desk:
        exit_.prepared(desk)
        event.begins(desk)
        if event.holds_back:
            stood = desk.at.orders_of_the_trade(), desk.standing(OrderRole.STOP), desk.standing(OrderRole.TARGET)
            exit_.acts(desk)
            assert stood == (
                desk.at.orders_of_the_trade(),
                desk.standing(OrderRole.STOP),
                desk.standing(OrderRole.TARGET),
            )
        event.ends(desk)
        exit_.acts(desk)
        are_as_they_should_be(desk, exit_)
        assert [desk.told(kind) for kind in event.told] == [1] * len(event.told)
        assert desk.told(*ALARMS) == 0
        assert desk.told(PartSold) == (exit_.name == "rest")


def are_as_they_should_be(desk: Desk, exit_: Exit) -> None:
    """Hold the trade, its orders at Alpaca and the desk's word against what an exit is to come to."""
    trade, shares = desk.harness.trade(), exit_.held * desk.ratio
    assert (trade.symbol, desk.told(TimeExit)) == (desk.symbol, int(exit_.reason is not None))
    if exit_.stop is None:
        assert (trade.state, trade.exit_reason, trade.exit_shares) == (TradeState.CLOSED, exit_.reason, shares)
        assert desk.standing(OrderRole.STOP) == desk.standing(OrderRole.TARGET) == []
        return
    stops = desk.standing(OrderRole.STOP)
    assert (trade.state, trade.held_shares, sum(each for each, _ in stops)) == (TradeState.OPEN, shares, shares)
    assert {price for _, price in stops} == {trade.stop}
    assert trade.stop == pytest.approx(exit_.stop / desk.ratio, abs=Decimal("0.01"))
    part, price = exit_.target or (0, Decimal(0))
    targets = desk.standing(OrderRole.TARGET)
    assert [each for each, _ in targets] == ([part * desk.ratio] if part else [])
    assert all(each == pytest.approx(price / desk.ratio, abs=Decimal("0.01")) for _, each in targets)
