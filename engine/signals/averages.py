"""RSI's and MACD's averages, moved on bar by bar for many symbols side by side.

The definitions are those of the `ta` package: averages are exponential and start at their first value. RSI's are
Wilder's and start at 0. The others follow MACD, whose signal line starts at the first bar that `ta` has a MACD for.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.model.technical_rules import SEED_RULES, TechnicalRules

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


class Weights(NamedTuple):
    """What a new value counts in the averages of gains, losses and closes (fast, slow), (4, 1), and the signal's."""

    lines: Floats
    signal: float
    slow_bars: int


class Averages(NamedTuple):
    """What RSI and MACD remember of the bars so far, in arrays of shape (symbols,); `close` is the last one's."""

    close: Floats
    gain: Floats
    loss: Floats
    fast: Floats
    slow: Floats
    macd: Floats
    signal: Floats


@cache
def weights_of(rules: TechnicalRules) -> Weights:
    """Return the weights of a score's averages."""
    macd, wilder = rules.macd, 1 / rules.rsi.bars
    lines = np.array([[wilder], [wilder], [2 / (macd.fast + 1)], [2 / (macd.slow + 1)]])
    return Weights(lines=lines, signal=2 / (macd.signal + 1), slow_bars=macd.slow)


def start(close: Floats) -> Averages:
    """Return the averages after a first bar."""
    nothing = np.zeros_like(close)
    return Averages(close=close, gain=nothing, loss=nothing, fast=close, slow=close, macd=nothing, signal=nothing)


def moved(
    before: Averages, closes: Floats, closed: Whole, rules: TechnicalRules = SEED_RULES
) -> tuple[Averages, Floats]:
    """Move the averages on by some bars, closes of shape (bars, symbols); `closed` is the number of bars before them.

    Returns the averages after the last one, and MACD less its signal line after each, shape (bars, symbols).
    """
    lines, macd, signals = moved_lines(before, closes, closed, rules)
    gain, loss, fast, slow = lines[-1]
    averages = Averages(close=closes[-1], gain=gain, loss=loss, fast=fast, slow=slow, macd=macd[-1], signal=signals[-1])
    return averages, macd - signals


def moved_lines(
    before: Averages, closes: Floats, closed: Whole, rules: TechnicalRules = SEED_RULES
) -> tuple[Floats, Floats, Floats]:
    """Do the same and return all on the way: the four averages (bars, 4, symbols), MACD and signal (bars, symbols)."""
    weights = weights_of(rules)
    change = np.diff(closes, axis=0, prepend=before.close[np.newaxis])
    lines = np.empty((len(closes), len(weights.lines), closes.shape[1]))
    np.maximum(change, 0.0, out=lines[:, 0])
    np.subtract(lines[:, 0], change, out=lines[:, 1])
    lines[:, 2:] = closes[:, np.newaxis]
    line = np.array((before.gain, before.loss, before.fast, before.slow))
    for after in lines:
        line = _ewm(line, after, weights.lines)
    macd = lines[:, 2] - lines[:, 3]
    signal, signals = before.signal, macd.copy()
    slow_bars = weights.slow_bars
    unsigned = slow_bars - int(closed.min(initial=slow_bars))  # the bars before all symbols have a signal line
    for number, after in enumerate(signals):
        signal = _ewm(signal, after, weights.signal)
        if number < unsigned:
            np.copyto(signal, macd[number], where=closed + number < slow_bars)
    return lines, macd, signals


def _ewm(before: Floats, value: Floats, weight: Floats | float) -> Floats:
    """Let a value be the exponential average that was moved on by it."""
    value -= before
    value *= weight
    value += before
    return value
