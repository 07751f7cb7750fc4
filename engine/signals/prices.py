"""The recent prices of all symbols at once, as they were seen; no score stands on them."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.errors import UnknownSymbol
from engine.signals.averages import Floats, Whole
from engine.signals.ring import PRICE_RECORD, Ring, Rows, price_records

Spreads = NDArray[np.int32]

UNKNOWN = -1
"""In the place of a volume or a spread that is not known."""


class RecentPrices:
    """The last `depth` price records of each of a fixed set of symbols. It has no lock: one thread at a time."""

    def __init__(self, symbols: Sequence[str], *, depth: int = 1000) -> None:
        self.symbols = tuple(symbols)
        self._row_of = {symbol: row for row, symbol in enumerate(self.symbols)}
        self._all_rows = np.arange(len(self.symbols))
        self._records = Ring(depth, len(self.symbols), PRICE_RECORD)
        self._time = np.zeros(len(self.symbols), np.int64)

    def regrown(self, symbols: Sequence[str]) -> "RecentPrices":
        """Return the same for other symbols, with all that is known of those that both have."""
        other = RecentPrices(symbols, depth=len(self._records.values))
        both = [symbol for symbol in other.symbols if symbol in self._row_of]
        to, at = other.rows_of(both), self.rows_of(both)
        mine, theirs = (*self._records.columns, self._time), (*other._records.columns, other._time)
        for new, old in zip(theirs, mine, strict=True):
            new[..., to] = old[..., at]
        return other

    def rows_of(self, symbols: Iterable[str]) -> Whole:
        """Return the rows of symbols, in their order; raises UnknownSymbol."""
        try:
            return np.array([self._row_of[symbol] for symbol in symbols], np.int64)
        except KeyError as missing:
            raise UnknownSymbol(str(missing.args[0])) from None

    def recent(self, symbol: str) -> NDArray[np.void]:
        """Return the price records (`PRICE_RECORD`) of a symbol, oldest first; raises UnknownSymbol."""
        records: NDArray[np.void] = self._records.recent(int(self.rows_of([symbol])[0]))
        return records[records["time"] > 0]

    def tick(self, rows: Whole, times: Whole, prices: Floats, volumes: Whole, spreads: Spreads) -> None:
        """Take in one price of each of some rows: POSIX microseconds, dollars, the day's shares so far, basis points.

        A volume or a spread of -1 is not known. A price older than the row's newest is ignored. Raises ValueError, and
        takes in nothing, when a row comes twice or a number is impossible.
        """
        at = self._at(rows)
        self._check(rows, times, prices, volumes, spreads, is_whole=isinstance(at, slice))
        new = times >= self._time[at]
        if new.all():
            self._take(at, times, prices, volumes, spreads)
        else:
            self._take(rows[new], times[new], prices[new], volumes[new], spreads[new])

    def _at(self, rows: Whole) -> Rows:
        """Return rows as an index; all of them in order are a slice, which numpy reads and writes many times faster."""
        return slice(None) if np.array_equal(rows, self._all_rows) else rows

    def _check(
        self, rows: Whole, times: Whole, prices: Floats, volumes: Whole, spreads: Spreads, *, is_whole: bool
    ) -> None:
        if not rows.shape == times.shape == prices.shape == volumes.shape == spreads.shape:
            raise ValueError("a tick's columns differ in length")
        if not is_whole and (rows.min(initial=0) < 0 or rows.max(initial=-1) >= len(self.symbols)):
            raise ValueError("a tick names a row that there is not")
        if not is_whole and np.bincount(rows).max(initial=0) > 1:
            raise ValueError("a tick names a row twice")
        if not (prices.min(initial=1) > 0 and prices.max(initial=1) < np.inf):
            raise ValueError("a price is not a positive number")
        if not (times.min(initial=1) > 0 and volumes.min(initial=0) >= UNKNOWN and spreads.min(initial=0) >= UNKNOWN):
            raise ValueError("a time, a volume or a spread is negative")

    def _take(self, at: Rows, times: Whole, prices: Floats, volumes: Whole, spreads: Spreads) -> None:
        self._records.put(at, price_records(times, prices, volumes, spreads))
        self._time[at] = times
