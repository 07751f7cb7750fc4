from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from engine.model.market import BarHistory
from engine.strategies.contract import Exits, Hours, Scores
from engine.strategies.fingerprints import code_fingerprint
from engine.strategies.windows import deviation, mean

POINTS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Reversion:
    """Buys what fell `width` deviations under its mean of `bars` bars, and sells when its time is up."""

    bars: int = 40
    width: float = 2.0
    name: str = "reversion"
    warm_up_sessions: int = 20
    propose_at: int = 7
    exits: Exits = Exits(stop=Decimal("0.02"), target=Decimal("0.01"), longest_bars=24)
    hours: Hours = Hours()

    @property
    def fingerprint(self) -> str:
        """A hash of its numbers and its code."""
        return code_fingerprint(self)

    def scores(self, bars: BarHistory) -> Scores:
        """Score every bar of a history."""
        fell = bars.close < mean(bars.close, self.bars) - self.width * deviation(bars.close, self.bars)
        return Scores(tenths=fell.astype(np.int8) * np.int8(POINTS))
