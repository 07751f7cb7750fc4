"""How a history falls into sessions, and where each symbol's bars stand among its own; as the price board sees it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.model.market import BarHistory
from engine.signals.averages import Floats, Whole
from engine.signals.board import USUAL_SESSIONS
from engine.signals.slots import SESSIONS


@dataclass(frozen=True, kw_only=True, slots=True)
class Sessions:
    """The sessions of some bars: one ends where the next slot is not the next bar.

    `session` and `place` tell for each bar which session it is in and how many slots lie before it there, shape
    (bars,). `first` has the number of each session's first bar, and after them the number of all bars.
    """

    session: Whole
    place: Whole
    first: Whole

    @property
    def count(self) -> int:
        """The number of sessions."""
        return len(self.first) - 1

    @property
    def window(self) -> Whole:
        """The number of the first bar that each session's scores look back on, shape (sessions,)."""
        return self.first[np.maximum(np.arange(self.count) - SESSIONS, 0)]


def sessions_of(starts: Whole) -> Sessions:
    """Part bars by their starts (POSIX seconds), oldest first."""
    steps = np.diff(starts)
    breaks = np.flatnonzero(steps != steps.min()) + 1 if len(steps) else np.empty(0, np.int64)
    first = np.unique(np.concatenate([[0], breaks, [len(starts)]])).astype(np.int64)
    session = np.repeat(np.arange(len(first) - 1), np.diff(first))
    return Sessions(session=session, place=np.arange(len(starts)) - first[session], first=first)


def usual_volume(bars: BarHistory, sessions: Sessions, counts: Whole) -> Floats:
    """Return what volume is usual at each bar's time of day by the sessions before, shape (bars, symbols), or NaN.

    `counts` is how many bars each symbol has before each session and in all, shape (sessions + 1, symbols). Volumes are
    whole shares, whose sums are exact in any order; so they are the board's.
    """
    lengths, size = np.diff(sessions.first), len(bars.symbols)
    slots = int(lengths.max(initial=0))
    volumes = np.zeros((sessions.count + 1, slots, size))
    volumes[sessions.session + 1, sessions.place] = np.nan_to_num(bars.volume).astype(np.uint32)
    traded = (np.diff(counts, axis=0) > 0)[:, np.newaxis]
    if len(np.unique(lengths)) > 1:  # a session that has no such slot does not count in it
        traded = traded & (np.arange(slots)[:, np.newaxis] < lengths[:, np.newaxis, np.newaxis])
    summed, counted = _of_window(volumes), _of_window(np.concatenate([np.zeros_like(traded[:1]), traded]))
    with np.errstate(divide="ignore", invalid="ignore"):
        usual = summed / counted
    usual[np.broadcast_to(counted < USUAL_SESSIONS, usual.shape) | (summed <= 0)] = np.nan
    known: Floats = usual[sessions.session, sessions.place]
    return known


def _of_window(values: NDArray[Any]) -> NDArray[Any]:
    """Return for each session the sum over those before it, from values with a row of zeros before the first."""
    total = values.cumsum(axis=0)
    summed = total[:-1].copy()
    summed[SESSIONS:] -= total[: max(0, len(summed) - SESSIONS)]
    return summed


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnBars:
    """Each symbol's bars one after the other, without the slots that it has none in, shape (most bars, symbols).

    `has` tells which of the history's slots have a bar, `rank` which of its own a slot's bar is, shape (bars, symbols).
    """

    close: Floats
    low: Floats
    high: Floats
    has: NDArray[np.bool_]
    rank: NDArray[np.int32]

    def before(self, numbers: Whole) -> Whole:
        """Return how many bars each symbol has before some slots, shape (slots, symbols)."""
        ranks = np.concatenate([np.full((1, self.rank.shape[1]), -1, np.int32), self.rank])
        return ranks[numbers].astype(np.int64) + 1


def own_bars(bars: BarHistory) -> OwnBars:
    """Take the slots without a bar out of a history."""
    has = np.isfinite(bars.close)
    rank = has.cumsum(axis=0, dtype=np.int32) - np.int32(1)
    if has.all():
        close, low, high = (np.ascontiguousarray(values) for values in (bars.close, bars.low, bars.high))
        return OwnBars(close=close, low=low, high=high, has=has, rank=rank)
    size = has.shape[1]
    places = (rank.astype(np.int64) * size + np.arange(size))[has]
    packed = np.zeros((3, int(rank.max(initial=0)) + 1, size))
    for place, values in enumerate((bars.close, bars.low, bars.high)):
        packed[place].reshape(-1)[places] = values[has]
    close, low, high = packed
    return OwnBars(close=close, low=low, high=high, has=has, rank=rank)
