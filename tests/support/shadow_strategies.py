"""Strategies that trade a lot, for desks that let them run in shadow; and ones that a desk must survive."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from engine.model.market import BarHistory
from engine.strategies.contract import Exits, Hours, Scores
from engine.strategies.fingerprints import code_fingerprint
from engine.strategies.windows import before


@dataclass(frozen=True, kw_only=True, slots=True)
class Dips:
    """Buys a bar that closed lower by a part of its price, and sells after one that closed higher by another."""

    fell: float = 0.002
    rose: float = 0.01
    name: str = "dips"
    warm_up_sessions: int = 1
    propose_at: int = 7
    exits: Exits = Exits(stop=Decimal("0.008"), target=Decimal("0.015"), longest_bars=60)
    hours: Hours = Hours()

    @property
    def fingerprint(self) -> str:
        return code_fingerprint(self)

    def scores(self, bars: BarHistory) -> Scores:
        moved = bars.close / before(bars.close) - 1
        with np.errstate(invalid="ignore"):
            tenths = np.where(moved <= -self.fell, 8, np.where(moved >= self.rose, -8, 0))
        return Scores(tenths=tenths.astype(np.int8))


@dataclass(frozen=True, kw_only=True, slots=True)
class Rises(Dips):
    """The same the other way round."""

    fell: float = 0.008
    rose: float = 0.003
    name: str = "rises"
    exits: Exits = Exits(stop=Decimal("0.01"), target=None, before_close_minutes=15, trail=Decimal("0.006"))

    def scores(self, bars: BarHistory) -> Scores:
        return Scores(tenths=-Dips.scores(self, bars).tenths)


@dataclass(frozen=True, kw_only=True, slots=True)
class Broken(Dips):
    """Fails whenever it is asked."""

    name: str = "broken"

    def scores(self, bars: BarHistory) -> Scores:
        raise ZeroDivisionError(f"a strategy of somebody's, on {len(bars.starts)} bars")
