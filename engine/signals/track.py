"""What the indicators remember of a symbol's closed bars: how many, the moving averages, and two short windows.

Every sum runs from the oldest value to the newest, one symbol beside the other, so that a symbol comes to the same
bits alone, among ten thousand, bar by bar or all at once.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.model.technical_rules import SEED_RULES, TechnicalRules
from engine.signals.averages import Averages, Floats, Whole, moved, start

_AVERAGES = len(Averages._fields)

AT_ONCE = 2_000
"""Symbols that are walked through their bars together."""

IN_CACHE = 20_000
"""Closes that are walked at once, so that what comes of them stays in the processor's cache."""


class Track:
    """The memory of some symbols, a column each; `count` is the number of bars that each has had."""

    def __init__(self, size: int, rules: TechnicalRules = SEED_RULES) -> None:
        self.rules = rules
        self.count: Whole = np.zeros(size, np.int64)
        self._lines: Floats = np.zeros((_AVERAGES + rules.bollinger.bars + rules.macd.within + 1, size))

    @property
    def columns(self) -> tuple[NDArray[np.int64], Floats]:
        """The arrays that have a column for each symbol as their last axis."""
        return self.count, self._lines

    @property
    def averages(self) -> Averages:
        """The averages after the last bar, arrays of shape (symbols,)."""
        return Averages(*self._lines[:_AVERAGES])

    @property
    def closes(self) -> Floats:
        """The last closes that the bands stand on, oldest first, shape (20, symbols) for the seed's."""
        return self._lines[_AVERAGES : _AVERAGES + self.rules.bollinger.bars]

    @property
    def histograms(self) -> Floats:
        """MACD less its signal line after the last bars, oldest first, shape (4, symbols) for the seed's."""
        return self._lines[_AVERAGES + self.rules.bollinger.bars :]

    def take(self, rows: Whole) -> "Track":
        """Return a copy of some symbols' memory."""
        taken = Track(0, self.rules)
        taken.count, taken._lines = self.count[rows], self._lines[:, rows]
        return taken

    def put(self, rows: Whole, other: "Track") -> None:
        """Replace some symbols' memory."""
        for mine, theirs in zip(self.columns, other.columns, strict=True):
            mine[..., rows] = theirs

    def add(self, close: Floats) -> None:
        """Move on by one bar; NaN where a symbol has none, whose memory stays as it is."""
        has = np.isfinite(close)
        if has.all():
            self._add(close)
        elif has.any():
            rows = np.flatnonzero(has)
            some = self.take(rows)
            some.add(close[rows])
            self.put(rows, some)

    def _add(self, close: Floats) -> None:
        before, count = self.averages, self.count
        if not count.all():
            first = zip(start(close), before, strict=True)
            before = Averages(*(np.where(count == 0, new, old) for new, old in first))
        self._lines[:_AVERAGES], (histogram,) = moved(before, close[np.newaxis], count, self.rules)
        for window, value in ((self.closes, close), (self.histograms, histogram)):
            window[:-1] = window[1:]
            window[-1] = value
        self.count = count + 1

    @classmethod
    def after(cls, closes: Floats, rules: TechnicalRules = SEED_RULES) -> "Track":
        """Return what is remembered of closes of shape (bars, symbols), oldest first, NaN where no bar is.

        The same as adding them bar by bar, many times faster.
        """
        track, bars = cls(closes.shape[1], rules), len(closes)
        track.count = np.count_nonzero(np.isfinite(closes), axis=0)
        if not track.count.any():
            return track
        closes = _together(closes, bars - track.count)
        averages, count = start(closes[0]), track.count - bars + 1
        histograms = np.zeros((1, len(count)))
        block = max(1, IN_CACHE // len(count))
        for first in range(1, bars, block):
            averages, histogram = moved(averages, closes[first : first + block], count + first - 1, rules)
            histograms = np.concatenate([histograms, histogram])[-rules.macd.within - 1 :]
        track._lines[:_AVERAGES] = averages
        track.closes[-bars:] = closes[-rules.bollinger.bars :]
        track.histograms[-len(histograms) :] = histograms
        track._lines[:, track.count == 0] = 0
        return track


def walked(sessions: Sequence[Floats], size: int, rules: TechnicalRules = SEED_RULES) -> Track:
    """Walk through the closes of some sessions, arrays of shape (bars, symbols) oldest first, NaN where no bar is."""
    whole = Track(size, rules)
    for first in range(0, size if sessions else 0, AT_ONCE):
        rows = np.arange(first, min(first + AT_ONCE, size))
        whole.put(rows, Track.after(np.concatenate([day[:, rows] for day in sessions]), rules))
    return whole


def _together(closes: Floats, missing: Whole) -> Floats:
    """Let all symbols' closes end together, without the bars that are missing.

    Before its first bar a symbol's first close is repeated, which leaves averages that start at it where they are.
    """
    if not missing.any():
        return closes
    places = np.argsort(np.isfinite(closes), axis=0, kind="stable")
    numbers = np.arange(len(closes))[:, np.newaxis]
    first = np.take_along_axis(places, np.minimum(missing, len(closes) - 1)[np.newaxis], axis=0)
    return np.take_along_axis(closes, np.where(numbers < missing, first, places), axis=0)
