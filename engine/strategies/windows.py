"""What a strategy in Python is written with: looks back over the last slots of a history, of all symbols at once.

Each takes and gives arrays of shape (bars, symbols). A slot in which a symbol has no bar is left out, and where too
little is known the result is NaN, for which no comparison holds. Only a slot's own window counts, to the last bit, so
that a score is the same wherever its history began.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.model.market import BarHistory
from engine.signals.averages import Floats, Whole
from engine.strategies.sessions import Sessions

Flags = NDArray[np.bool_]
ATR_SLOTS = 14


def rolling(values: NDArray[Any], length: int, join: np.ufunc) -> NDArray[Any]:
    """Join each value with those before it, `length` in all; the first result is that of the first `length` values.

    At each step twice as many are joined already, so that 20 take five steps.
    """
    results, taken, block, span = len(values) - length + 1, 0, values, 1
    total: NDArray[Any] | None = None
    while True:
        if length & span:
            piece = block[taken : taken + results]
            total, taken = piece if total is None else join(total, piece), taken + span
        if total is not None and taken == length:
            return total
        block, span = join(block[:-span], block[span:]), 2 * span


def before(values: Floats, slots: int = 1) -> Floats:
    """Return what was so many slots earlier."""
    earlier = np.full_like(values, np.nan)
    earlier[slots:] = values[: max(0, len(values) - slots)]
    return earlier


def highest(values: Floats, slots: int) -> Floats:
    """Return the largest of the last slots, this one among them."""
    return rolling(_padded(values, slots), slots, np.fmax)


def lowest(values: Floats, slots: int) -> Floats:
    """Return the smallest of the last slots, this one among them."""
    return rolling(_padded(values, slots), slots, np.fmin)


def mean(values: Floats, slots: int) -> Floats:
    """Return the mean of the last slots; NaN unless at least half of them have a value."""
    total, count = _summed(values, slots)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(2 * count >= slots, total / count, np.nan)


def deviation(values: Floats, slots: int) -> Floats:
    """Return the deviation of the last slots from their mean; NaN unless at least half of them have a value."""
    middle = mean(values, slots)
    squares = mean(values * values, slots) - middle * middle
    return np.sqrt(np.maximum(squares, 0))


def true_range(bars: BarHistory) -> Floats:
    """Return how far each bar ranged, with the gap from the close of the slot before."""
    closed = before(bars.close)
    return np.fmax(bars.high, closed) - np.fmin(bars.low, closed) + 0 * bars.close


def average_true_range(bars: BarHistory) -> Floats:
    """Return the mean true range of the last 14 slots, dollars a share, by which stops follow closes."""
    return mean(true_range(bars), ATR_SLOTS)


def since_open(values: Floats, sessions: Sessions, slots: int, join: np.ufunc) -> Floats:
    """Join the first slots of each session (np.fmax, np.fmin); NaN until the last of these is over."""
    found = np.full_like(values, np.nan)
    for first, end in zip(sessions.first[:-1], sessions.first[1:], strict=True):
        if end - first > slots:
            found[first + slots : end] = join.reduce(values[first : first + slots], axis=0)
    return found


def once_a_session(flags: Flags, sessions: Sessions) -> Flags:
    """Keep of each symbol's flags the first one of every session."""
    kept = np.zeros_like(flags)
    numbers: Whole = np.arange(flags.shape[1])
    for first, end in zip(sessions.first[:-1], sessions.first[1:], strict=True):
        place = flags[first:end].argmax(axis=0)
        kept[first + place, numbers] = flags[first + place, numbers]
    return kept


def _summed(values: Floats, slots: int) -> tuple[Floats, Floats]:
    padded = _padded(values, slots)
    known = np.isfinite(padded)
    return rolling(np.where(known, padded, 0), slots, np.add), rolling(known.astype(np.float64), slots, np.add)


def _padded(values: Floats, slots: int) -> Floats:
    return np.concatenate([np.full((slots - 1, values.shape[1]), np.nan), values])
