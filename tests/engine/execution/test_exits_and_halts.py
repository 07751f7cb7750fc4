"""A halt of trading, and a date of earnings, with exits in force; `test_exits_through_events.py` has each of them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.adapters.earnings import EarningsFile
from engine.adapters.factory import Adapters
from engine.model.notices.account import ExitMoved
from engine.model.notices.trades import (
    SymbolHaltBegan,
    SymbolHaltEnded,
    TimeExit,
    TradeUnprotected,
)
from engine.model.trade import ExitReason, OrderRole, TradeState
from tests.engine.backtest.parity import with_exits
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.statuses import FakeStatuses
from tests.support.fakes.worked_example import TRADE_ID

PLANNED = Decimal("147.99")


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The example's desk at Alpaca with 512 AAPL bought, and what the exchange tells it."""

    at: AtAlpaca
    statuses: FakeStatuses

    @property
    def harness(self) -> EngineHarness:
        return self.at.harness

    def halt(self) -> None:
        self.statuses.halt("AAPL", self.harness.clock.now())
        self.harness.engine.jobs.halt_watch()

    def resume(self) -> None:
        self.statuses.resume("AAPL", self.harness.clock.now())
        self.harness.engine.jobs.halt_watch()

    def close_a_bar(self, close: float) -> None:
        self.at.price("AAPL", f"{close:.2f}")
        self.harness.close_a_bar(close)
        self.at.look()

    def stop(self) -> Decimal | None:
        """Return where the live stop stands at Alpaca; it is where the desk says that it is."""
        live = self.at.live(OrderRole.STOP)
        assert (live.shares, live.price) == (512, self.harness.trade().stop)
        return live.price

    def told(self, *kinds: type) -> int:
        told = (notice for notice in self.harness.told() if notice.trade_id == TRADE_ID)
        return sum(isinstance(notice, kinds) for notice in told)


Open = Callable[..., Desk]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    with ExitStack() as stack:

        def desk(earnings: str = "", given: dict[str, Any] | None = None, **exits: Any) -> Desk:
            statuses = FakeStatuses()
            strategy = str(with_exits(tmp_path / "mine.toml", exits))

            def on(adapters: Adapters) -> Adapters:
                dates = EarningsFile(Path(earnings)) if earnings else adapters.earnings
                return replace(adapters, statuses=statuses, earnings=dates)

            at = stack.enter_context(AtAlpaca.open(tmp_path, on=on, strategy=strategy, **(given or {})))
            at.buy()
            return Desk(at=at, statuses=statuses)

        yield desk


def test_a_trader_may_still_tighten_a_stop_while_halted(opened: Open) -> None:
    desk = opened()
    desk.halt()
    desk.harness.engine.commands.exits.stop(TRADE_ID, Decimal("149.20"), EngineHarness.TRADER)
    desk.at.look()
    assert desk.stop() == Decimal("149.20")


def test_exits_that_look_idle_while_halted_are_left_for_the_reopening(opened: Open) -> None:
    desk = opened()
    desk.halt()
    desk.at.fake.hold_legs()
    before = desk.at.fake.reader
    desk.at.look(6)
    assert desk.at.fake.reader == before
    desk.at.fake.release_legs()
    desk.resume()
    desk.at.look()
    assert desk.stop() == PLANNED


def test_a_gap_at_the_reopening_fills_the_stop_that_stood_there(opened: Open) -> None:
    desk = opened(trail="0.01")
    desk.halt()
    desk.harness.clock.advance(600)
    desk.resume()
    desk.at.price("AAPL", "139.00")
    desk.at.look()
    trade = desk.harness.trade()
    assert (trade.state, trade.exit_reason) == (TradeState.CLOSED, ExitReason.STOP)
    assert desk.told(SymbolHaltBegan) == desk.told(SymbolHaltEnded) == 1


@pytest.mark.parametrize("guard", ["block", "warn", "second"])
def test_earnings_tonight_leave_every_exit_as_it_is_and_are_named_beside_the_position(
    opened: Open, tmp_path: Path, guard: str
) -> None:
    path = tmp_path / "earnings.csv"
    path.write_text("symbol,date,when\nMSFT,2025-12-01,\n", encoding="utf-8")
    settings = {"no_entry_days_before_earnings": 2, "earnings_guard": guard, "earnings_file": str(path)}
    desk = opened(earnings=str(path), given=settings, trail="0.01")
    path.write_text("symbol,date,when\nAAPL,2025-08-19,after\n", encoding="utf-8")
    desk.close_a_bar(153.0)
    assert desk.stop() == Decimal("151.47")
    assert desk.harness.engine.queries.portfolio().earnings == {"AAPL": 0}
    assert desk.told(TimeExit, ExitMoved, TradeUnprotected) == 0
