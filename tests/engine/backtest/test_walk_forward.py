"""Windows that judge a choice by sessions it was not made on."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from engine.backtest.walk_forward import sessions_of, walked, windows
from engine.model.backtest import Backtest
from engine.model.evaluation import Verdict
from engine.model.market import BarHistory, exchange_date
from tests.support.backtests import CASH, backtest, days_of, random_bars, trade, weekdays


@given(st.integers(1, 80), st.integers(1, 20), st.integers(1, 20), st.integers(0, 5), st.integers(0, 5))
def test_no_session_judges_what_was_chosen_on_it(count: int, train: int, test: int, purge: int, embargo: int) -> None:
    sessions = weekdays(count)
    at = {session: number for number, session in enumerate(sessions)}
    needed = train + purge + embargo + test
    if count < needed:
        with pytest.raises(ValueError, match=f"one window needs {needed}"):
            windows(sessions, train=train, test=test, purge=purge, embargo=embargo)
        return
    cut = windows(sessions, train=train, test=test, purge=purge, embargo=embargo)
    for window in cut:
        assert at[window.test_first] - at[window.train_last] == purge + embargo + 1
        assert at[window.test_last] - at[window.test_first] == test - 1
        assert at[window.train_last] - at[window.train_first] == train - 1
    for earlier, later in pairwise(cut):
        assert at[later.test_first] == at[earlier.test_last] + 1
    assert count - 1 - at[cut[-1].test_last] < test


@pytest.mark.parametrize("lengths", [(0, 1, 0, 0), (1, 0, 0, 0), (1, 1, -1, 0), (1, 1, 0, -1)])
def test_lengths_that_make_no_sense_are_refused(lengths: tuple[int, int, int, int]) -> None:
    train, test, purge, embargo = lengths
    with pytest.raises(ValueError, match="or more"):
        windows(weekdays(30), train=train, test=test, purge=purge, embargo=embargo)


def run(chosen: float, bars: BarHistory, first: date) -> Backtest:
    """Trade once each session from the first on, and make what was chosen, or its contrary in every second one."""
    opens = {exchange_date(at): at for at in (datetime.fromtimestamp(int(start), UTC) for start in bars.starts[::-1])}
    made = [
        trade(chosen if day.day % 2 else -chosen, entered_at=opens[day], exited_at=opens[day] + timedelta(hours=1))
        for day in sorted(opens)
        if day >= first
    ]
    return backtest([float(CASH)] * 7, made)


def test_each_part_gets_its_sessions_and_those_to_warm_up_on() -> None:
    bars = random_bars(40)
    sessions = sessions_of(bars)
    assert list(sessions) == days_of(bars)
    seen: list[tuple[date, date, date]] = []

    def choose(given: BarHistory, first: date) -> float:
        days = days_of(given)
        seen.append((days[0], first, days[-1]))
        return 2.0

    cut = windows(sessions, train=10, test=5, purge=2, embargo=1)
    done = walked(bars, cut, warm_up=3, choose=choose, run=run, seed=1)
    at = {session: number for number, session in enumerate(sessions)}
    assert [(at[begin], at[first], at[last]) for begin, first, last in seen[:3]] == [
        (0, 0, 9),  # there is nothing before the first session
        (2, 5, 14),
        (7, 10, 19),
    ]
    assert [step.window for step in done.steps] == list(cut)
    assert sum(len(step.test.trades) for step in done.steps) == 5 * len(cut)
    assert done.steps[0].chosen == "2.0"


def test_what_was_chosen_is_judged_by_the_later_trades_together() -> None:
    bars = random_bars(120)
    cut = windows(sessions_of(bars), train=20, test=10, purge=1)
    done = walked(bars, cut, warm_up=0, choose=lambda *_: 1.0, run=run, seed=1)
    assert done.interval is not None
    assert done.interval.count == 10 * len(cut) == 90
    assert done.verdict is Verdict.NO_EDGE
    short = walked(bars, cut[:2], warm_up=0, choose=lambda *_: 1.0, run=run, seed=1)
    assert short.verdict is Verdict.TOO_FEW


def test_a_run_that_trades_outside_its_part_is_refused() -> None:
    bars = random_bars(40)
    cut = windows(sessions_of(bars), train=10, test=5, purge=2)

    def early(chosen: float, bars: BarHistory, _: date) -> Backtest:
        return run(chosen, bars, days_of(bars)[0])

    with pytest.raises(ValueError, match="outside"):
        walked(bars, cut, warm_up=3, choose=lambda *_: 1.0, run=early, seed=1)
