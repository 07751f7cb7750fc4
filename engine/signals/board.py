"""The board: the closed bars of all symbols that scores stand on, and the indicators after the last of them.

What it holds after a bar of a session depends on that session's bars so far and those of the 20 sessions before, and on
nothing else: the averages start with the first bar of the oldest of these sessions, and each session walks them anew.
So a desk that has run for a month and one that was just started hold the same, bit for bit.

A slot without trade has no bar: the averages and windows go on with the bars that exist. What volume is usual at a time
of day is the average of that slot in the 20 sessions before. A session in which a symbol traded, but not in that slot,
counts as 0; one that had no such slot (a half-day), or no bar of the symbol at all, does not count.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import UnknownSymbol
from engine.model.market import BarHistory
from engine.model.technical_rules import SEED_RULES, TechnicalRules
from engine.signals.averages import Floats, Whole
from engine.signals.indicators import NO_BAR, Indicators, LastBars, measured
from engine.signals.slots import SESSIONS
from engine.signals.track import Track, walked

USUAL_SESSIONS = 5
"""Sessions that must count before a volume is called usual."""

OPEN, HIGH, LOW, CLOSE, VOLUME = range(5)


class _Past:
    """A session that is over: its slots, and each symbol's closes and volumes in them, shape (slots, symbols)."""

    def __init__(self, starts: Whole, close: Floats, volume: Floats | None = None) -> None:
        self.starts = starts
        self.close = close
        self.volume = np.nan_to_num(close if volume is None else volume).astype(np.uint32)


class Board:
    """The bars and indicators of a fixed set of symbols, each in its row. It has no lock: one thread at a time.

    It takes bars that were sifted: what is there is sound, what is not there is NaN.
    """

    def __init__(self, symbols: Sequence[str], *, bar_seconds: int = 300, rules: TechnicalRules = SEED_RULES) -> None:
        self.rules = rules
        self.symbols = tuple(symbols)
        self._row_of = {symbol: row for row, symbol in enumerate(self.symbols)}
        self.bar_seconds = bar_seconds
        self._past: list[_Past] = []
        self._today: list[Floats] = []  # a slot each, shape (5, symbols): open, high, low, close, volume
        self._opened = 0
        size = len(self.symbols)
        self._morning, self._now = Track(size, self.rules), Track(size, self.rules)
        self._usual: Floats = np.full((0, size), np.nan)
        self._bar: Whole = np.full(size, NO_BAR)
        self._low, self._high, self._volume, self._usual_now = np.full((4, size), np.nan)

    @property
    def last(self) -> int | None:
        """The start of the newest slot (POSIX seconds), None before the first."""
        return self._opened + (len(self._today) - 1) * self.bar_seconds if self._today else None

    @property
    def starts(self) -> Whole:
        """The slots that it knows, oldest first: those of up to 20 sessions, and of the newest one so far."""
        today = self._opened + self.bar_seconds * np.arange(len(self._today))
        return np.concatenate([*(past.starts for past in self._past), today])

    def rows_of(self, symbols: Iterable[str]) -> Whole:
        """Return the rows of symbols, in their order; raises UnknownSymbol."""
        try:
            return np.array([self._row_of[symbol] for symbol in symbols], np.int64)
        except KeyError as missing:
            raise UnknownSymbol(str(missing.args[0])) from None

    def begin(self, starts: Whole) -> None:
        """Lay out the slots of a window, the last session of which is the newest one, with no bar in any of them."""
        size = len(self.symbols)
        *before, newest = np.split(starts, np.flatnonzero(np.diff(starts) != self.bar_seconds) + 1)
        self._past = [_Past(slots, np.full((len(slots), size), np.nan)) for slots in before[-SESSIONS:]]
        self._opened = int(newest[0]) if len(newest) else 0
        self._today = [np.full((5, size), np.nan) for _ in newest]
        self._morning, self._now = Track(size, self.rules), Track(size, self.rules)
        self._usual = np.full((max((len(day.starts) for day in self._past), default=0), size), np.nan)
        self._bar[:] = NO_BAR

    def fill(self, history: BarHistory) -> None:
        """Replace all bars of the history's symbols by those that it has in the slots of this board."""
        rows, values = self._known(history)
        for past in self._past:
            _, _, _, close, volume = in_slots(past.starts, history.starts, values)
            past.close[:, rows], past.volume[:, rows] = close, np.nan_to_num(volume)
        today = in_slots(self._slots_today, history.starts, values)
        for place, slot in enumerate(self._today):
            slot[:, rows] = today[:, place]
        self._walk(rows)

    def take(self, history: BarHistory) -> int:
        """Take in the newest bars, and what changed in this session's earlier ones; return how many bars did.

        The first bar of a later session ends this one. Every slot after the newest one must be there.
        """
        rows, values = self._known(history)
        changed, corrected = np.zeros(len(self.symbols), bool), 0
        for number, start in enumerate(history.starts.tolist()):
            if self.last is None or start > self.last:
                self._mend(changed)
                self._add(start, rows, values[:, number])
            elif start >= self._opened:
                slot = self._today[(start - self._opened) // self.bar_seconds]
                differs = rows[_differ(slot[:, rows], values[:, number])]
                slot[:, rows] = values[:, number]
                changed[differs] = True
                corrected += len(differs)
        self._mend(changed)
        return corrected

    def differing(self, history: BarHistory) -> tuple[str, ...]:
        """Return the symbols that have other bars in a history than here, in the slots of the newest session."""
        rows, values = self._known(history)
        differs = np.zeros(len(rows), bool)
        there = in_slots(self._slots_today, history.starts, values)
        for place, start in enumerate(self._slots_today):
            if start in history.starts:
                differs |= _differ(self._today[place][:, rows], there[:, place])
        return tuple(self.symbols[row] for row in rows[differs])

    def indicators(self) -> Indicators:
        """Return the indicators of every row after its last bar."""
        last = LastBars(start=self._bar, low=self._low, high=self._high, volume=self._volume, usual=self._usual_now)
        return measured(self._now, last)

    def cold(self, symbols: Sequence[str]) -> tuple[str, ...]:
        """Return those of some symbols that have too few good bars for a score; raises UnknownSymbol."""
        valid = self.indicators().valid[self.rows_of(symbols)]
        return tuple(symbol for symbol, is_valid in zip(symbols, valid, strict=True) if not is_valid)

    def window(self, symbol: str) -> BarHistory:
        """Return the bars that a symbol's score stands on; of sessions before the newest only close and volume."""
        row = int(self.rows_of([symbol])[0])
        past = np.full((5, len(self.starts) - len(self._today)), np.nan)
        if self._past:
            past[CLOSE] = np.concatenate([day.close[:, row] for day in self._past])
            past[VOLUME] = np.concatenate([day.volume[:, row] for day in self._past])
            past[VOLUME, np.isnan(past[CLOSE])] = np.nan
        today = np.array([slot[:, row] for slot in self._today]).reshape(-1, 5).T
        return BarHistory.of((symbol,), self.starts, np.concatenate([past, today], axis=1)[:, :, np.newaxis])

    def today(self) -> BarHistory:
        """Return the bars of the newest session so far, of all symbols."""
        values = np.array(self._today).reshape(-1, 5, len(self.symbols)).transpose(1, 0, 2)
        return BarHistory.of(self.symbols, self._slots_today, values)

    def regrown(self, symbols: Sequence[str]) -> "Board":
        """Return a board of other symbols, with all that this one knows of those that both have."""
        board = Board(symbols, bar_seconds=self.bar_seconds, rules=self.rules)
        if self.last is None:
            return board
        board.begin(self.starts)
        both = [symbol for symbol in board.symbols if symbol in self._row_of]
        to, at = board.rows_of(both), self.rows_of(both)
        for new, mine in zip(board._columns(), self._columns(), strict=True):
            new[..., to] = mine[..., at]
        return board

    @property
    def _slots_today(self) -> Whole:
        return self._opened + self.bar_seconds * np.arange(len(self._today))

    def _columns(self) -> Iterator[NDArray[Any]]:
        """Yield every array that has a column for each symbol as its last axis."""
        for past in self._past:
            yield from (past.close, past.volume)
        yield from self._today
        yield from (*self._morning.columns, *self._now.columns)
        yield from (self._usual, self._bar, self._low, self._high, self._volume, self._usual_now)

    def _known(self, history: BarHistory) -> tuple[Whole, Floats]:
        """Return the rows of those of a history's symbols that are watched, and their bars, (5, bars, symbols)."""
        if history.symbols == self.symbols:
            return np.arange(len(self.symbols)), history.stacked
        columns = [column for column, symbol in enumerate(history.symbols) if symbol in self._row_of]
        return self.rows_of(history.symbols[column] for column in columns), history.stacked[:, :, columns]

    def _add(self, start: int, rows: Whole, bars: Floats) -> None:
        """Add a slot after the newest one; where it is not the next one, another session has begun."""
        if self.last is not None and start - self.last != self.bar_seconds:
            self._past = [*self._past, _Past(self._slots_today, *self._closes_and_volumes())][-SESSIONS:]
        if self.last is None or start - self.last != self.bar_seconds:
            self._today, self._opened = [], start
            self._walk(np.arange(len(self.symbols)))
        slot = np.full((5, len(self.symbols)), np.nan)
        slot[:, rows] = bars
        self._today.append(slot)
        self._now.add(slot[CLOSE])
        self._note(len(self._today) - 1, rows)

    def _closes_and_volumes(self) -> tuple[Floats, Floats]:
        return np.array([slot[CLOSE] for slot in self._today]), np.array([slot[VOLUME] for slot in self._today])

    def _walk(self, rows: Whole) -> None:
        """Walk rows anew through the sessions before, and then through this one."""
        is_whole = np.array_equal(rows, np.arange(len(self.symbols)))
        closes = [past.close if is_whole else past.close[:, rows] for past in self._past]
        self._morning.put(rows, walked(closes, len(rows), self.rules))
        total, counted = np.zeros((2, max((len(past.starts) for past in self._past), default=0), len(rows)))
        for past, close in zip(self._past, closes, strict=True):
            total[: len(past.starts)] += past.volume[:, rows]
            counted[: len(past.starts)] += np.isfinite(close).any(axis=0)
        if len(self._usual) != len(total):
            self._usual = np.full((len(total), len(self.symbols)), np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            self._usual[:, rows] = np.where((counted >= USUAL_SESSIONS) & (total > 0), total / counted, np.nan)
        self._rebuild(rows)

    def _mend(self, changed: NDArray[np.bool_]) -> None:
        """Rebuild the rows whose bars of this session changed."""
        if changed.any():
            self._rebuild(np.flatnonzero(changed))
            changed[:] = False

    def _rebuild(self, rows: Whole) -> None:
        """Bring rows from the session's start to its newest slot."""
        now = self._morning.take(rows)
        self._bar[rows] = NO_BAR
        for place, slot in enumerate(self._today):
            now.add(slot[CLOSE, rows])
            self._note(place, rows)
        self._now.put(rows, now)

    def _note(self, place: int, rows: Whole) -> None:
        """Let a slot's bars be the last ones of those of some rows that have one."""
        slot = self._today[place]
        has = rows[np.isfinite(slot[CLOSE, rows])]
        self._bar[has] = self._opened + place * self.bar_seconds
        self._low[has], self._high[has], self._volume[has] = slot[LOW, has], slot[HIGH, has], slot[VOLUME, has]
        self._usual_now[has] = self._usual[place, has] if place < len(self._usual) else np.nan


def board_of(window: BarHistory, *, bar_seconds: int = 300, rules: TechnicalRules = SEED_RULES) -> Board:
    """Return a board that holds a window and nothing else: up to 20 sessions, and the newest one so far."""
    board = Board(window.symbols, bar_seconds=bar_seconds, rules=rules)
    board.begin(window.starts)
    board.fill(window)
    return board


def in_slots(slots: Whole, starts: Whole, values: Floats) -> Floats:
    """Return bars (5, bars, symbols) that start at `starts` in the places of some slots, NaN in the others."""
    found = np.full((5, len(slots), values.shape[2]), np.nan)
    _, places, bars = np.intersect1d(slots, starts, assume_unique=True, return_indices=True)
    found[:, places] = values[:, bars]
    return found


def _differ(some: Floats, others: Floats) -> NDArray[np.bool_]:
    """Tell in which columns bars (5, symbols) are not the same; two that are missing are."""
    same: NDArray[np.bool_] = ((some == others) | (np.isnan(some) & np.isnan(others))).all(axis=0)
    return ~same
