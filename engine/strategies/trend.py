from dataclasses import dataclass

import numpy as np

from engine.model.market import BarHistory
from engine.strategies.contract import Exits, Hours, Scores
from engine.strategies.fingerprints import code_fingerprint
from engine.strategies.windows import before, highest, mean, true_range

POINTS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Trend:
    """Follows a trend: buys a close above the highest high of the last `lookback` bars, without a target.

    The stop is `ranges` average true ranges of `range_bars` bars under the entry.
    """

    lookback: int = 60
    range_bars: int = 14
    ranges: float = 3.0
    name: str = "trend"
    warm_up_sessions: int = 20
    propose_at: int = 7
    exits: Exits = Exits(target=None, longest_bars=390)
    hours: Hours = Hours()

    @property
    def fingerprint(self) -> str:
        """A hash of its numbers and its code."""
        return code_fingerprint(self)

    def scores(self, bars: BarHistory) -> Scores:
        """Score every bar of a history."""
        breaks = bars.close > before(highest(bars.high, self.lookback))
        stop = self.ranges * mean(true_range(bars), self.range_bars) / bars.close
        known = breaks & (stop > 0) & (stop < 1)
        return Scores(tenths=known.astype(np.int8) * np.int8(POINTS), stop=np.where(known, stop, np.nan))
