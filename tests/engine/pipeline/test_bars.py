"""A pass after a bar's close: which bars are read, what is taken in, and what is decided on them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from engine.bootstrap import Engine
from engine.model.corporate_action import ActionKind, ActionState, CorporateAction
from engine.model.market import BarHistory
from engine.model.notices.base import NoticeKind
from engine.model.reason import Reason
from engine.model.trade import TradeState
from engine.signals.board import board_of
from engine.signals.slots import SESSIONS, instant
from tests.support.engine_harness import EngineHarness
from tests.support.fakes import worked_example
from tests.support.fakes.worked_example import AT

OPEN = AT.replace(hour=13, minute=30)
BAR = timedelta(minutes=5)


def passed(harness: EngineHarness, at: datetime) -> int:
    """Let it be an instant, and the engine look for bars; return how often it asked the market for some."""
    before = len(harness.market.bars_asked)
    harness.clock.set(at)
    harness.engine.jobs.process_bars()
    return len(harness.market.bars_asked) - before


def signal_bar(harness: EngineHarness) -> datetime | None:
    harness.market.price("AAPL", "150.25")
    signal = harness.engine.queries.inspect("AAPL").signal
    return signal.bar if signal else None


def with_bars(history: BarHistory, at: datetime, **values: float) -> BarHistory:
    """Return a history in which the bar that starts at an instant has other values."""
    row = int(np.searchsorted(history.starts, int(at.timestamp())))
    changed = {name: getattr(history, name).copy() for name in values}
    for name, value in values.items():
        changed[name][row] = value
    return replace(history, **changed)


def score(harness: EngineHarness, engine: Engine | None = None) -> tuple[object, object]:
    """Return the readings and the technical points of AAPL."""
    harness.market.price("AAPL", "150.25")
    signal = (engine or harness.engine).queries.inspect("AAPL").signal
    assert signal is not None
    return signal.readings, signal.components[:4]


def score_of_a_fresh_desk(harness: EngineHarness) -> tuple[object, object]:
    """Return what a desk has that was started just now, on what the market says now."""
    fresh = harness.born_again()
    fresh.jobs.start()
    return score(harness, fresh)


def test_a_bar_is_read_once_its_delay_is_over_and_never_again(harness: EngineHarness) -> None:
    seconds = {second: passed(harness, AT + timedelta(seconds=second)) for second in (0, 4, 4.9, 5, 10, 60, 299)}
    assert seconds == {0: 0, 4: 0, 4.9: 0, 5: 1, 10: 0, 60: 0, 299: 0}


def test_the_delay_is_a_setting(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path, bar_delay_seconds=12)
    assert [passed(harness, AT + timedelta(seconds=second)) for second in (5, 11, 12)] == [0, 0, 1]
    harness.close()


def test_the_last_bars_are_read_again_with_each_new_one(harness: EngineHarness) -> None:
    passed(harness, AT + timedelta(seconds=5))
    symbols, since = harness.market.bars_asked[-1]
    assert symbols == ("AAPL", "MSFT", "TSLA")
    assert since == AT - 4 * BAR


def test_what_forms_after_the_bar_changes_no_score_and_brings_no_proposal(harness: EngineHarness) -> None:
    before = score(harness)
    for second in range(-30, 5):
        harness.clock.set(AT + timedelta(seconds=second))
        harness.market.price("AAPL", str(120 + second))
        harness.engine.jobs.tick()
        harness.engine.jobs.process_bars()
    assert score(harness) == before
    assert harness.engine.queries.trades({TradeState.PROPOSED}) == ()


def test_a_signal_names_its_bar_and_is_of_the_pass(harness: EngineHarness) -> None:
    trade = harness.play_the_signal()
    assert trade is not None
    assert (trade.signal.bar, trade.signal.at) == (AT - BAR, AT + timedelta(seconds=15))
    with harness.store.reading() as reader:
        kept = reader.trade(trade.id)
    assert kept is not None
    assert kept.signal.bar == AT - BAR


def test_without_a_good_price_at_the_pass_nothing_is_proposed(harness: EngineHarness) -> None:
    harness.market.put(replace(worked_example.looks()[2][1], at=AT - timedelta(minutes=10)))
    harness.clock.set(AT + timedelta(seconds=15))
    harness.engine.jobs.process_bars()
    assert harness.engine.queries.trades({TradeState.PROPOSED}) == ()


def test_a_quote_of_twelve_hours_gives_no_spread_and_no_entry(harness: EngineHarness) -> None:
    harness.clock.set(AT + timedelta(seconds=1))
    harness.engine.jobs.read_news()
    harness.clock.set(AT + timedelta(seconds=15))
    harness.market.put(replace(worked_example.looks()[2][1], quoted_at=AT - timedelta(hours=12)))
    harness.engine.jobs.process_bars()
    assert harness.engine.queries.trades({TradeState.PROPOSED}) == ()
    assert [Reason.read(why).word for _, why in harness.kept()] == ["no_quote"]


def test_a_symbol_that_did_not_trade_in_the_bar_has_no_signal(harness: EngineHarness) -> None:
    harness.market.recorded = with_bars(
        harness.market.recorded, AT - BAR, **dict.fromkeys(("open", "high", "low", "close", "volume"), np.nan)
    )
    assert harness.play_the_signal() is None
    assert signal_bar(harness) == AT - 2 * BAR


def test_a_bar_that_comes_late_is_a_correction_and_no_signal(harness: EngineHarness) -> None:
    whole = harness.market.recorded
    harness.market.recorded = with_bars(
        whole, AT - BAR, **dict.fromkeys(("open", "high", "low", "close", "volume"), np.nan)
    )
    assert harness.play_the_signal() is None
    harness.market.recorded = whole
    passed(harness, AT + BAR + timedelta(seconds=5))
    assert harness.engine.queries.trades({TradeState.PROPOSED}) == ()
    assert signal_bar(harness) == AT - BAR
    assert harness.engine.queries.health(BAR).bar_flaws == {"corrected": 1}
    assert score(harness) == score_of_a_fresh_desk(harness)


@pytest.mark.parametrize("back", [1, 2, 3])
def test_a_bar_that_was_corrected_within_three_bars_is_put_right_and_counted(harness: EngineHarness, back: int) -> None:
    harness.clock.set(AT + timedelta(seconds=15))
    harness.engine.jobs.process_bars()
    at = AT - back * BAR
    harness.market.recorded = with_bars(harness.market.recorded, at, high=151.0, close=150.9)
    passed(harness, AT + BAR + timedelta(seconds=5))
    assert harness.engine.queries.health(BAR).bar_flaws == {"corrected": 1}
    assert score(harness) == score_of_a_fresh_desk(harness)


def test_a_correction_of_yesterday_is_taken_in_with_the_sessions_first_bar(harness: EngineHarness) -> None:
    yesterday = OPEN + timedelta(hours=1)
    tomorrow = OPEN + timedelta(days=1)
    harness.market.recorded = worked_example.history(OPEN + timedelta(days=1, minutes=30))
    passed(harness, tomorrow - timedelta(hours=3))
    harness.market.recorded = with_bars(harness.market.recorded, yesterday, high=170.0, close=169.0)
    assert passed(harness, tomorrow + BAR + timedelta(seconds=5)) == 2
    assert harness.market.bars_asked[-1][0] == ("AAPL",)
    assert score(harness) == score_of_a_fresh_desk(harness)


def test_after_an_outage_only_the_newest_bar_is_decided_on(harness: EngineHarness) -> None:
    harness.market.is_down = True
    for minutes in range(0, 11, 5):
        passed(harness, AT + timedelta(minutes=minutes, seconds=15))
    harness.market.is_down = False
    harness.market.price("AAPL", "150.25")
    harness.engine.jobs.process_bars()
    assert harness.engine.queries.trades({TradeState.PROPOSED}) == ()  # the example's bar closed two bars ago
    assert score(harness) == score_of_a_fresh_desk(harness)


@pytest.mark.parametrize(("late", "proposes"), [(299, True), (300, False), (3600, False)])
def test_a_signal_stands_until_the_next_bar_closes(harness: EngineHarness, late: int, proposes: bool) -> None:
    harness.clock.set(AT + timedelta(seconds=1))
    harness.engine.jobs.read_news()
    harness.clock.set(AT + timedelta(seconds=late))
    harness.market.price("AAPL", "150.25")
    harness.engine.jobs.process_bars()
    assert bool(harness.engine.queries.trades({TradeState.PROPOSED})) == proposes


def test_a_desk_that_slept_over_a_weekend_begins_anew(harness: EngineHarness) -> None:
    monday = OPEN + timedelta(days=6)
    harness.market.recorded = worked_example.history(monday + timedelta(minutes=30))
    passed(harness, monday + timedelta(minutes=10, seconds=5))
    assert signal_bar(harness) == monday + BAR
    assert score(harness) == score_of_a_fresh_desk(harness)


def split(ratio: int) -> Callable[[BarHistory], BarHistory]:
    def after(history: BarHistory) -> BarHistory:
        return BarHistory.of(
            history.symbols,
            history.starts,
            history.stacked / np.array([ratio, ratio, ratio, ratio, 1 / ratio]).reshape(5, 1, 1),
        )

    return after


def announce_a_split(harness: EngineHarness, ex_date: datetime) -> None:
    action = CorporateAction(
        id="s1",
        kind=ActionKind.SPLIT,
        symbol="AAPL",
        ex_date=ex_date.date(),
        new_shares=Decimal(2),
        old_shares=Decimal(1),
    )
    with harness.store.writing() as transaction:
        transaction.save_action(action, ActionState.ANNOUNCED)


@pytest.mark.parametrize("is_known", [True, False])
def test_after_a_split_the_whole_window_is_read_adjusted(harness: EngineHarness, is_known: bool) -> None:
    """Known or not: the session before is read again in any case, and what differs in it is read anew."""
    ex_date = OPEN + timedelta(days=1)
    harness.market.recorded = split(2)(worked_example.history(ex_date + timedelta(minutes=30)))
    if is_known:
        announce_a_split(harness, ex_date)
    for minutes in (5, 10, 15):
        passed(harness, ex_date + timedelta(minutes=minutes, seconds=5))
        assert score(harness) == score_of_a_fresh_desk(harness)
    windows = [since for symbols, since in harness.market.bars_asked if symbols == ("AAPL",)]
    assert len(windows) >= (3 if is_known else 1)


def test_a_warm_up_reads_twenty_sessions_and_the_one_of_the_newest_bar(harness: EngineHarness) -> None:
    first, *_ = harness.market.bars_asked
    starts = harness.market.slots.between(first[1], AT)
    assert len({instant(int(start)).date() for start in starts}) == SESSIONS + 1


def test_what_the_board_holds_is_what_its_window_alone_gives(harness: EngineHarness) -> None:
    harness.play_the_signal()
    slots = harness.market.slots
    alone = board_of(harness.market.bars(("AAPL",), slots.opened(int((AT - BAR).timestamp()), SESSIONS))).indicators()
    readings = harness.trade().signal.readings
    assert (readings.rsi, readings.lower, readings.volume_ratio) == (
        alone.rsi[0],
        alone.lower[0],
        alone.volume_ratio[0],
    )


def test_an_impossible_bar_is_counted_and_no_signal_stands_on_it(harness: EngineHarness) -> None:
    harness.market.recorded = with_bars(harness.market.recorded, AT - BAR, low=151.0)
    assert harness.play_the_signal() is None
    assert harness.engine.queries.health(BAR).bar_flaws == {"crossed": 1}


def test_what_was_corrected_during_an_outage_is_put_right_after_it(harness: EngineHarness) -> None:
    """The bars before the outage are read again as they would have been without it."""
    harness.close_a_bar(150.2)
    harness.market.is_down = True
    harness.close_a_bar(150.3, 150.1, 150.2)
    harness.market.recorded = with_bars(harness.market.recorded, AT, high=151.0, close=150.9)
    harness.market.is_down = False
    harness.close_a_bar(150.4)
    assert harness.engine.queries.health(BAR).bar_flaws == {"corrected": 1}
    assert score(harness) == score_of_a_fresh_desk(harness)


def at_the_signal(harness: EngineHarness) -> None:
    """Let it be just after the close of the example's bar, with its price and its news."""
    harness.clock.set(AT + timedelta(seconds=1))
    harness.engine.jobs.read_news()
    harness.clock.set(AT + timedelta(seconds=15))
    harness.market.price("AAPL", "150.25")


def test_a_bar_whose_prices_could_not_be_read_is_decided_on_once_they_can(harness: EngineHarness) -> None:
    at_the_signal(harness)
    harness.market.shows_no_prices = True
    harness.engine.jobs.process_bars()
    assert harness.engine.queries.trades({TradeState.PROPOSED}) == ()
    harness.market.shows_no_prices = False
    harness.clock.advance(5)
    harness.market.price("AAPL", "150.25")
    harness.engine.jobs.process_bars()
    assert [trade.signal.bar for trade in harness.engine.queries.trades({TradeState.PROPOSED})] == [AT - BAR]


def test_a_bar_is_decided_on_once_a_broker_that_was_away_answers(harness: EngineHarness) -> None:
    at_the_signal(harness)
    harness.line.is_away = True
    harness.engine.jobs.process_bars()
    assert harness.engine.queries.trades({TradeState.PROPOSED}) == ()
    harness.line.is_away = False
    harness.clock.advance(5)
    harness.engine.jobs.process_bars()
    assert [trade.signal.bar for trade in harness.engine.queries.trades({TradeState.PROPOSED})] == [AT - BAR]


def test_a_bar_is_decided_on_no_more_where_the_world_comes_back_after_the_next_close(harness: EngineHarness) -> None:
    at_the_signal(harness)
    harness.line.is_away = True
    harness.engine.jobs.process_bars()
    harness.line.is_away = False
    harness.clock.set(AT + BAR + timedelta(seconds=2))
    harness.market.price("AAPL", "150.25")
    harness.engine.jobs.process_bars()
    assert harness.engine.queries.trades({TradeState.PROPOSED}) == ()


def test_a_bar_is_decided_on_once(harness: EngineHarness) -> None:
    harness.play_the_signal()
    looked = len(harness.market.asked)
    for _ in range(5):
        harness.clock.advance(5)
        harness.engine.jobs.process_bars()
    assert len(harness.market.asked) == looked


@pytest.mark.parametrize(("late", "proposes"), [(6, True), (200, True), (300, False)])
def test_a_desk_that_starts_while_a_bars_signal_stands_decides_on_it(
    harness: EngineHarness, late: int, proposes: bool
) -> None:
    """A restart in the middle of a pass loses no signal: what is decided does not depend on the start either."""
    harness.clock.set(AT + timedelta(seconds=1))
    harness.engine.jobs.read_news()
    harness.clock.set(AT + timedelta(seconds=late))
    harness.market.price("AAPL", "150.25")
    again = harness.born_again()
    again.jobs.start()
    again.jobs.process_bars()
    assert bool(again.queries.trades({TradeState.PROPOSED})) == proposes


def test_bars_that_cannot_be_read_while_prices_can_are_told_as_one_loss(harness: EngineHarness) -> None:
    harness.market.has_no_bars = True
    for second in range(5, 300, 5):
        harness.clock.set(AT + timedelta(seconds=second))
        harness.market.price("AAPL", "150.25")
        harness.engine.jobs.process_bars()
        harness.engine.jobs.tick()
    harness.market.has_no_bars = False
    harness.engine.jobs.process_bars()
    told = [notice.kind for notice in harness.told() if notice.subject == "market"]
    assert told == [NoticeKind.SERVICE_LOST, NoticeKind.SERVICE_BACK]


def test_a_symbol_that_is_added_while_a_pass_is_under_way_misses_no_bar(harness: EngineHarness) -> None:
    """Its window was read up to the board's last bar, and the bars of the pass are those of the others."""
    harness.market.recorded = worked_example.history(AT + 8 * BAR)
    harness.engine.commands.change_watchlist(("AAPL",), EngineHarness.ADMIN, more=False)
    passed(harness, AT + timedelta(seconds=15))
    harness.clock.set(AT + 6 * BAR + timedelta(seconds=15))
    harness.market.price("AAPL", "150.25")
    harness.market.while_reading = lambda: harness.engine.commands.change_watchlist(
        ("AAPL",), EngineHarness.ADMIN, more=True
    )
    harness.engine.jobs.process_bars()
    passed(harness, AT + 7 * BAR + timedelta(seconds=15))
    assert score(harness) == score_of_a_fresh_desk(harness)


def test_on_the_day_of_a_split_no_change_is_told_from_a_close_of_before_it(harness: EngineHarness) -> None:
    """A snapshot's close of the day before is not adjusted: a fall by half that nobody had would be shown."""
    ex_date = OPEN + timedelta(days=1)
    announce_a_split(harness, ex_date)
    for at, change in ((AT, Decimal("-0.5")), (ex_date, None)):
        harness.clock.set(at)
        harness.market.put(replace(worked_example.looks()[2][1], at=at, quoted_at=at, previous_close=Decimal("300.50")))
        snapshot = harness.engine.queries.inspect("AAPL").snapshot
        assert snapshot is not None
        assert snapshot.change == change


def test_an_impossible_bar_is_on_no_picture(harness: EngineHarness) -> None:
    harness.clock.set(AT + timedelta(seconds=15))
    assert harness.engine.queries.chart("AAPL").starts[-1] == int((AT - BAR).timestamp())
    harness.market.recorded = with_bars(harness.market.recorded, AT - BAR, low=0.0)
    assert harness.engine.queries.chart("AAPL").starts[-1] == int((AT - 2 * BAR).timestamp())
