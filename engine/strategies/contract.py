"""What a strategy is: a pure function from closed bars to scores, and how what it buys is left again.

It sees no clock, no account and no network: the same bars give the same scores, bit for bit, in the backtest and live.
"""

from dataclasses import dataclass, fields
from datetime import time
from decimal import Decimal
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.model.exit_plan import ExitPlan
from engine.model.market import BarHistory

MOST_TENTHS = 100
"""Tenths of the score that a strategy may give a bar, and that a purchase may need."""
LATER = ("trail", "trail_atr", "breakeven", "partial")
"""Fields of exits that came later: where they are None nothing else is written down, or hashed, than before."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Exits:
    """How a trade is left; distances are parts of a price (0.015 = 1.5 %), None stands for never.

    The stop is so far under the entry, unless the scores bring one of their own with each bar; the target so far over
    the fill. After `longest_bars` bars the trade is sold at the next one's open. `before_close_minutes` before a
    session's close it is sold, where nothing is to be held over a night.

    The stop follows the highest close since the purchase, `trail` (a part of it) or `trail_atr` average true ranges of
    14 bars under it; after a close of `breakeven` times the first risk over the entry it stands at the entry at least.
    With `partial` the target sells only that part of the shares (0.5 = half), and the rest is left to the stop.
    """

    stop: Decimal = Decimal("0.015")
    target: Decimal | None = Decimal("0.03")
    longest_bars: int | None = None
    before_close_minutes: int | None = None
    trail: Decimal | None = None
    trail_atr: Decimal | None = None
    breakeven: Decimal | None = None
    partial: Decimal | None = None

    def __repr__(self) -> str:
        """Write it as it is made."""
        shown = {each.name: getattr(self, each.name) for each in fields(self)}
        written = (f"{name}={value!r}" for name, value in shown.items() if name not in LATER or value is not None)
        return f"Exits({', '.join(written)})"

    @property
    def plan(self) -> ExitPlan:
        """What a trade keeps of it beside its stop and target."""
        return ExitPlan(
            trail=self.trail,
            trail_atr=self.trail_atr,
            breakeven=self.breakeven,
            longest_bars=self.longest_bars,
            partial=self.partial,
        )

    @property
    def lacks(self) -> str:
        """Name what the exits must have beside those that they have, '' where nothing is missing."""
        if self.partial is None:
            return ""
        if self.target is None:
            return "a target, at which the part is sold"
        return "" if self.plan.is_trailing else "trail or trail_atr, by which the rest is left"


@dataclass(frozen=True, kw_only=True, slots=True)
class Hours:
    """Between which times of the exchange's day a bar must close for its score to buy."""

    first: time = time(9, 30)
    last: time = time(16)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scores:
    """The opinion after each bar, as arrays of shape (bars, symbols).

    `tenths` are whole tenths, positive for a buy, 0 where nothing can be said. `stop` is the distance of the stop that
    the strategy wants as a part of the price, NaN where it wants none of its own; None where it never does.
    """

    tenths: NDArray[np.int8]
    stop: NDArray[np.float64] | None = None


def stop_part(distance: float) -> Decimal:
    """Return the distance of a stop that a score brought as money is reckoned with: a part of the price, to 1e-6."""
    return Decimal(str(round(distance, 6)))


class Strategy(Protocol):
    """A strategy: its name, what it needs, when it buys, how it leaves, and its scores.

    `fingerprint` is a hash of all that decides its scores and exits: two that differ in anything differ in it.
    `warm_up_sessions` are the sessions before a bar's own that its score may look back on.
    """

    @property
    def name(self) -> str: ...  # noqa: D102  the class says what it is

    @property
    def fingerprint(self) -> str: ...  # noqa: D102

    @property
    def warm_up_sessions(self) -> int: ...  # noqa: D102

    @property
    def propose_at(self) -> int:
        """The tenths from which on a score proposes a trade."""
        ...

    @property
    def exits(self) -> Exits: ...  # noqa: D102

    @property
    def hours(self) -> Hours: ...  # noqa: D102

    def scores(self, bars: BarHistory) -> Scores:
        """Score every bar of a history by what had closed with it; later bars never change an earlier score."""
        ...
