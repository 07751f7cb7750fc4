from datetime import timedelta

import numpy as np

from engine.model.signal import NEWS_CLIP, PROPOSE_AT, Signal
from engine.signals import score, stories, technical
from engine.stages.observe import Observation
from engine.stages.watched import Watched
from engine.truth import Store


class Analyse:
    """Second stage: the technical score of every symbol at once, then the news score of the few that deserve it."""

    def __init__(
        self,
        *,
        watched: Watched,
        store: Store,
        scorer: str,
        news_window: timedelta,
    ) -> None:
        self._watched = watched
        self._store = store
        self._scorer = scorer
        self._news_window = news_window

    def __call__(self, observation: Observation) -> tuple[Signal, ...]:
        """Return the signals that are large enough to propose a trade, strongest first."""
        # Only a symbol whose technical score the news could still lift over the threshold is worth a look at its news.
        signals = self._signals(observation, least=PROPOSE_AT - NEWS_CLIP)
        return tuple(sorted((signal for signal in signals if signal.proposes), key=lambda signal: -abs(signal.tenths)))

    def one(self, symbol: str, observation: Observation) -> Signal | None:
        """Return the signal of one symbol, however small; None while it has too few good bars or no good price."""
        return next((signal for signal in self._signals(observation, least=0) if signal.symbol == symbol), None)

    def _signals(self, observation: Observation, least: int) -> tuple[Signal, ...]:
        with self._watched.lock:
            board = self._watched.board
            indicators = board.indicators()
        scores = technical.technical_scores(indicators)
        rows = np.flatnonzero(scores.valid & (np.abs(scores.total) >= least))
        seen = [(int(row), board.symbols[row]) for row in rows]
        seen = [(row, symbol) for row, symbol in seen if symbol in observation.snapshots]
        if not seen:
            return ()
        with self._store.reading() as ledger:
            symbols, since = [symbol for _, symbol in seen], observation.at - self._news_window
            findings = ledger.findings(symbols, since - self._news_window)  # whose story may be told again since
            unscored = ledger.unscored(symbols, since)
        return tuple(
            score.signal(
                symbol=symbol,
                at=observation.at,
                price=observation.snapshots[symbol].price,
                readings=technical.readings(indicators, row),
                technical=technical.components(scores, row),
                findings=stories.counted(findings.get(symbol, ()), observation.at, self._news_window),
                scorer=unscored.get(symbol, self._scorer),
                previous_close=observation.snapshots[symbol].previous_close,
            )
            for row, symbol in seen
        )
