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
from engine.errors import RiskRefused, SecondNeeded
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


def with_earnings(path: Path, **more: Any) -> dict[str, Any]:
    """Return what makes a desk mind the earnings of a file, two trading days ahead."""

    def on(adapters: Adapters) -> Adapters:
        return replace(adapters, earnings=EarningsFile(path))

    return {"on": on, "no_entry_days_before_earnings": 2, "earnings_file": str(path), **more}


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("2025-08-19", "earnings 0 2 count"),
        ("2025-08-21", "earnings 2 2 count"),
        ("2025-08-22", ""),
        ("2025-08-18", ""),
        ("2025-08-19,after", "earnings 0 2 count"),
        ("2025-08-19,before", ""),  # they were told before the open
        ("2025-08-20,before", "earnings 1 2 count"),
        ("2025-08-19,before\nAAPL,2025-08-20,after", "earnings 1 2 count"),
    ],
)
def test_nothing_is_bought_shortly_before_earnings(desk: Desk, tmp_path: Path, told: str, reason: str) -> None:
    path = tmp_path / "earnings.csv"
    path.write_text(f"symbol,date,when\nAAPL,{told}\nMSFT,2025-08-19\n", encoding="utf-8")
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


def test_a_guard_that_warns_refuses_nothing_and_the_card_says_how_near_the_date_is(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "earnings.csv"
    path.write_text("symbol,date\nAAPL,2025-08-20\nMSFT,2025-08-19\nTSLA,2025-10-30\n", encoding="utf-8")
    harness = desk(**with_earnings(path, earnings_guard="warn"))
    trade = harness.play_the_signal()
    assert trade is not None
    assert trade.sizing.earnings_in == 1
    assert harness.engine.queries.portfolio().earnings == {"MSFT": 0}
    assert harness.engine.commands.approve(trade.id, EngineHarness.TRADER).sizing.earnings_in == 1


def test_a_guard_may_ask_a_second_person_whatever_the_sum_and_auto_mode_asks_people(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "earnings.csv"
    path.write_text("symbol,date\nAAPL,2025-08-21\n", encoding="utf-8")
    harness = desk(**with_earnings(path, earnings_guard="second", auto_mode=True))
    trade = harness.play_the_signal()
    assert trade is not None
    assert trade.state is TradeState.PROPOSED
    first = harness.engine.commands.approve(trade.id, EngineHarness.TRADER)
    assert (first.state, first.first_by) == (TradeState.PROPOSED, EngineHarness.TRADER.by)
    with pytest.raises(SecondNeeded):
        harness.engine.commands.approve(trade.id, replace(EngineHarness.TRADER, id=""))
    assert harness.engine.commands.approve(trade.id, EngineHarness.ADMIN).state is not TradeState.PROPOSED


def test_without_near_earnings_such_a_guard_asks_one_person(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "earnings.csv"
    path.write_text("symbol,date\nAAPL,2025-10-30\n", encoding="utf-8")
    trade = (harness := desk(**with_earnings(path, earnings_guard="second"))).play_the_signal()
    assert trade is not None
    assert harness.engine.commands.approve(trade.id, EngineHarness.TRADER).state is not TradeState.PROPOSED


@pytest.mark.parametrize("guard", ["block", "warn", "second"])
def test_a_file_that_is_gone_stops_entries_whatever_the_guard_is(desk: Desk, tmp_path: Path, guard: str) -> None:
    path = tmp_path / "earnings.csv"
    path.write_text("symbol,date\n", encoding="utf-8")
    harness = desk(**with_earnings(path, earnings_guard=guard))
    harness.engine.jobs.housekeeping()
    path.unlink()
    assert harness.play_the_signal() is None
    harness.engine.jobs.housekeeping()
    [told] = harness.told_of(EarningsUnreadable)
    assert (told.file, told.line, told.kept) == ("earnings.csv", 0, False)


def test_while_a_line_is_broken_the_dates_of_before_hold_and_the_desk_is_told(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "earnings.csv"
    path.write_text("symbol,date\nAAPL,2025-08-20\n", encoding="utf-8")
    harness = desk(**with_earnings(path))
    harness.engine.jobs.housekeeping()
    path.write_text("symbol,date\nAAPL,2025-10-30\nMSFT,soon\n", encoding="utf-8")
    for _ in range(2):
        harness.engine.jobs.housekeeping()
    [told] = harness.told_of(EarningsUnreadable)
    assert (told.line, told.kept) == (3, True)
    assert harness.play_the_signal() is None
    assert "earnings 1 2 count" in {fate.why_not for fate in harness.engine.queries.signals.signals("AAPL")}


def test_what_the_broker_takes_no_orders_in_is_not_proposed_and_says_so_once(desk: Desk) -> None:
    harness = desk()
    harness.line.untradable.add("AAPL")
    assert harness.play_the_signal() is None
    assert "not_tradable 0 1 count" in {fate.why_not for fate in harness.engine.queries.signals.signals("AAPL")}


def test_what_stopped_trading_since_the_proposal_is_refused_at_the_click(desk: Desk) -> None:
    harness = desk()
    trade = harness.play_the_signal()
    assert trade is not None
    harness.line.untradable.add("AAPL")
    with pytest.raises(RiskRefused) as refused:
        harness.engine.commands.approve(trade.id, EngineHarness.TRADER)
    assert refused.value.facts["rule"] == "not_tradable"
    assert harness.trade().state is TradeState.REFUSED
