"""Choose on the past, judge on what came after it, window after window: nothing is judged on what it was chosen on.

    sessions   | train ............ | purge | embargo | test ..... |
                        | train ............ | purge | embargo | test ..... |

A trade that was entered on the last session of a window's train part may end some sessions later. `purge` takes as many
sessions out as a trade may last, so that no result on which something was chosen reaches into those that judge it;
`embargo` as many more as what happened may still echo (M. Lopez de Prado, "Advances in Financial Machine Learning",
2018, chapter 7). Scores may look back on both: that is the past.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

import numpy as np

from engine.backtest.bootstrap import mean_interval
from engine.backtest.honesty import verdict
from engine.backtest.measures import exchange_days, multiples_of
from engine.model.backtest import Backtest
from engine.model.evaluation import WalkForward, WalkStep, WalkWindow
from engine.model.market import BarHistory, exchange_date

Choice = TypeVar("Choice")
EPOCH = date(1970, 1, 1).toordinal()


def sessions_of(bars: BarHistory) -> tuple[date, ...]:
    """Return the exchange's days that a history has bars of, in their order."""
    return tuple(date.fromordinal(int(day) + EPOCH) for day in np.unique(exchange_days(bars.starts)))


def windows(sessions: Sequence[date], *, train: int, test: int, purge: int, embargo: int = 0) -> tuple[WalkWindow, ...]:
    """Return the windows of so many sessions each; the test parts follow each other without a gap or an overlap.

    A last test part of fewer sessions is left out. Raises ValueError for lengths that make no sense, and where not even
    one window fits.
    """
    if train < 1 or test < 1 or purge < 0 or embargo < 0:
        raise ValueError("train and test need 1 session or more, purge and embargo 0 or more")
    before = train + purge + embargo
    if len(sessions) < before + test:
        raise ValueError(
            f"{len(sessions)} sessions are too few: one window needs {before + test} ({train} to choose on,"
            f" {purge + embargo} between, {test} to judge); take a longer period or shorter windows"
        )
    return tuple(
        WalkWindow(
            train_first=sessions[first - before],
            train_last=sessions[first - before + train - 1],
            test_first=sessions[first],
            test_last=sessions[first + test - 1],
        )
        for first in range(before, len(sessions) - test + 1, test)
    )


def walked(
    bars: BarHistory,
    cut: Sequence[WalkWindow],
    *,
    warm_up: int,
    choose: Callable[[BarHistory, date], Choice],
    run: Callable[[Choice, BarHistory, date], Backtest],
    name: Callable[[Choice], str] = str,
    seed: int,
) -> WalkForward:
    """Choose on each window's earlier sessions, run what was chosen on its later ones, and judge those together.

    Both callables get the bars of a part after those of `warm_up` sessions before it, and the first date on which a
    trade may be entered. Raises ValueError where a trade was entered outside its part.
    """
    sessions = sessions_of(bars)
    steps = []
    for window in cut:
        train = _part(bars, sessions, window.train_first, window.train_last, warm_up)
        test = _part(bars, sessions, window.test_first, window.test_last, warm_up)
        chosen = choose(train, window.train_first)
        step = WalkStep(
            window=window,
            chosen=name(chosen),
            train=run(chosen, train, window.train_first),
            test=run(chosen, test, window.test_first),
        )
        _refuse_strays(step.train, window.train_first, window.train_last)
        _refuse_strays(step.test, window.test_first, window.test_last)
        steps.append(step)
    return _judged(steps, seed)


def _judged(steps: Sequence[WalkStep], seed: int) -> WalkForward:
    # One stretch of time after the other: so all are in the order of time, as the blocks of the bootstrap want them.
    train = np.concatenate([np.empty(0), *(multiples_of(step.train.trades) for step in steps)])
    test = np.concatenate([np.empty(0), *(multiples_of(step.test.trades) for step in steps)])
    interval = mean_interval(test, seed=seed)
    return WalkForward(
        steps=tuple(steps),
        train_mean=float(train.mean()) if len(train) else None,
        interval=interval,
        verdict=verdict(len(test), interval),
    )


def _part(bars: BarHistory, sessions: Sequence[date], first: date, last: date, warm_up: int) -> BarHistory:
    """Return the bars of the sessions from one to another, after those of so many sessions before them."""
    begin = sessions[max(0, bisect_left(sessions, first) - warm_up)]
    days = exchange_days(bars.starts) + EPOCH
    rows = slice(int(np.searchsorted(days, begin.toordinal())), int(np.searchsorted(days, last.toordinal(), "right")))
    names = ("starts", "open", "high", "low", "close", "volume")
    return replace(bars, **{name: getattr(bars, name)[rows] for name in names})


def _refuse_strays(backtest: Backtest, first: date, last: date) -> None:
    for trade in backtest.trades:
        entered = exchange_date(trade.entered_at)
        if not first <= entered <= last:
            raise ValueError(f"a trade in {trade.symbol} was entered on {entered}, outside {first} to {last}")
