"""Bars on their way from a source, one by one, into a history: each is put into its slot, or refused by name.

What is wrong with a bar, and what becomes of it, stands at `BarFlaw`.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.model.market import BarFlaw, BarHistory

FIELDS = 5
"""Open, high, low, close, volume."""


class BarSheet:
    """A history that is being filled: a row for each slot, a column for each symbol."""

    def __init__(self, symbols: Sequence[str], starts: NDArray[np.int64], bar_seconds: int) -> None:
        self._symbols = tuple(symbols)
        self._starts = starts
        self._bar_seconds = bar_seconds
        self._rows = {int(start): row for row, start in enumerate(starts)}
        self._columns = {symbol: column for column, symbol in enumerate(self._symbols)}
        self._values = np.full((len(starts), len(self._symbols), FIELDS), np.nan)
        self._seen = np.zeros((len(starts), len(self._symbols)), bool)
        self._newest: dict[str, int] = {}
        self.flaws: Counter[BarFlaw] = Counter()

    def put(self, symbol: str, start: int, values: Sequence[float]) -> None:
        """Take in a bar: open, high, low, close (dollars) and volume (shares) of one that starts at a POSIX second."""
        column, row = self._columns.get(symbol), self._rows.get(start)
        if column is None:
            self.flaws[BarFlaw.FOREIGN] += 1
            return
        if row is None:
            self._misfit(start)
            return
        if start < self._newest.get(symbol, start):
            self.flaws[BarFlaw.OUT_OF_ORDER] += 1
        self._newest[symbol] = max(start, self._newest.get(symbol, start))
        if self._seen[row, column]:
            self.flaws[BarFlaw.DOUBLED] += 1
            if not np.array_equal(self._values[row, column], values):
                self._values[row, column] = np.nan  # which of the two is right cannot be told
            return
        self._seen[row, column] = True
        self._values[row, column] = values

    def history(self) -> BarHistory:
        """Return what was taken in."""
        values = np.ascontiguousarray(np.moveaxis(self._values, -1, 0))
        return BarHistory.of(self._symbols, self._starts, values, self.flaws)

    def _misfit(self, start: int) -> None:
        """Count a bar without a slot; what trades outside regular hours is no flaw, it is not asked for."""
        if not len(self._starts) or start < self._starts[0]:
            return
        before = int(self._starts[np.searchsorted(self._starts, start) - 1])
        if start > self._starts[-1]:
            self.flaws[BarFlaw.EARLY] += 1
        elif start - before < self._bar_seconds:
            self.flaws[BarFlaw.OFF_GRID] += 1
