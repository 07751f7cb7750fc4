from dataclasses import dataclass
from datetime import time
from decimal import Decimal

import numpy as np

from engine.model.market import BarHistory
from engine.strategies.contract import Exits, Hours, Scores
from engine.strategies.fingerprints import code_fingerprint
from engine.strategies.sessions import sessions_of
from engine.strategies.windows import once_a_session, since_open

POINTS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class OpeningRange:
    """Buys the session's first close above the high of its first `opening` bars, and is out before the close.

    The stop lies under the low of these bars.
    """

    opening: int = 6
    name: str = "opening-range"
    warm_up_sessions: int = 0
    propose_at: int = 7
    exits: Exits = Exits(target=Decimal("0.02"), before_close_minutes=15)
    hours: Hours = Hours(last=time(15))

    @property
    def fingerprint(self) -> str:
        """A hash of its numbers and its code."""
        return code_fingerprint(self)

    def scores(self, bars: BarHistory) -> Scores:
        """Score every bar of a history."""
        sessions = sessions_of(bars.starts)
        high = since_open(bars.high, sessions, self.opening, np.fmax)
        low = since_open(bars.low, sessions, self.opening, np.fmin)
        breaks = once_a_session(bars.close > high, sessions)
        stop = 1 - low / bars.close
        known = breaks & (stop > 0)
        return Scores(tenths=known.astype(np.int8) * np.int8(POINTS), stop=np.where(known, stop, np.nan))
