from dataclasses import dataclass

import numpy as np

from engine.model.signal import NEWS_CLIP
from engine.pipeline.latest_scores import StrategyScores
from engine.signals.indicators import NO_BAR
from engine.strategies.usable import DeskStrategy


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """Names the symbols whose newest bar may bring a signal, and whose price is therefore worth reading."""

    scores: StrategyScores
    strategy: DeskStrategy

    def __call__(self) -> tuple[str, ...]:
        """Return the symbols with a score of their bars that the news could still lift over the threshold."""
        scores = self.scores.latest()
        board = scores.board
        is_newest = scores.indicators.bar == (NO_BAR if board.last is None else board.last)
        size = np.abs(scores.tenths.astype(np.int64))
        rows = np.flatnonzero(scores.valid & is_newest & (size >= self.strategy.propose_at - NEWS_CLIP))
        return tuple(board.symbols[row] for row in rows)
