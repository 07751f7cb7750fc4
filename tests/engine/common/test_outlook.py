"""What the desk knows of the nights and days to come, where it proposes, approves and looks at its risk."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.adapters.earnings import EarningsFile
from engine.adapters.factory import Adapters
from engine.errors import RiskRefused
from engine.model.market import BarHistory
from engine.model.notices.systems import EarningsUnreadable
from engine.model.trade import TradeState
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.worked_example import AT

Desk = Callable[..., EngineHarness]
TODAY = date(2025, 8, 19)


def nights(**falls: float) -> BarHistory:
    """Return a hundred days of symbols up to today, each with one night that fell by a part of the price."""
    calendar, on, starts = WeekdayCalendar(), TODAY, list[int]()
    while len(starts) < 100:
        if day := calendar.day(on):
            starts.insert(0, int(day.open.timestamp()))
        on -= timedelta(days=1)
    close = np.full((100, len(falls)), 100.0)
    opened = close.copy()
    opened[50] = [100.0 * (1 - fall) for fall in falls.values()]
    return BarHistory(
        symbols=tuple(falls),
        starts=np.array(starts, dtype=np.int64),
        open=opened,
        high=close,
        low=opened,
        close=close,
        volume=close,
    )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Build the example's desk, with bad nights of its symbols, before its signal."""
    rigs = list[EngineHarness]()

    def built(*, days: BarHistory | None = None, **given: Any) -> EngineHarness:
        rigs.append(harness := EngineHarness.build(tmp_path, cash=Decimal(66_788), **given))
        harness.market.days = days or nights(AAPL=0.05, MSFT=0.02, TSLA=0.10)
        harness.begin_the_example()
        return harness

    yield built
    for harness in rigs:
        harness.close()


HELD = 300 * Decimal("420.80") * Decimal("0.02") + 150 * Decimal("255.60") * Decimal("0.10")


def test_a_proposal_says_what_a_bad_night_would_cost_before_and_with_it(desk: Desk) -> None:
    trade = desk().play_the_signal()
    assert trade is not None
    assert trade.sizing.overnight_before == pytest.approx(HELD / 231_368)
    assert trade.sizing.night_loss == Decimal("0.05")


def test_everybody_who_looks_at_the_risk_sees_the_overnight_risk(desk: Desk) -> None:
    harness = desk()
    for seen in (harness.engine.queries.portfolio().overnight, harness.engine.queries.signals.risk().overnight):
        assert (seen.dollars, seen.unknown) == (HELD, ())
    status = harness.engine.queries.status().portfolio
    assert status is not None
    assert status.overnight.share == HELD / 231_368


def test_daily_bars_are_read_once_a_day_for_each_symbol(desk: Desk) -> None:
    harness = desk()
    harness.play_the_signal()
    for _ in range(3):
        harness.engine.queries.portfolio()
        harness.engine.queries.signals.risk()
    asked = [symbol for symbols in harness.market.asked_days for symbol in symbols]
    assert sorted(asked) == ["AAPL", "MSFT", "TSLA"]
    harness.clock.set(AT + timedelta(days=1))
    harness.engine.queries.portfolio()
    assert len(harness.market.asked_days[-1]) >= 2


def test_symbols_with_too_few_nights_are_named_and_count_nowhere_as_nothing(desk: Desk) -> None:
    harness = desk(days=nights(AAPL=0.05, MSFT=0.02))
    assert harness.engine.queries.portfolio().overnight.unknown == ("TSLA",)
    trade = harness.play_the_signal()
    assert trade is not None
    assert trade.sizing.overnight_before is None
    assert trade.sizing.night_loss == Decimal("0.05")


def test_daily_bars_that_cannot_be_read_leave_what_was_known_and_are_asked_for_again(desk: Desk) -> None:
    harness = desk()
    harness.engine.queries.portfolio()
    harness.market.is_down = True
    harness.clock.set(AT + timedelta(days=1))
    fetched = len(harness.market.asked_days)
    assert (
        harness.engine.queries.portfolio().overnight.dollars == HELD
    )  # what was known yesterday is better than nothing
    harness.market.is_down = False
    harness.engine.queries.portfolio()
    assert len(harness.market.asked_days) == fetched  # it is left alone for a minute
    harness.clock.advance(61)
    harness.engine.queries.portfolio()
    assert harness.market.asked_days[fetched:] == [("MSFT", "TSLA")]


def test_a_desk_that_never_read_daily_bars_says_that_it_does_not_know(desk: Desk) -> None:
    harness = desk()
    again = harness.born_again()
    harness.market.is_down = True
    assert again.queries.portfolio().overnight.unknown == ("MSFT", "TSLA")


def test_a_limit_refuses_what_would_cost_too_much_in_a_bad_night(desk: Desk) -> None:
    harness = desk(max_overnight_risk=Decimal("0.03"))
    assert harness.play_the_signal() is None
    [fate] = [fate for fate in harness.engine.queries.signals.signals("AAPL") if fate.why_not.startswith("overnight")]
    assert fate.why_not.startswith("overnight_risk 0.04")


def test_a_limit_refuses_what_cannot_be_judged(desk: Desk) -> None:
    harness = desk(max_overnight_risk=Decimal("0.9"), days=nights(AAPL=0.05, MSFT=0.02))
    assert harness.play_the_signal() is None
    assert {fate.why_not for fate in harness.engine.queries.signals.signals("AAPL")} >= {"overnight_unknown 1 0 count"}


def test_a_limit_that_leaves_room_refuses_nothing_and_is_asked_again_at_the_click(desk: Desk) -> None:
    harness = desk(max_overnight_risk=Decimal("0.05"))
    trade = harness.play_the_signal()
    assert trade is not None
    harness.engine.commands.runtime_settings.change("MAX_OVERNIGHT_RISK", "4%", EngineHarness.ADMIN)
    with pytest.raises(RiskRefused) as refused:
        harness.engine.commands.approve(trade.id, EngineHarness.TRADER)
    assert refused.value.facts["rule"] == "overnight_risk"
    assert harness.trade().state is TradeState.REFUSED


def test_position_lines_know_the_close_before_on_a_day_of_trading_only(desk: Desk) -> None:
    harness = desk()
    assert {line.symbol: line.previous_close for line in harness.engine.queries.portfolio().lines} == {
        "MSFT": Decimal(100),
        "TSLA": Decimal(100),
    }
    harness.clock.set(AT + timedelta(days=4))  # a Saturday
    assert {line.previous_close for line in harness.engine.queries.portfolio().lines} == {None}


def with_earnings(path: Path) -> dict[str, Any]:
    """Return what makes a desk mind the earnings of a file, two trading days ahead."""

    def on(adapters: Adapters) -> Adapters:
        return replace(adapters, earnings=EarningsFile(path))

    return {"on": on, "no_entry_days_before_earnings": 2, "earnings_file": str(path)}


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("2025-08-19", "earnings 0 2 count"),
        ("2025-08-21", "earnings 2 2 count"),
        ("2025-08-22", ""),
        ("2025-08-18", ""),
    ],
)
def test_nothing_is_bought_shortly_before_earnings(desk: Desk, tmp_path: Path, told: str, reason: str) -> None:
    path = tmp_path / "earnings.csv"
    path.write_text(f"symbol,date\nAAPL,{told}\nMSFT,2025-08-19\n", encoding="utf-8")
    harness = desk(**with_earnings(path))
    trade = harness.play_the_signal()
    assert (trade is None) is bool(reason)
    assert reason in {fate.why_not for fate in harness.engine.queries.signals.signals("AAPL")}


def test_dates_that_cannot_be_read_stop_entries_and_are_told_once_with_the_line(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "earnings.csv"
    path.write_text("symbol,date\nAAPL,soon\n", encoding="utf-8")
    harness = desk(**with_earnings(path))
    assert harness.play_the_signal() is None
    assert "earnings_unknown 0 2 count" in {fate.why_not for fate in harness.engine.queries.signals.signals("AAPL")}
    for _ in range(3):
        harness.engine.jobs.housekeeping()
    [told] = harness.told_of(EarningsUnreadable)
    assert (told.file, told.line) == ("earnings.csv", 2)


def test_a_file_that_is_mended_while_the_desk_runs_holds_at_once(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "earnings.csv"
    path.write_text("symbol,date\nAAPL,soon\n", encoding="utf-8")
    harness = desk(**with_earnings(path))
    harness.engine.jobs.housekeeping()
    path.write_text("symbol,date\nAAPL,2025-10-30\n", encoding="utf-8")
    assert harness.play_the_signal() is not None
