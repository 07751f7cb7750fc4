"""The indicators of all symbols at once, from what is remembered of their closed bars.

The definitions are those of the `ta` package; its bands use the population deviation. The volume ratio is not in `ta`:
it is the bar's volume over what is usual at its time of day.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.signals.averages import Floats, Whole
from engine.signals.track import Track

# Closes that deviate by less than this share of their mean are equal but for rounding; a cent at $1,000 is 2e-6.
FLAT = 1e-9

NO_BAR = -1
"""In the place of a bar's start, where a symbol has no bar in the session."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, slots=True)
class LastBars:
    """Each symbol's last bar of the session, as arrays of shape (symbols,): start (POSIX seconds), prices, volume.

    `start` is NO_BAR where there is none yet; `usual` is the average volume at the bar's time of day, NaN where too
    little is known of it.
    """

    start: Whole
    low: Floats
    high: Floats
    volume: Floats
    usual: Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class Indicators:
    """The indicators of every symbol after its last bar, as arrays of shape (symbols,); prices in dollars a share.

    A row means something only where `valid`: the symbol has a bar in the session and `minimum_bars` in all, its last
    20 closes are not all the same (`ta` calls that an RSI of 100), and its usual volume is known. `bar` is the start
    of that bar in POSIX seconds, `low`, `high` and `close` are its own.
    """

    rsi: Floats
    lower: Floats
    middle: Floats
    upper: Floats
    low: Floats
    high: Floats
    close: Floats
    macd: Floats
    macd_signal: Floats
    macd_cross: NDArray[np.int8]
    volume_ratio: Floats
    bar: Whole
    valid: Flags


def measured(track: Track, last: LastBars) -> Indicators:
    """Work the indicators out of what is remembered of closed bars, the last one among them."""
    now, histograms, band = track.averages, track.histograms, track.rules.bollinger
    histogram, before = histograms[-1], histograms[:-1]
    crossed_up = (histogram > 0) & (before.min(axis=0) <= 0)
    crossed_down = (histogram < 0) & (before.max(axis=0) >= 0)
    middle = _sum(track.closes) / band.bars
    deviation = np.sqrt(_sum((track.closes - middle) ** 2) / band.bars)
    width = band.width * deviation
    with np.errstate(divide="ignore", invalid="ignore"):
        rsi = 100 * now.gain / (now.gain + now.loss)
        volume_ratio = last.volume / last.usual
    is_known = (track.count >= track.rules.minimum_bars) & (last.start != NO_BAR)
    return Indicators(
        rsi=rsi,
        lower=middle - width,
        middle=middle,
        upper=middle + width,
        low=last.low.copy(),
        high=last.high.copy(),
        close=track.closes[-1].copy(),
        macd=now.macd.copy(),
        macd_signal=now.signal.copy(),
        macd_cross=crossed_up.view(np.int8) - crossed_down.view(np.int8),
        volume_ratio=volume_ratio,
        bar=last.start.copy(),
        valid=is_known & (deviation > FLAT * middle) & np.isfinite(volume_ratio),
    )


def _sum(values: Floats) -> Floats:
    """Add up rows from the first to the last; numpy's own sum of one column alone takes another order."""
    total: Floats = values[0].copy()
    for row in values[1:]:
        total += row
    return total
