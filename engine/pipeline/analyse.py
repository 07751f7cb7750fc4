from datetime import datetime, timedelta

from engine.common.universe import Universe
from engine.model.signal import Signal
from engine.pipeline.observe import Observation
from engine.ports.store import Store
from engine.signals import score, stories, technical
from engine.signals.slots import instant


class Analyse:
    """Second stage: the technical score and the news of the few symbols that deserve it become their signals."""

    def __init__(
        self,
        *,
        universe: Universe,
        store: Store,
        scorer: str,
        news_window: timedelta,
    ) -> None:
        self._universe = universe
        self._store = store
        self._scorer = scorer
        self._news_window = news_window

    def __call__(self, observation: Observation, bar: datetime) -> tuple[Signal, ...]:
        """Return the signals of a bar that are large enough to propose a trade, strongest first."""
        signals = [signal for signal in self._signals(observation) if signal.bar == bar and signal.proposes]
        return tuple(sorted(signals, key=lambda signal: -abs(signal.tenths)))

    def signal_for(self, symbol: str, observation: Observation) -> Signal | None:
        """Return the signal of one symbol after its last bar, however small; None with too few bars or no price."""
        return next((signal for signal in self._signals(observation) if signal.symbol == symbol), None)

    def _signals(self, observation: Observation) -> tuple[Signal, ...]:
        """Return the signals of the symbols that were looked at."""
        with self._universe.lock:
            board, indicators = self._universe.board, self._universe.board.indicators()
        scores = technical.technical_scores(indicators)
        rows = [(int(board.rows_of([name])[0]), name) for name in observation.snapshots if name in board.symbols]
        seen = [(row, symbol) for row, symbol in rows if scores.valid[row]]
        if not seen:
            return ()
        with self._store.reading() as reader:
            symbols, since = [symbol for _, symbol in seen], observation.at - self._news_window
            findings = reader.findings(symbols, since - self._news_window)  # whose story may be told again since
            unscored = reader.unscored(symbols, since)
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
                bar=instant(int(indicators.bar[row])),
            )
            for row, symbol in seen
        )
