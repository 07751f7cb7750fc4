"""The technical score after every bar of a history, all of them at once in time, as the live price board says it.

The board begins its averages anew 20 sessions before each session, so that a score depends on its window alone. Here
one walk goes on through all sessions: 500 bars after its beginning an average no longer shows where it began, but for
its last bits. The scores are the board's all the same, bit for bit: a symbol with fewer bars than that in a window (one
that hardly trades, or bars of half an hour) is walked session by session from the board's own beginning, and each score
that stands so near a limit that these bits could matter is worked out by the board's own functions.

A session ends where the next slot is not the next bar, so a history must have every slot of its sessions; where nothing
traded its bar is NaN.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from engine.model.market import BarHistory
from engine.model.technical_rules import SEED_RULES, TechnicalRules
from engine.signals.averages import Floats, Whole
from engine.signals.indicators import LastBars, measured
from engine.signals.technical import HAIR, technical_scores
from engine.signals.track import Track
from engine.strategies.sessions import OwnBars, Sessions, own_bars, sessions_of, usual_volume
from engine.strategies.walk import (
    ALL,
    COLUMNS,
    Directions,
    Indicator,
    Stretches,
    Tenths,
    bars_until_forgotten,
    walk,
)

AT_ONCE = 1_000_000
"""Cells (bars times symbols) that are scored together: so much memory is enough for any history."""
DOUBTS_AT_ONCE = 1_000
ROW_COST = 60
"""What a row of a walk costs beside its columns, in columns; measured."""

Flags = NDArray[np.bool_]


def technical_history(bars: BarHistory, rules: TechnicalRules, *, at_once: int = AT_ONCE) -> Tenths:
    """Return the technical score after each bar, shape (bars, symbols); 0 where a symbol has no bar or no score."""
    scores = np.zeros(bars.close.shape, np.int8)
    for columns, history in _histories(bars, at_once):
        scores[:, columns] = _scored(history, _directions(history, rules), rules)
    return scores


def technical_known(bars: BarHistory, rules: TechnicalRules, *, at_once: int = AT_ONCE) -> Flags:
    """Tell after which bars there is a technical score, be it 0, shape (bars, symbols), as the board's `valid` does."""
    known = np.zeros(bars.close.shape, bool)
    for columns, history in _histories(bars, at_once):
        _, _, valid = _placed(history, _directions(history, rules, frozenset({Indicator.BANDS})))
        known[:, columns] = valid & _enough(history, _volume_ratio(history), rules)
    return known


class SharedIndicators:
    """One history, scored by many sets of rules: an indicator with the same numbers is walked once for all of them."""

    def __init__(self, bars: BarHistory, rules: Iterable[TechnicalRules], *, at_once: int = AT_ONCE) -> None:
        self._shape = bars.close.shape
        wanted = dict.fromkeys(alone for each in rules for alone in _alone(each))
        self._parts = [
            (columns, history, {alone: _directions(history, alone[1], frozenset({alone[0]})) for alone in wanted})
            for columns, history in _histories(bars, at_once)
        ]
        self.walked = len(wanted)
        """How many indicators differ."""

    def scores(self, rules: TechnicalRules) -> Tenths:
        """Return what `technical_history` does, bit for bit; raises KeyError for rules that were not named before."""
        scores = np.zeros(self._shape, np.int8)
        for columns, history, found in self._parts:
            rsi, bands, macd = (found[alone] for alone in _alone(rules))
            parts = ((rsi, rules.rsi), (bands, rules.bollinger), (macd, rules.macd))
            together = Directions(
                tenths=sum((each.tenths * np.int8(rule.tenths) for each, rule in parts), np.zeros_like(rsi.tenths)),
                flat=bands.flat,
                near=(rsi.near | bands.near | macd.near) & ~bands.flat,
            )
            scores[:, columns] = _scored(history, together, rules)
        return scores


def _alone(rules: TechnicalRules) -> tuple[tuple[Indicator, TechnicalRules], ...]:
    """Return each indicator with its own numbers and one point; all other numbers are the same ones."""
    return (
        (Indicator.RSI, replace(SEED_RULES, rsi=replace(rules.rsi, tenths=1))),
        (Indicator.BANDS, replace(SEED_RULES, bollinger=replace(rules.bollinger, tenths=1))),
        (Indicator.MACD, replace(SEED_RULES, macd=replace(rules.macd, tenths=1))),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _History:
    """Some symbols' bars, and what does not depend on any rules."""

    bars: BarHistory
    sessions: Sessions
    own: OwnBars
    counts: Whole
    begins: Whole
    usual: Floats


def _histories(bars: BarHistory, at_once: int) -> Iterator[tuple[slice, _History]]:
    """Part a history by symbols; those of which there is nothing are left out."""
    sessions, width = sessions_of(bars.starts), max(1, at_once // max(1, len(bars.starts)))
    for first in range(0, len(bars.symbols), width):
        columns = slice(first, first + width)
        some = _of_columns(bars, columns)
        if np.isfinite(some.close).any():
            own = own_bars(some)
            counts, begins = own.before(sessions.first), own.before(sessions.window)
            usual = usual_volume(some, sessions, counts)
            yield (
                columns,
                _History(bars=some, sessions=sessions, own=own, counts=counts, begins=begins, usual=usual),
            )


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


def _scored(history: _History, found: Directions, rules: TechnicalRules) -> Tenths:
    bars, sessions, own, begins, usual = history.bars, history.sessions, history.own, history.begins, history.usual
    direction, near, valid = _placed(history, found)
    ratio = _volume_ratio(history)
    enough = _enough(history, ratio, rules)
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


def _placed(history: _History, found: Directions) -> tuple[Tenths, Flags, Flags]:
    """Return the points of each bar, whether they are near a limit, and whether the bands have a width."""
    own = history.own
    if own.has.all():
        return found.tenths, found.near, ~found.flat
    place = np.maximum(own.rank, 0), np.arange(len(history.bars.symbols))
    return found.tenths[place], found.near[place], ~found.flat[place]


def _volume_ratio(history: _History) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return history.bars.volume / history.usual


def _enough(history: _History, ratio: Floats, rules: TechnicalRules) -> Flags:
    """Tell which bars have so many before them, and a usual volume, that there is a score."""
    own, begins = history.own, history.begins.astype(np.int32)[history.sessions.session]
    enough: Flags = own.rank - begins >= rules.minimum_bars - 1
    return enough & own.has & np.isfinite(ratio)


def _directions(history: _History, rules: TechnicalRules, only: frozenset[Indicator] = ALL) -> Directions:
    """Walk through all bars, and anew through the sessions of symbols with few bars in their windows."""
    own, counts, begins = history.own, history.counts, history.begins
    shape, enough = own.close.shape, bars_until_forgotten(rules)
    found = Directions(tenths=np.zeros(shape, np.int8), flat=np.zeros(shape, bool), near=np.zeros(shape, bool))
    news, ends = counts[:-1], counts[1:]
    walk(own, _long(counts[-1], enough), rules, found, only)
    session, symbol = np.nonzero((begins > 0) & (news - begins < enough) & (ends > news))
    few = session, symbol
    if len(session):
        walk(own, Stretches(symbol=symbol, begin=begins[few], first=news[few], end=ends[few]), rules, found, only)
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
