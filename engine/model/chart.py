from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """The last bars of a symbol, oldest first, with the indicators at the end of each: arrays of shape (bars,).

    `starts` are POSIX seconds, prices in dollars a share. An indicator that has too few bars before it is NaN.
    At or under the first of `rsi_limits` RSI is a buy, at or over the second a sell.
    """

    symbol: str
    bar_seconds: int
    starts: NDArray[np.int64]
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    lower: Floats
    middle: Floats
    upper: Floats
    rsi: Floats
    macd: Floats
    macd_signal: Floats
    rsi_limits: tuple[float, float]
