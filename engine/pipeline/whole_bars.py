"""Whole bars, for strategies in shadow and for code that trades.

Earlier sessions are read once a session, and again of each symbol whose window was read anew for the board; the bars of
this session are those of the board.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from engine.common.universe import Universe
from engine.model.market import BarHistory, exchange_date
from engine.ports.market import Market
from engine.signals.averages import Floats, Whole
from engine.signals.sift import sifted
from engine.signals.slots import Slots, instant

AT_ONCE = 500
"""Symbols whose bars are read at once."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    """What was read of the sessions before one, from an instant on, and how often the board had read each anew."""

    opened: datetime
    since: datetime
    bars: BarHistory
    read_anew: Counter[str]


class WholeBars:
    """Reads whole bars; the board keeps of earlier sessions what the live score needs, and no more."""

    def __init__(self, *, market: Market, universe: Universe, slots: Slots) -> None:
        self._market = market
        self._universe = universe
        self._slots = slots
        self._kept: _Read | None = None

    @property
    def watched(self) -> tuple[str, ...]:
        """The symbols that strategies score."""
        return self._universe.symbols

    def until(self, due: int, since: datetime, symbols: Sequence[str]) -> BarHistory:
        """Return all bars of some symbols from an instant to the bar that starts at `due`; raises MarketUnavailable."""
        opened, over = self._slots.opened(due), instant(due + self._slots.bar_seconds)
        starts = self._slots.between(since, over)
        values = np.full((5, len(starts), len(symbols)), np.nan)
        with self._universe.lock:
            today, read_anew = self._universe.board.today().until(due), self._universe.read_anew.copy()
        watched = [symbol for symbol in symbols if symbol in today.symbols]
        others = [symbol for symbol in symbols if symbol not in today.symbols]
        if watched:
            _put(values, starts, symbols, self._past(opened, since, watched, read_anew))
        _put(values, starts, symbols, today)
        if others:  # nobody looks whether a company changes their shares today
            _put(values, starts, symbols, self._read(others, since))
        return BarHistory.of(symbols, starts, values)

    def _past(self, opened: datetime, since: datetime, symbols: Sequence[str], read_anew: Counter[str]) -> BarHistory:
        """Return the sessions before one of at least some watched symbols, from an instant, or an earlier one, on."""
        kept, before = self._kept, int(opened.timestamp()) - 1
        if kept is None or kept.opened != opened or kept.since > since or not {*symbols} <= {*kept.bars.symbols}:
            bars = self._read(symbols, since).until(before)
        else:
            stale = [symbol for symbol in symbols if read_anew[symbol] != kept.read_anew[symbol]]
            if not stale:
                return kept.bars
            since, bars = kept.since, _with(kept.bars, self._read(stale, kept.since).until(before))
            read_anew = Counter({**kept.read_anew, **{symbol: read_anew[symbol] for symbol in stale}})
        self._kept = _Read(opened=opened, since=since, bars=bars, read_anew=read_anew)
        return bars

    def _read(self, symbols: Sequence[str], since: datetime) -> BarHistory:
        parts = [symbols[first : first + AT_ONCE] for first in range(0, len(symbols), AT_ONCE)]
        read = [sifted(self._market.bars(tuple(part), since))[0] for part in parts]
        starts = read[0].starts
        values = np.full((5, len(starts), len(symbols)), np.nan)
        for history in read:
            _put(values, starts, symbols, history)
        return BarHistory.of(symbols, starts, values)

    def whole_sessions(self, since: datetime, due: int) -> Whole:
        """Return the starts of all bars from an instant to the end of the session of a bar."""
        day = self._slots.of(exchange_date(instant(due)))
        return self._slots.between(since, instant(int(day[-1])) + timedelta(seconds=self._slots.bar_seconds))

    def has_next(self, start: datetime) -> bool:
        """Tell whether another bar of the same session follows one that starts then."""
        day, second = self._slots.of(exchange_date(start)), int(start.timestamp())
        return {second, second + self._slots.bar_seconds} <= {*day.tolist()}

    def session_before(self, start: datetime, sessions: int) -> datetime:
        """Return when the session of a bar opened, or so many sessions before it."""
        return self._slots.opened(int(start.timestamp()), sessions)


def _put(values: Floats, starts: Whole, symbols: Sequence[str], history: BarHistory) -> None:
    """Write a history into the places that its bars and symbols have in others."""
    _, rows, bars = np.intersect1d(starts, history.starts, assume_unique=True, return_indices=True)
    columns, stacked = {symbol: column for column, symbol in enumerate(history.symbols)}, history.stacked
    for place, symbol in enumerate(symbols):
        if symbol in columns:
            values[:, rows, place] = stacked[:, bars, columns[symbol]]


def _with(history: BarHistory, again: BarHistory) -> BarHistory:
    """Return a history with all bars of another's symbols in the place of its own."""
    starts = np.union1d(history.starts, again.starts)
    values = np.full((5, len(starts), len(history.symbols)), np.nan)
    _put(values, starts, history.symbols, history)
    values[:, :, [history.symbols.index(symbol) for symbol in again.symbols]] = np.nan
    _put(values, starts, history.symbols, again)
    return BarHistory.of(history.symbols, starts, values)
