"""Strategies as somebody may write them who did not read what a strategy must be."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from engine.model.market import BarHistory
from engine.strategies.contract import Exits, Hours, Scores

AHEAD = 60
"""Bars that one of them looks ahead."""


@dataclass(frozen=True)
class Raises:
    name: str = "odd"
    fingerprint: str = "odd"
    warm_up_sessions: int = 1
    propose_at: int = 7
    exits: Exits = Exits()
    hours: Hours = Hours()

    def scores(self, bars: BarHistory) -> Scores:
        raise KeyError("x" if bars.symbols else "")


@dataclass(frozen=True)
class OfAnotherShape(Raises):
    def scores(self, bars: BarHistory) -> Scores:
        return Scores(tenths=np.zeros(3, bars.starts.dtype).astype(np.int8))


@dataclass(frozen=True)
class FarStop(Raises):
    def scores(self, bars: BarHistory) -> Scores:
        return Scores(tenths=np.full(bars.close.shape, 9, np.int8), stop=np.full(bars.close.shape, 3.0))


@dataclass(frozen=True)
class FarExit(OfAnotherShape):
    exits: Exits = Exits(stop=Decimal(3))


@dataclass(frozen=True)
class PartAlone(OfAnotherShape):
    exits: Exits = Exits(partial=Decimal("0.5"))


class PropertyRaises(OfAnotherShape):
    @property
    def warm_up_sessions(self) -> int:
        return 1 // 0

    @warm_up_sessions.setter
    def warm_up_sessions(self, value: int) -> None:
        """Take any value."""


@dataclass(frozen=True)
class Peek(Raises):
    def scores(self, bars: BarHistory) -> Scores:
        tenths, close = np.zeros(bars.close.shape, np.int8), bars.close
        with np.errstate(all="ignore"):
            tenths[:-AHEAD][close[AHEAD:] / close[:-AHEAD] > 1.02] = 9
        return Scores(tenths=tenths)
