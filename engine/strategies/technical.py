"""The technical score after every bar of a history, all of them at once in time, as the live price board says it.

The board begins its averages anew 20 sessions before each session, so that a score depends on its window alone. Here
one walk goes on through all sessions: 500 bars after its beginning an average no longer shows where it began, but for
its last bits. The scores are the board's all the same, bit for bit: a symbol with fewer bars than that in a window (one
that hardly trades, or bars of half an hour) is walked session by session from the board's own beginning, and each score
that stands so near a limit that these bits could matter is worked out by the board's own functions.

A session ends where the next slot is not the next bar, so a history must have every slot of its sessions; where nothing
traded its bar is NaN.
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from engine.model.market import BarHistory
from engine.model.technical_rules import TechnicalRules
from engine.signals.averages import Floats, Whole
from engine.signals.indicators import LastBars, measured
from engine.signals.technical import HAIR, technical_scores
from engine.signals.track import Track
from engine.strategies.sessions import OwnBars, Sessions, own_bars, sessions_of, usual_volume
from engine.strategies.walk import COLUMNS, Directions, Stretches, Tenths, bars_until_forgotten, walk

AT_ONCE = 1_000_000
"""Cells (bars times symbols) that are scored together: so much memory is enough for any history."""
DOUBTS_AT_ONCE = 1_000
ROW_COST = 60
"""What a row of a walk costs beside its columns, in columns; measured."""

Flags = NDArray[np.bool_]


def technical_history(bars: BarHistory, rules: TechnicalRules, *, at_once: int = AT_ONCE) -> Tenths:
    """Return the technical score after each bar, shape (bars, symbols); 0 where a symbol has no bar or no score."""
    scores = np.zeros(bars.close.shape, np.int8)
    sessions, width = sessions_of(bars.starts), max(1, at_once // max(1, len(bars.starts)))
    for first in range(0, len(bars.symbols), width):
        columns = slice(first, first + width)
        some = _of_columns(bars, columns)
        if np.isfinite(some.close).any():
            scores[:, columns] = _scored(some, sessions, rules)
    return scores


def _of_columns(bars: BarHistory, columns: slice) -> BarHistory:
    return BarHistory(
        symbols=bars.symbols[columns],
        starts=bars.starts,
        open=bars.open[:, columns],
        high=bars.high[:, columns],
        low=bars.low[:, columns],
        close=bars.close[:, columns],
        volume=bars.volume[:, columns],
    )


def _scored(bars: BarHistory, sessions: Sessions, rules: TechnicalRules) -> Tenths:
    own = own_bars(bars)
    counts, begins = own.before(sessions.first), own.before(sessions.window)
    usual, found = usual_volume(bars, sessions, counts), _directions(own, counts, begins, rules)
    if own.has.all():
        direction, near, valid = found.tenths, found.near, ~found.flat
    else:
        place = np.maximum(own.rank, 0), np.arange(len(bars.symbols))
        direction, near, valid = found.tenths[place], found.near[place], ~found.flat[place]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = bars.volume / usual
    enough = own.rank - begins.astype(np.int32)[sessions.session] >= rules.minimum_bars - 1
    enough &= own.has & np.isfinite(ratio)
    busy = ratio >= rules.volume.least - HAIR
    volume = ((direction > 0) & busy).view(np.int8) - ((direction < 0) & busy).view(np.int8)
    scores: Tenths = (direction + volume * np.int8(rules.volume.tenths)) * (valid & enough)
    doubtful = np.nonzero(near & enough)
    for first in range(0, len(doubtful[0]), DOUBTS_AT_ONCE):
        cells = tuple(some[first : first + DOUBTS_AT_ONCE] for some in doubtful)
        bar, symbol = cells
        begin = begins[sessions.session[bar], symbol]
        scores[cells] = _by_the_board(bars, own, usual, bar, symbol, begin, rules)
    return scores


def _directions(own: OwnBars, counts: Whole, begins: Whole, rules: TechnicalRules) -> Directions:
    """Walk through all bars, and anew through the sessions of symbols with few bars in their windows."""
    shape, enough = own.close.shape, bars_until_forgotten(rules)
    found = Directions(tenths=np.zeros(shape, np.int8), flat=np.zeros(shape, bool), near=np.zeros(shape, bool))
    news, ends = counts[:-1], counts[1:]
    walk(own, _long(counts[-1], enough), rules, found)
    session, symbol = np.nonzero((begins > 0) & (news - begins < enough) & (ends > news))
    few = session, symbol
    if len(session):
        walk(own, Stretches(symbol=symbol, begin=begins[few], first=news[few], end=ends[few]), rules, found)
    return found


def _long(counts: Whole, enough: int) -> Stretches:
    """Part all symbols' bars into stretches that fill the processor's cache side by side."""
    longest = int(counts.max())
    # More stretches repeat more bars, fewer make more rows.
    best = round(sqrt(ROW_COST * longest / (enough * len(counts))))
    pieces = max(1, min(COLUMNS // len(counts), best))
    length = -(-longest // pieces)
    piece, symbol = np.divmod(np.arange(pieces * len(counts)), len(counts))
    first = piece * length
    there = first < counts[symbol]
    first, symbol = first[there], symbol[there]
    return Stretches(
        symbol=symbol,
        begin=np.maximum(first - enough, 0),
        first=first,
        end=np.minimum(first + length, counts[symbol]),
    )


def _by_the_board(
    bars: BarHistory, own: OwnBars, usual: Floats, bar: Whole, symbol: Whole, begin: Whole, rules: TechnicalRules
) -> Tenths:
    """Score some cells as the board does: from the first bar of their window to their own, one walk each."""
    last = own.rank[bar, symbol].astype(np.int64)
    numbers = last - np.arange(int((last - begin).max()), -1, -1)[:, np.newaxis]
    closes = np.where(numbers < begin, np.nan, own.close[np.maximum(numbers, begin), symbol])
    cells = bar, symbol
    newest = LastBars(
        start=bars.starts[bar],
        low=bars.low[cells],
        high=bars.high[cells],
        volume=bars.volume[cells],
        usual=usual[cells],
    )
    return technical_scores(measured(Track.after(closes, rules), newest), rules).total
