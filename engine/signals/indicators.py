"""The prices of all symbols at once, and the indicators on them.

A symbol has closed bars and one current bar, its last. Of the closed bars only what the indicators need is kept: moving
averages, and a few windows. Reading the indicators goes one step further with the current bar; closing a bar makes the
same step for good. So they are provisional while a bar forms and final once it is over, by the same formulas.

The definitions are those of the `ta` package; its bands use the population deviation. The volume ratio is not in `ta`:
it is the current bar's volume over the average of the 20 bars before it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import UnknownSymbol
from engine.model.market import BarHistory
from engine.signals.averages import Averages, Floats, Whole, start, step, walk
from engine.signals.ring import PRICE_RECORD, Ring, Rows, price_records

BAND_BARS = 20
BAND_WIDTH = 2.0
CROSS_BARS = 3
VOLUME_BARS = 20

# The slowest indicator is MACD's signal line: `ta` has its first value at bar 34, and a cross takes one bar more.
MINIMUM_BARS = 35

# Closes that deviate by less than this share of their mean are equal but for rounding; a cent at $1,000 is 2e-6.
FLAT = 1e-9

_UNKNOWN = -1

Flags = NDArray[np.bool_]
Spreads = NDArray[np.int32]


@dataclass(frozen=True, kw_only=True, slots=True)
class Indicators:
    """The indicators of every symbol, as arrays of shape (symbols,); prices in dollars a share.

    A row means something only where `valid`: the symbol has `MINIMUM_BARS`, its last 20 closes are not all the same
    (`ta` calls that an RSI of 100), and shares were traded in the 20 bars before the current one. `low` and `high` are
    the current bar's.
    """

    rsi: Floats
    lower: Floats
    middle: Floats
    upper: Floats
    low: Floats
    high: Floats
    macd: Floats
    macd_signal: Floats
    macd_cross: NDArray[np.int8]
    volume_ratio: Floats
    valid: Flags


class PriceBoard:
    """Recent prices, the current bar and the indicators of a fixed set of symbols, each in its row.

    Bars of `bar_seconds` start at whole multiples of it since 1970. The last `depth` price records are kept. The board
    has no lock: one thread at a time.
    """

    def __init__(self, symbols: Sequence[str], *, bar_seconds: int = 300, depth: int = 1000) -> None:
        self.symbols = tuple(symbols)
        self._row_of = {symbol: row for row, symbol in enumerate(self.symbols)}
        self._bar_seconds = bar_seconds
        size = len(self.symbols)
        self._all_rows = np.arange(size)
        self._records = Ring(depth, size, PRICE_RECORD)
        self._time = np.zeros(size, np.int64)
        self._day_volume = np.full(size, _UNKNOWN)
        # The current bar: its number since 1970, and what it holds so far.
        self._bar = np.full(size, _UNKNOWN)
        self._high, self._low, self._close, self._volume = np.zeros((4, size))
        # The closed bars: how many, the averages after them, windows on the last few, and measures of the windows.
        self._closed = np.zeros(size, np.int64)
        self._averages = Averages(*np.zeros((7, size)))
        self._closes = Ring(BAND_BARS - 1, size)
        self._volumes = Ring(VOLUME_BARS, size)
        self._histograms = Ring(CROSS_BARS, size)
        self._mean, self._squares, self._mean_volume, self._lowest, self._highest = np.zeros((5, size))

    def regrown(self, symbols: Sequence[str]) -> "PriceBoard":
        """Return a board of other symbols, with all that this one knows of those that both have."""
        board = PriceBoard(symbols, bar_seconds=self._bar_seconds, depth=len(self._records.values))
        both = [symbol for symbol in board.symbols if symbol in self._row_of]
        to, at = board.rows_of(both), self.rows_of(both)
        for new, mine in zip(board._columns(), self._columns(), strict=True):
            new[..., to] = mine[..., at]
        return board

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

    def warm(self, history: BarHistory) -> None:
        """Start the history's symbols afresh from its bars; each one's last bar becomes its current bar.

        Symbols that the board does not know are ignored, and so is a symbol's bar that is not all numbers.
        """
        sound = _sound(history)
        known = np.array([symbol in self._row_of for symbol in history.symbols], bool)
        columns = np.flatnonzero(known & sound.any(axis=0))
        if not columns.size:
            return
        rows = self._at(self.rows_of(history.symbols[column] for column in columns))
        sound = sound[:, columns]
        places = _places(sound)
        closed = np.count_nonzero(sound, axis=0) - 1
        bars = [(place, columns) for place in places]
        closes = (history.close[bar] for bar in bars[:-1])
        trail = walk(start(history.close[bars[0]]), closes, closed - len(bars) + 1, CROSS_BARS)
        for kept, new in zip(self._averages, trail[-1], strict=True):
            kept[rows] = new
        for averages in trail:
            self._histograms.put(rows, averages.histogram)
        for bar in bars[-BAND_BARS:-1]:
            self._closes.put(rows, history.close[bar])
        for bar in bars[-VOLUME_BARS - 1 : -1]:
            self._volumes.put(rows, history.volume[bar])
        self._closed[rows] = closed
        self._measure(rows)
        self._set_current(rows, history, bars[-1])

    def tick(self, rows: Whole, times: Whole, prices: Floats, volumes: Whole, spreads: Spreads) -> None:
        """Take in one price of each of some rows: POSIX microseconds, dollars, the day's shares so far, basis points.

        The first price of a later bar closes the current bar. A price older than the row's newest is ignored. A day's
        volume under the last one seen starts a new day; what was traded before the first one seen is not counted.
        Raises ValueError, and takes in nothing, when a row comes twice or a number is impossible.
        """
        at = self._at(rows)
        self._check(rows, times, prices, volumes, spreads, is_whole=isinstance(at, slice))
        new = times >= self._time[at]
        if new.all():
            self._take(rows, times, prices, volumes, spreads)
        else:
            self._take(rows[new], times[new], prices[new], volumes[new], spreads[new])

    def indicators(self) -> Indicators:
        """Return the indicators of every row, with the current bar as the last one."""
        now = step(self._averages, self._close, self._closed)
        histogram = now.histogram
        crossed_up = (histogram > 0) & (self._lowest <= 0)
        crossed_down = (histogram < 0) & (self._highest >= 0)
        # The mean and the squared deviations of the closed bars, moved on by one value (Welford).
        ahead = self._close - self._mean
        middle = self._mean + ahead / BAND_BARS
        squares = self._squares + ahead * (self._close - middle)
        deviation = np.sqrt(squares / BAND_BARS)
        width = BAND_WIDTH * deviation
        with np.errstate(divide="ignore", invalid="ignore"):
            rsi = 100 * now.gain / (now.gain + now.loss)
            volume_ratio = self._volume / self._mean_volume
        return Indicators(
            rsi=rsi,
            lower=middle - width,
            middle=middle,
            upper=middle + width,
            low=self._low.copy(),
            high=self._high.copy(),
            macd=now.macd,
            macd_signal=now.signal,
            macd_cross=crossed_up.view(np.int8) - crossed_down.view(np.int8),
            volume_ratio=volume_ratio,
            valid=(self._closed >= MINIMUM_BARS - 1) & (deviation > FLAT * middle) & (self._mean_volume > 0),
        )

    def _columns(self) -> Iterator[NDArray[Any]]:
        """Yield every array that has a column for each symbol as its last axis."""
        for kept in vars(self).values():
            if isinstance(kept, Ring):
                yield from kept.columns
            elif isinstance(kept, Averages):
                yield from kept
            elif isinstance(kept, np.ndarray) and kept is not self._all_rows:
                yield kept

    def _at(self, rows: Whole) -> Rows:
        """Return rows as an index; all of them in order are a slice, which numpy reads and writes many times faster."""
        return slice(None) if np.array_equal(rows, self._all_rows) else rows

    def _check(
        self, rows: Whole, times: Whole, prices: Floats, volumes: Whole, spreads: Spreads, *, is_whole: bool
    ) -> None:
        if not rows.shape == times.shape == prices.shape == volumes.shape == spreads.shape:
            raise ValueError("a tick's columns differ in length")
        if not is_whole and (rows.min(initial=0) < 0 or rows.max(initial=-1) >= len(self.symbols)):
            raise ValueError("a tick names a row that the board does not have")
        if not is_whole and np.bincount(rows).max(initial=0) > 1:
            raise ValueError("a tick names a row twice")
        if not (prices.min(initial=1) > 0 and prices.max(initial=1) < np.inf):
            raise ValueError("a price is not a positive number")
        if not (times.min(initial=1) > 0 and volumes.min(initial=0) >= 0 and spreads.min(initial=0) >= 0):
            raise ValueError("a time, a volume or a spread is negative")

    def _take(self, rows: Whole, times: Whole, prices: Floats, volumes: Whole, spreads: Spreads) -> None:
        """Take in prices that are sound and new."""
        at, bars = self._at(rows), times // (self._bar_seconds * 1_000_000)
        later = bars > self._bar[at]
        if later.any():
            self._open_bars(rows[later], bars[later], prices[later])
        self._records.put(at, price_records(times, prices, volumes, spreads))
        self._volume[at] += _traded(volumes, self._day_volume[at])
        self._high[at] = np.maximum(self._high[at], prices)
        self._low[at] = np.minimum(self._low[at], prices)
        self._close[at] = prices
        self._time[at] = times
        self._day_volume[at] = volumes

    def _open_bars(self, rows: Whole, bars: Whole, prices: Floats) -> None:
        """Open later bars, closing those before."""
        self._close_bars(rows[self._bar[rows] != _UNKNOWN])
        at = self._at(rows)
        self._bar[at] = bars
        self._high[at] = prices
        self._low[at] = prices
        self._volume[at] = 0

    def _close_bars(self, rows: Whole) -> None:
        """Move the current bars of rows into what is kept of the closed ones."""
        at = self._at(rows)
        close, closed = self._close[at], self._closed[at]
        before = Averages(*(kept[at] for kept in self._averages))
        # Averages that start at their first value stay there when that value comes again.
        for average in (before.close, before.fast, before.slow):
            np.copyto(average, close, where=closed == 0)
        after = step(before, close, closed)
        for kept, new in zip(self._averages, after, strict=True):
            kept[at] = new
        self._closes.put(at, close)
        self._volumes.put(at, self._volume[at])
        self._histograms.put(at, after.histogram)
        self._closed[at] += 1
        self._measure(at)

    def _measure(self, at: Rows) -> None:
        """Measure the windows anew; sums carried from bar to bar would drift."""
        closes = self._closes.values[:, at]
        mean = closes.mean(axis=0)
        deviations = closes - mean
        self._mean[at] = mean
        self._squares[at] = np.einsum("ij,ij->j", deviations, deviations)
        self._mean_volume[at] = self._volumes.values[:, at].mean(axis=0)
        self._lowest[at] = self._histograms.values[:, at].min(axis=0)
        self._highest[at] = self._histograms.values[:, at].max(axis=0)

    def _set_current(self, rows: Rows, history: BarHistory, bar: tuple[Whole, Whole]) -> None:
        starts = history.starts[bar[0]]
        self._bar[rows] = starts // self._bar_seconds
        self._time[rows] = np.maximum(self._time[rows], starts * 1_000_000)
        self._day_volume[rows] = _UNKNOWN
        self._high[rows] = history.high[bar]
        self._low[rows] = history.low[bar]
        self._close[rows] = history.close[bar]
        self._volume[rows] = history.volume[bar]


def _traded(volumes: Whole, seen: Whole) -> Whole:
    """Return the shares traded since the last seen volumes of the day."""
    traded = volumes - seen
    np.copyto(traded, volumes, where=traded < 0)
    traded[seen == _UNKNOWN] = 0
    return traded


def _sound(history: BarHistory) -> Flags:
    """Tell which bars are all numbers, shape (bars, symbols)."""
    bars = zip(history.close, history.high, history.low, history.volume, strict=True)
    sound = [np.isfinite(close + high + low + volume) & (close > 0) for close, high, low, volume in bars]
    return np.array(sound, bool).reshape(history.close.shape)


def _places(sound: Flags) -> Whole:
    """Return for each symbol the places of its sound bars in a history, oldest first, in the shape of `sound`.

    Symbols that have fewer end together with the others; before that, their first sound bar is repeated, which leaves
    averages that start at their first value where they are.
    """
    numbers = np.arange(len(sound))[:, np.newaxis]
    if sound.all():
        return np.broadcast_to(numbers, sound.shape)
    places = np.argsort(sound, axis=0, kind="stable")
    missing = np.count_nonzero(~sound, axis=0)
    first = np.take_along_axis(places, missing[np.newaxis], axis=0)
    return np.where(numbers < missing, first, places)
