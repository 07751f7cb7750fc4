"""RSI's and MACD's averages, moved on bar by bar for many symbols side by side.

The definitions are those of the `ta` package: averages are exponential and start at their first value. RSI's are
Wilder's and start at 0. The others follow MACD, whose signal line starts at the first bar that `ta` has a MACD for.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

RSI_BARS = 14
FAST_BARS = 12
SLOW_BARS = 26
SIGNAL_BARS = 9

_SIGNAL_WEIGHT = 2 / (SIGNAL_BARS + 1)

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

_WEIGHTS: Floats = np.array([[1 / RSI_BARS], [1 / RSI_BARS], [2 / (FAST_BARS + 1)], [2 / (SLOW_BARS + 1)]])
"""Of the averages of gains, losses, and closes, the fast and the slow one."""


class Averages(NamedTuple):
    """What RSI and MACD remember of the bars so far, in arrays of shape (symbols,); `close` is the last one's."""

    close: Floats
    gain: Floats
    loss: Floats
    fast: Floats
    slow: Floats
    macd: Floats
    signal: Floats


def start(close: Floats) -> Averages:
    """Return the averages after a first bar."""
    nothing = np.zeros_like(close)
    return Averages(close=close, gain=nothing, loss=nothing, fast=close, slow=close, macd=nothing, signal=nothing)


def moved(before: Averages, closes: Floats, closed: Whole) -> tuple[Averages, Floats]:
    """Move the averages on by some bars, closes of shape (bars, symbols); `closed` is the number of bars before them.

    Returns the averages after the last one, and MACD less its signal line after each, shape (bars, symbols).
    """
    change = np.diff(closes, axis=0, prepend=before.close[np.newaxis])
    lines = np.empty((len(closes), len(_WEIGHTS), closes.shape[1]))
    np.maximum(change, 0.0, out=lines[:, 0])
    np.subtract(lines[:, 0], change, out=lines[:, 1])
    lines[:, 2:] = closes[:, np.newaxis]
    line = np.array((before.gain, before.loss, before.fast, before.slow))
    for after in lines:
        line = _ewm(line, after, _WEIGHTS)
    gain, loss, fast, slow = line
    macd = lines[:, 2] - lines[:, 3]
    signal, signals = before.signal, macd.copy()
    unsigned = SLOW_BARS - int(closed.min(initial=SLOW_BARS))  # the bars before all symbols have a signal line
    for number, after in enumerate(signals):
        signal = _ewm(signal, after, _SIGNAL_WEIGHT)
        if number < unsigned:
            np.copyto(signal, macd[number], where=closed + number < SLOW_BARS)
    averages = Averages(close=closes[-1], gain=gain, loss=loss, fast=fast, slow=slow, macd=macd[-1], signal=signals[-1])
    return averages, macd - signals


def _ewm(before: Floats, value: Floats, weight: Floats | float) -> Floats:
    """Let a value be the exponential average that was moved on by it."""
    value -= before
    value *= weight
    value += before
    return value
