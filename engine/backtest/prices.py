"""The bars of a history symbol by symbol, each array made once, when somebody first asks for it."""

from decimal import Decimal
from math import isfinite, nan

import numpy as np
from numpy.typing import NDArray

from engine.backtest.dealing import dollars
from engine.backtest.timeline import Timeline
from engine.model.market import BarHistory

Floats = NDArray[np.float64]
STRETCH = 1_024
"""Bars that are searched at once: most trades end sooner."""


class BarPrices:
    """Prices as money, dollars a share, and where they go next; a symbol is named by its column."""

    def __init__(self, bars: BarHistory) -> None:
        self._bars = bars
        self._lows: dict[int, Floats] = {}
        self._highs: dict[int, Floats] = {}
        self._closes: dict[int, Floats] = {}
        self._last: dict[int, int] = {}

    def trades(self, column: int, bar: int) -> bool:
        """Tell whether a symbol has a bar."""
        return bool(np.isfinite(self._bars.open[bar, column]))

    def open(self, column: int, bar: int) -> Decimal:
        """Return where a bar opened."""
        return dollars(self._bars.open[bar, column])

    def high(self, column: int, bar: int) -> Decimal:
        """Return the highest price of a bar."""
        return dollars(self._bars.high[bar, column])

    def low(self, column: int, bar: int) -> Decimal:
        """Return the lowest price of a bar."""
        return dollars(self._bars.low[bar, column])

    def falls_to(self, column: int, bar: int, price: Decimal) -> bool:
        """Tell whether a symbol trades in a bar, and comes down to a price of whole ticks."""
        return bool(self._bars.low[bar, column] <= float(price))

    def rises_to(self, column: int, bar: int, price: Decimal) -> bool:
        """Tell whether a symbol trades in a bar, and goes up to a price of whole ticks."""
        return bool(self._bars.high[bar, column] >= float(price))

    def volume(self, column: int, bar: int) -> float:
        """Return the shares that traded in a bar."""
        return float(self._bars.volume[bar, column])

    def day_volume(self, column: int, bar: int, timeline: Timeline) -> int:
        """Return the shares that traded in the bars of a session before one."""
        first = timeline.firsts[timeline.session[bar]]
        return int(np.nansum(self._bars.volume[first:bar, column]))

    def last_close(self, column: int, bar: int) -> Decimal:
        """Return the close of a bar, of the last one before it where there is none."""
        return dollars(self.closes(column)[bar])

    def at(self, moment: int, column: int, before: Decimal) -> Decimal:
        """Return a symbol's last price at a moment, twice a bar's number for its open and one more for its close.

        That is the open or close itself, else the last close; where there is none yet, what it was `before`.
        """
        bar, is_close = divmod(moment, 2)
        price = nan if is_close else self._bars.open[bar, column]
        if not isfinite(price) and bar - 1 + is_close >= 0:
            price = self.closes(column)[bar - 1 + is_close]
        return dollars(price) if isfinite(price) else before

    def closes(self, column: int) -> Floats:
        """Return a symbol's closes, each standing until the next; NaN before the first."""
        if column not in self._closes:
            close = self._bars.close[:, column]
            places = np.maximum.accumulate(np.where(np.isfinite(close), np.arange(len(close)), 0))
            self._closes[column] = close[places]
        return self._closes[column]

    def next_touch(self, column: int, bar: int, stop: Decimal, target: Decimal | None) -> int:
        """Return the first bar, from one on, that comes down to a stop or up to a target; their number for none."""
        if column not in self._lows:
            self._lows[column] = np.ascontiguousarray(self._bars.low[:, column])
            self._highs[column] = np.ascontiguousarray(self._bars.high[:, column])
        lows, highs, lower = self._lows[column], self._highs[column], float(stop)
        upper = np.inf if target is None else float(target)
        for first in range(bar, len(lows), STRETCH):
            stretch = slice(first, first + STRETCH)
            touched = (lows[stretch] <= lower) | (highs[stretch] >= upper)
            place = int(touched.argmax())
            if touched[place]:
                return first + place
        return len(lows)

    def end_of(self, column: int, timeline: Timeline) -> int:
        """Return the bar with whose close whatever is held of a symbol is sold, as there is no later price."""
        if column not in self._last:
            there = np.flatnonzero(np.isfinite(self._bars.close[:, column]))
            last, end = (int(there[-1]) if len(there) else 0), len(timeline.starts) - 1
            self._last[column] = last if timeline.session[last] < timeline.session[end] else end
        return self._last[column]

    def is_delisted(self, column: int, bar: int, timeline: Timeline) -> bool:
        """Tell whether a bar is a symbol's last one, while others go on for another session at least."""
        end = self.end_of(column, timeline)
        return bar == end and timeline.session[end] < timeline.session[-1]
