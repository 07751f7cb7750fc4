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
from engine.model.notices.proposals import SignalKept
from engine.model.trade import TradeState
from engine.signals.board import board_of
from engine.signals.slots import SESSIONS, instant
from tests.fakes import worked_example
from tests.fakes.worked_example import AT
from tests.rig import Rig

OPEN = AT.replace(hour=13, minute=30)
BAR = timedelta(minutes=5)


def passed(rig: Rig, at: datetime) -> int:
    """Let it be an instant, and the engine look for bars; return how often it asked the market for some."""
    before = len(rig.market.bars_asked)
    rig.clock.set(at)
    rig.engine.jobs.process_bars()
    return len(rig.market.bars_asked) - before


def signal_bar(rig: Rig) -> datetime | None:
    rig.market.price("AAPL", "150.25")
    signal = rig.engine.queries.inspect("AAPL").signal
    return signal.bar if signal else None


def with_bars(history: BarHistory, at: datetime, **values: float) -> BarHistory:
    """Return a history in which the bar that starts at an instant has other values."""
    row = int(np.searchsorted(history.starts, int(at.timestamp())))
    changed = {name: getattr(history, name).copy() for name in values}
    for name, value in values.items():
        changed[name][row] = value
    return replace(history, **changed)


def score(rig: Rig, engine: Engine | None = None) -> tuple[object, object]:
    """Return the readings and the technical points of AAPL."""
    rig.market.price("AAPL", "150.25")
    signal = (engine or rig.engine).queries.inspect("AAPL").signal
    assert signal is not None
    return signal.readings, signal.components[:4]


def score_of_a_fresh_desk(rig: Rig) -> tuple[object, object]:
    """Return what a desk has that was started just now, on what the market says now."""
    fresh = rig.born_again()
    fresh.jobs.start()
    return score(rig, fresh)


def test_a_bar_is_read_once_its_delay_is_over_and_never_again(rig: Rig) -> None:
    seconds = {second: passed(rig, AT + timedelta(seconds=second)) for second in (0, 4, 4.9, 5, 10, 60, 299)}
    assert seconds == {0: 0, 4: 0, 4.9: 0, 5: 1, 10: 0, 60: 0, 299: 0}


def test_the_delay_is_a_setting(tmp_path: Path) -> None:
    rig = Rig.at_the_example(tmp_path, bar_delay_seconds=12)
    assert [passed(rig, AT + timedelta(seconds=second)) for second in (5, 11, 12)] == [0, 0, 1]
    rig.close()


def test_the_last_bars_are_read_again_with_each_new_one(rig: Rig) -> None:
    passed(rig, AT + timedelta(seconds=5))
    symbols, since = rig.market.bars_asked[-1]
    assert symbols == ("AAPL", "MSFT", "TSLA")
    assert since == AT - 4 * BAR


def test_what_forms_after_the_bar_changes_no_score_and_brings_no_proposal(rig: Rig) -> None:
    before = score(rig)
    for second in range(-30, 5):
        rig.clock.set(AT + timedelta(seconds=second))
        rig.market.price("AAPL", str(120 + second))
        rig.engine.jobs.tick()
        rig.engine.jobs.process_bars()
    assert score(rig) == before
    assert rig.engine.queries.trades({TradeState.PROPOSED}) == ()


def test_a_signal_names_its_bar_and_is_of_the_pass(rig: Rig) -> None:
    trade = rig.play_the_signal()
    assert trade is not None
    assert (trade.signal.bar, trade.signal.at) == (AT - BAR, AT + timedelta(seconds=15))
    with rig.store.reading() as reader:
        kept = reader.trade(trade.id)
    assert kept is not None
    assert kept.signal.bar == AT - BAR


def test_without_a_good_price_at_the_pass_nothing_is_proposed(rig: Rig) -> None:
    rig.market.put(replace(worked_example.looks()[2][1], at=AT - timedelta(minutes=10)))
    rig.clock.set(AT + timedelta(seconds=15))
    rig.engine.jobs.process_bars()
    assert rig.engine.queries.trades({TradeState.PROPOSED}) == ()


def test_a_quote_of_twelve_hours_gives_no_spread_and_no_entry(rig: Rig) -> None:
    rig.clock.set(AT + timedelta(seconds=1))
    rig.engine.jobs.read_news()
    rig.clock.set(AT + timedelta(seconds=15))
    rig.market.put(replace(worked_example.looks()[2][1], quoted_at=AT - timedelta(hours=12)))
    rig.engine.jobs.process_bars()
    assert rig.engine.queries.trades({TradeState.PROPOSED}) == ()
    assert [notice.why_not.word for notice in rig.told_of(SignalKept)] == ["no_quote"]


def test_a_symbol_that_did_not_trade_in_the_bar_has_no_signal(rig: Rig) -> None:
    rig.market.recorded = with_bars(
        rig.market.recorded, AT - BAR, **dict.fromkeys(("open", "high", "low", "close", "volume"), np.nan)
    )
    assert rig.play_the_signal() is None
    assert signal_bar(rig) == AT - 2 * BAR


def test_a_bar_that_comes_late_is_a_correction_and_no_signal(rig: Rig) -> None:
    whole = rig.market.recorded
    rig.market.recorded = with_bars(
        whole, AT - BAR, **dict.fromkeys(("open", "high", "low", "close", "volume"), np.nan)
    )
    assert rig.play_the_signal() is None
    rig.market.recorded = whole
    passed(rig, AT + BAR + timedelta(seconds=5))
    assert rig.engine.queries.trades({TradeState.PROPOSED}) == ()
    assert signal_bar(rig) == AT - BAR
    assert rig.engine.queries.health(BAR).bar_flaws == {"corrected": 1}
    assert score(rig) == score_of_a_fresh_desk(rig)


@pytest.mark.parametrize("back", [1, 2, 3])
def test_a_bar_that_was_corrected_within_three_bars_is_put_right_and_counted(rig: Rig, back: int) -> None:
    rig.clock.set(AT + timedelta(seconds=15))
    rig.engine.jobs.process_bars()
    at = AT - back * BAR
    rig.market.recorded = with_bars(rig.market.recorded, at, high=151.0, close=150.9)
    passed(rig, AT + BAR + timedelta(seconds=5))
    assert rig.engine.queries.health(BAR).bar_flaws == {"corrected": 1}
    assert score(rig) == score_of_a_fresh_desk(rig)


def test_a_correction_of_yesterday_is_taken_in_with_the_sessions_first_bar(rig: Rig) -> None:
    yesterday = OPEN + timedelta(hours=1)
    tomorrow = OPEN + timedelta(days=1)
    rig.market.recorded = worked_example.history(OPEN + timedelta(days=1, minutes=30))
    passed(rig, tomorrow - timedelta(hours=3))
    rig.market.recorded = with_bars(rig.market.recorded, yesterday, high=170.0, close=169.0)
    assert passed(rig, tomorrow + BAR + timedelta(seconds=5)) == 2
    assert rig.market.bars_asked[-1][0] == ("AAPL",)
    assert score(rig) == score_of_a_fresh_desk(rig)


def test_after_an_outage_only_the_newest_bar_is_decided_on(rig: Rig) -> None:
    rig.market.is_down = True
    for minutes in range(0, 11, 5):
        passed(rig, AT + timedelta(minutes=minutes, seconds=15))
    rig.market.is_down = False
    rig.market.price("AAPL", "150.25")
    rig.engine.jobs.process_bars()
    assert rig.engine.queries.trades({TradeState.PROPOSED}) == ()  # the example's bar closed two bars ago
    assert score(rig) == score_of_a_fresh_desk(rig)


@pytest.mark.parametrize(("late", "proposes"), [(299, True), (300, False), (3600, False)])
def test_a_signal_stands_until_the_next_bar_closes(rig: Rig, late: int, proposes: bool) -> None:
    rig.clock.set(AT + timedelta(seconds=1))
    rig.engine.jobs.read_news()
    rig.clock.set(AT + timedelta(seconds=late))
    rig.market.price("AAPL", "150.25")
    rig.engine.jobs.process_bars()
    assert bool(rig.engine.queries.trades({TradeState.PROPOSED})) == proposes


def test_a_desk_that_slept_over_a_weekend_begins_anew(rig: Rig) -> None:
    monday = OPEN + timedelta(days=6)
    rig.market.recorded = worked_example.history(monday + timedelta(minutes=30))
    passed(rig, monday + timedelta(minutes=10, seconds=5))
    assert signal_bar(rig) == monday + BAR
    assert score(rig) == score_of_a_fresh_desk(rig)


def split(ratio: int) -> Callable[[BarHistory], BarHistory]:
    def after(history: BarHistory) -> BarHistory:
        return BarHistory.of(
            history.symbols,
            history.starts,
            history.stacked / np.array([ratio, ratio, ratio, ratio, 1 / ratio]).reshape(5, 1, 1),
        )

    return after


def announce_a_split(rig: Rig, ex_date: datetime) -> None:
    action = CorporateAction(
        id="s1",
        kind=ActionKind.SPLIT,
        symbol="AAPL",
        ex_date=ex_date.date(),
        new_shares=Decimal(2),
        old_shares=Decimal(1),
    )
    with rig.store.writing() as transaction:
        transaction.save_action(action, ActionState.ANNOUNCED)


@pytest.mark.parametrize("is_known", [True, False])
def test_after_a_split_the_whole_window_is_read_adjusted(rig: Rig, is_known: bool) -> None:
    """Known or not: the session before is read again in any case, and what differs in it is read anew."""
    ex_date = OPEN + timedelta(days=1)
    rig.market.recorded = split(2)(worked_example.history(ex_date + timedelta(minutes=30)))
    if is_known:
        announce_a_split(rig, ex_date)
    for minutes in (5, 10, 15):
        passed(rig, ex_date + timedelta(minutes=minutes, seconds=5))
        assert score(rig) == score_of_a_fresh_desk(rig)
    windows = [since for symbols, since in rig.market.bars_asked if symbols == ("AAPL",)]
    assert len(windows) >= (3 if is_known else 1)


def test_a_warm_up_reads_twenty_sessions_and_the_one_of_the_newest_bar(rig: Rig) -> None:
    first, *_ = rig.market.bars_asked
    starts = rig.market.slots.between(first[1], AT)
    assert len({instant(int(start)).date() for start in starts}) == SESSIONS + 1


def test_what_the_board_holds_is_what_its_window_alone_gives(rig: Rig) -> None:
    rig.play_the_signal()
    slots = rig.market.slots
    alone = board_of(rig.market.bars(("AAPL",), slots.opened(int((AT - BAR).timestamp()), SESSIONS))).indicators()
    readings = rig.trade().signal.readings
    assert (readings.rsi, readings.lower, readings.volume_ratio) == (
        alone.rsi[0],
        alone.lower[0],
        alone.volume_ratio[0],
    )


def test_an_impossible_bar_is_counted_and_no_signal_stands_on_it(rig: Rig) -> None:
    rig.market.recorded = with_bars(rig.market.recorded, AT - BAR, low=151.0)
    assert rig.play_the_signal() is None
    assert rig.engine.queries.health(BAR).bar_flaws == {"crossed": 1}


def test_what_was_corrected_during_an_outage_is_put_right_after_it(rig: Rig) -> None:
    """The bars before the outage are read again as they would have been without it."""
    rig.close_a_bar(150.2)
    rig.market.is_down = True
    rig.close_a_bar(150.3, 150.1, 150.2)
    rig.market.recorded = with_bars(rig.market.recorded, AT, high=151.0, close=150.9)
    rig.market.is_down = False
    rig.close_a_bar(150.4)
    assert rig.engine.queries.health(BAR).bar_flaws == {"corrected": 1}
    assert score(rig) == score_of_a_fresh_desk(rig)


def at_the_signal(rig: Rig) -> None:
    """Let it be just after the close of the example's bar, with its price and its news."""
    rig.clock.set(AT + timedelta(seconds=1))
    rig.engine.jobs.read_news()
    rig.clock.set(AT + timedelta(seconds=15))
    rig.market.price("AAPL", "150.25")


def test_a_bar_whose_prices_could_not_be_read_is_decided_on_once_they_can(rig: Rig) -> None:
    at_the_signal(rig)
    rig.market.shows_no_prices = True
    rig.engine.jobs.process_bars()
    assert rig.engine.queries.trades({TradeState.PROPOSED}) == ()
    rig.market.shows_no_prices = False
    rig.clock.advance(5)
    rig.market.price("AAPL", "150.25")
    rig.engine.jobs.process_bars()
    assert [trade.signal.bar for trade in rig.engine.queries.trades({TradeState.PROPOSED})] == [AT - BAR]


def test_a_bar_is_decided_on_once_a_broker_that_was_away_answers(rig: Rig) -> None:
    at_the_signal(rig)
    rig.line.is_away = True
    rig.engine.jobs.process_bars()
    assert rig.engine.queries.trades({TradeState.PROPOSED}) == ()
    rig.line.is_away = False
    rig.clock.advance(5)
    rig.engine.jobs.process_bars()
    assert [trade.signal.bar for trade in rig.engine.queries.trades({TradeState.PROPOSED})] == [AT - BAR]


def test_a_bar_is_decided_on_no_more_where_the_world_comes_back_after_the_next_close(rig: Rig) -> None:
    at_the_signal(rig)
    rig.line.is_away = True
    rig.engine.jobs.process_bars()
    rig.line.is_away = False
    rig.clock.set(AT + BAR + timedelta(seconds=2))
    rig.market.price("AAPL", "150.25")
    rig.engine.jobs.process_bars()
    assert rig.engine.queries.trades({TradeState.PROPOSED}) == ()


def test_a_bar_is_decided_on_once(rig: Rig) -> None:
    rig.play_the_signal()
    looked = len(rig.market.asked)
    for _ in range(5):
        rig.clock.advance(5)
        rig.engine.jobs.process_bars()
    assert len(rig.market.asked) == looked


@pytest.mark.parametrize(("late", "proposes"), [(6, True), (200, True), (300, False)])
def test_a_desk_that_starts_while_a_bars_signal_stands_decides_on_it(rig: Rig, late: int, proposes: bool) -> None:
    """A restart in the middle of a pass loses no signal: what is decided does not depend on the start either."""
    rig.clock.set(AT + timedelta(seconds=1))
    rig.engine.jobs.read_news()
    rig.clock.set(AT + timedelta(seconds=late))
    rig.market.price("AAPL", "150.25")
    again = rig.born_again()
    again.jobs.start()
    again.jobs.process_bars()
    assert bool(again.queries.trades({TradeState.PROPOSED})) == proposes


def test_bars_that_cannot_be_read_while_prices_can_are_told_as_one_loss(rig: Rig) -> None:
    rig.market.has_no_bars = True
    for second in range(5, 300, 5):
        rig.clock.set(AT + timedelta(seconds=second))
        rig.market.price("AAPL", "150.25")
        rig.engine.jobs.process_bars()
        rig.engine.jobs.tick()
    rig.market.has_no_bars = False
    rig.engine.jobs.process_bars()
    told = [notice.kind for notice in rig.told() if notice.subject == "market"]
    assert told == [NoticeKind.SERVICE_LOST, NoticeKind.SERVICE_BACK]


def test_a_symbol_that_is_added_while_a_pass_is_under_way_misses_no_bar(rig: Rig) -> None:
    """Its window was read up to the board's last bar, and the bars of the pass are those of the others."""
    rig.market.recorded = worked_example.history(AT + 8 * BAR)
    rig.engine.commands.change_watchlist(("AAPL",), Rig.ADMIN, more=False)
    passed(rig, AT + timedelta(seconds=15))
    rig.clock.set(AT + 6 * BAR + timedelta(seconds=15))
    rig.market.price("AAPL", "150.25")
    rig.market.while_reading = lambda: rig.engine.commands.change_watchlist(("AAPL",), Rig.ADMIN, more=True)
    rig.engine.jobs.process_bars()
    passed(rig, AT + 7 * BAR + timedelta(seconds=15))
    assert score(rig) == score_of_a_fresh_desk(rig)


def test_on_the_day_of_a_split_no_change_is_told_from_a_close_of_before_it(rig: Rig) -> None:
    """A snapshot's close of the day before is not adjusted: a fall by half that nobody had would be shown."""
    ex_date = OPEN + timedelta(days=1)
    announce_a_split(rig, ex_date)
    for at, change in ((AT, Decimal("-0.5")), (ex_date, None)):
        rig.clock.set(at)
        rig.market.put(replace(worked_example.looks()[2][1], at=at, quoted_at=at, previous_close=Decimal("300.50")))
        snapshot = rig.engine.queries.inspect("AAPL").snapshot
        assert snapshot is not None
        assert snapshot.change == change


def test_an_impossible_bar_is_on_no_picture(rig: Rig) -> None:
    rig.clock.set(AT + timedelta(seconds=15))
    assert rig.engine.queries.chart("AAPL").starts[-1] == int((AT - BAR).timestamp())
    rig.market.recorded = with_bars(rig.market.recorded, AT - BAR, low=0.0)
    assert rig.engine.queries.chart("AAPL").starts[-1] == int((AT - 2 * BAR).timestamp())
