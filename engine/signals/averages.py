"""RSI's and MACD's averages, moved on bar by bar for many symbols at once.

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

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


class Averages(NamedTuple):
    """What RSI and MACD remember of the bars so far, in arrays of shape (symbols,); `close` is the last one's."""

    close: Floats
    gain: Floats
    loss: Floats
    fast: Floats
    slow: Floats
    macd: Floats
    signal: Floats

    @property
    def histogram(self) -> Floats:
        """MACD less its signal line."""
        return self.macd - self.signal


def start(close: Floats) -> Averages:
    """Return the averages after a first bar."""
    nothing = np.zeros_like(close)
    return Averages(close=close, gain=nothing, loss=nothing, fast=close, slow=close, macd=nothing, signal=nothing)


def step(before: Averages, close: Floats, closed: Whole) -> Averages:
    """Move the averages on by one bar; `closed` is the number of bars before it."""
    change = close - before.close
    gain = np.maximum(change, 0.0)
    fast = _ewm(before.fast, close, 2 / (FAST_BARS + 1))
    slow = _ewm(before.slow, close, 2 / (SLOW_BARS + 1))
    macd = fast - slow
    signal = _ewm(before.signal, macd, 2 / (SIGNAL_BARS + 1))
    np.copyto(signal, macd, where=closed < SLOW_BARS)
    return Averages(
        close=close,
        gain=_ewm(before.gain, gain, 1 / RSI_BARS),
        loss=_ewm(before.loss, gain - change, 1 / RSI_BARS),
        fast=fast,
        slow=slow,
        macd=macd,
        signal=signal,
    )


def _ewm(before: Floats, value: Floats, weight: float) -> Floats:
    """Move an exponential average on by one value."""
    after = value - before
    after *= weight
    after += before
    return after
