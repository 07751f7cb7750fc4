"""The control: the same bars with every move up or down by the toss of a coin, where nothing can be won.

A bar's way from the close before it to its open, and from there to its close, keep their size and lose their
direction. So each bar is as volatile as it was, quiet days stay quiet and nights stay nights. One coin is tossed for
all symbols, so they go with and against each other as before. What happened says nothing about what comes: each step
is made a fair bet, by as little as a coin's two sides differ in percent.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.backtest.honesty import verdict_on
from engine.backtest.measures import multiples_of
from engine.model.backtest import Backtest
from engine.model.evaluation import Control, Verdict
from engine.model.market import BarHistory

Numbers = NDArray[np.float64]


def random_walk(bars: BarHistory, *, seed: int) -> BarHistory:
    """Return the bars of a random walk with the volatility, the volume and the gaps in the data of a history."""
    random = np.random.default_rng(seed)
    known = ~np.isnan(bars.close)
    gaps = np.nan_to_num(np.log(bars.open / _last_close(bars.close, known)))
    bodies = np.nan_to_num(np.log(bars.close / bars.open))
    opens, closes = random.choice((-1.0, 1.0), size=(2, len(bars.starts), 1))
    to_open, to_close = _fair(gaps, opens), _fair(bodies, closes)
    closed = np.log(_first_open(bars, known)) + (to_open + to_close).cumsum(axis=0)
    opened = closed - to_close
    over = np.nan_to_num(np.log(bars.high / np.maximum(bars.open, bars.close)))
    under = np.nan_to_num(np.log(np.minimum(bars.open, bars.close) / bars.low))
    high = np.maximum(opened, closed) + np.where(closes > 0, over, under)
    low = np.minimum(opened, closed) - np.where(closes > 0, under, over)
    prices = [np.where(known, np.exp(price), np.nan) for price in (opened, high, low, closed)]
    return replace(bars, open=prices[0], high=prices[1], low=prices[2], close=prices[3])


def controlled(
    run: Callable[[BarHistory], Backtest], bars: BarHistory, *, actual: Backtest, walks: int, seed: int
) -> Control:
    """Run a strategy on so many random walks, and say how it did there beside how it did on the bars themselves."""
    means, edges = [], 0
    for number in range(walks):
        multiples = multiples_of(run(random_walk(bars, seed=seed + number)).trades)
        if len(multiples):
            means.append(float(multiples.mean()))
            edges += verdict_on(multiples, seed=seed) is Verdict.EDGE
    real = multiples_of(actual.trades)
    return Control(walks=walks, means=tuple(means), edges=edges, actual=float(real.mean()) if len(real) else None)


def _fair(steps: Numbers, coins: Numbers) -> Numbers:
    """Return steps (logarithms) with the coin's sign, and with the drift that makes the price itself a fair bet."""
    fair: Numbers = coins * steps - np.log(np.cosh(steps))
    return fair


def _last_close(close: Numbers, known: NDArray[np.bool_]) -> Numbers:
    """Return of each bar the last close before it, NaN before the first."""
    rows = np.where(known, np.arange(len(close))[:, None], -1)
    last = np.maximum.accumulate(rows, axis=0)
    before = np.vstack((np.full((1, close.shape[1]), -1, dtype=last.dtype), last[:-1])) if len(close) else last
    return np.where(before >= 0, np.take_along_axis(close, np.maximum(before, 0), axis=0), np.nan)


def _first_open(bars: BarHistory, known: NDArray[np.bool_]) -> Numbers:
    """Return the first open of each symbol, NaN where it has no bar."""
    if not len(bars.starts):
        return np.full(len(bars.symbols), np.nan)
    rows = known.argmax(axis=0)
    return np.where(known.any(axis=0), bars.open[rows, np.arange(len(bars.symbols))], np.nan)
