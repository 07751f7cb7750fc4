from dataclasses import dataclass

import numpy as np

from engine.common.universe import Universe
from engine.model.signal import NEWS_CLIP
from engine.signals.indicators import NO_BAR
from engine.signals.technical import technical_scores
from engine.strategies.technical_strategy import TechnicalStrategy


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """Names the symbols whose newest bar may bring a signal, and whose price is therefore worth reading."""

    universe: Universe
    strategy: TechnicalStrategy

    def __call__(self) -> tuple[str, ...]:
        """Return the symbols with a technical score that the news could still lift over the threshold."""
        with self.universe.lock:
            board, indicators = self.universe.board, self.universe.board.indicators()
        scores = technical_scores(indicators, self.strategy.rules)
        is_newest = indicators.bar == (NO_BAR if board.last is None else board.last)
        rows = np.flatnonzero(scores.valid & is_newest & (np.abs(scores.total) >= self.strategy.propose_at - NEWS_CLIP))
        return tuple(board.symbols[row] for row in rows)
