"""The live desk's own technical score as a strategy, bar by bar on its board; slow, and beyond doubt."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.model.market import BarHistory
from engine.model.signal import PROPOSE_AT
from engine.signals.board import Board
from engine.signals.sift import sifted
from engine.signals.technical import technical_scores
from engine.strategies.contract import Exits, Hours, Scores


@dataclass(frozen=True, kw_only=True)
class BoardStrategy:
    exits: Exits = field(default_factory=Exits)
    hours: Hours = field(default_factory=Hours)
    name: str = "board"
    fingerprint: str = "board"
    warm_up_sessions: int = 20
    propose_at: int = PROPOSE_AT
    bar_seconds: int = 300

    def scores(self, bars: BarHistory) -> Scores:
        clean, _ = sifted(bars)
        board, values = Board(bars.symbols, bar_seconds=self.bar_seconds), clean.stacked
        tenths = np.zeros(bars.close.shape, np.int8)
        for number, start in enumerate(bars.starts):
            this = slice(number, number + 1)
            board.take(BarHistory.of(bars.symbols, bars.starts[this], values[:, this]))
            indicators = board.indicators()
            tenths[number] = np.where(indicators.bar == start, technical_scores(indicators).total, 0)
        return Scores(tenths=tenths)


@dataclass(frozen=True, kw_only=True)
class GivenScores:
    """Scores that a test wrote down, whatever the bars."""

    tenths: NDArray[np.int64]
    stop: NDArray[np.float64] | None = None
    exits: Exits = field(default_factory=Exits)
    hours: Hours = field(default_factory=Hours)
    name: str = "given"
    fingerprint: str = "given"
    warm_up_sessions: int = 0
    propose_at: int = PROPOSE_AT

    def scores(self, bars: BarHistory) -> Scores:
        del bars
        return Scores(tenths=self.tenths.astype(np.int8), stop=self.stop)
