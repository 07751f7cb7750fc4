from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from engine.model.market import EXCHANGE_ZONE
from engine.model.signal import MIXED, Finding, Side, Signal
from engine.pipeline.latest_scores import StrategyScores
from engine.pipeline.observe import Observation
from engine.ports.store import Store
from engine.signals import score, stories
from engine.signals.board import Board
from engine.signals.slots import instant
from engine.strategies.live_strategy import signed
from engine.strategies.usable import DeskStrategy


class Analyse:
    """Second stage: the score of the bars and the news of the few symbols that deserve it become their signals."""

    def __init__(
        self,
        *,
        scores: StrategyScores,
        store: Store,
        strategy: DeskStrategy,
        bar_length: timedelta,
        scorer: str,
        news_window: timedelta,
    ) -> None:
        self._scores = scores
        self._store = store
        self._strategy = strategy
        self._bar_length = bar_length
        self._scorer = scorer
        self._news_window = news_window

    def __call__(self, symbols: Collection[str], observation: Observation, bar: datetime) -> tuple[Signal, ...]:
        """Return those signals of a bar for some symbols that are large enough to propose a trade, strongest first.

        Where there is no good price the signal has the bar's own: no score stands on a price.
        """
        may_buy = self._is_in_hours(bar)
        signals = [
            signal
            for signal in self._signals(symbols, observation)
            if signal.bar == bar and signal.proposes and (may_buy or signal.side is Side.SELL)
        ]
        return tuple(sorted(signals, key=lambda signal: -abs(signal.tenths)))

    def signal_for(self, symbol: str, observation: Observation, board: Board | None = None) -> Signal | None:
        """Return the signal of one symbol after its last bar, however small; None with too few bars or no price.

        The bar is the last one on `board`, on the one that is kept where none is given.
        """
        return next(iter(self._signals({symbol} & observation.snapshots.keys(), observation, board)), None)

    def has_scored(self, board: Board | None = None) -> bool:
        """Tell whether this process has scores of a board's newest bar; a class scores once a bar, in the leader."""
        return self._scores.has_scored(board)

    def board_to_show(self, newer: Board | None) -> Board | None:
        """Return the board whose scores people are shown: a newer one, or None for the one that is kept."""
        return self._scores.to_show(newer)

    def _signals(
        self, asked: Collection[str], observation: Observation, board: Board | None = None
    ) -> tuple[Signal, ...]:
        """Return the signals of those of some symbols that have a score."""
        scores = self._scores.latest(board)
        board = scores.board
        rows = [(int(board.rows_of([name])[0]), name) for name in asked if name in board.symbols]
        scored = [(row, symbol) for row, symbol in rows if scores.valid[row]]
        if not scored:
            return ()
        with self._store.reading() as reader:
            symbols, since = [symbol for _, symbol in scored], observation.at - self._news_window
            findings = reader.findings(symbols, since - self._news_window)  # whose story may be told again since
            scorers = reader.scorers(symbols, since - self._news_window)
            unscored = reader.unscored(symbols, since)
        counted = {
            symbol: stories.counted(findings.get(symbol, ()), observation.at, self._news_window) for symbol in symbols
        }
        seen = observation.snapshots
        prices = {symbol: seen[symbol].price if symbol in seen else scores.close(row) for row, symbol in scored}
        signals = (
            score.signal(
                symbol=symbol,
                at=observation.at,
                price=prices[symbol],
                readings=scores.readings(row, prices[symbol]),
                technical=scores.components(row),
                findings=counted[symbol],
                scorer=self._who(counted[symbol], scorers, unscored.get(symbol, "")),
                previous_close=seen[symbol].previous_close if symbol in seen else None,
                bar=instant(int(scores.indicators.bar[row])),
                origin=scores.origin(row),
            )
            for row, symbol in scored
        )
        return tuple(signed(signal, self._strategy) for signal in signals)

    def _who(self, counted: Sequence[Finding], scorers: Mapping[tuple[str, str], str], left_out: str) -> str:
        """Name who read what counts, which may be another than would read it now, and why the rest is left out."""
        reader, _, problem = left_out.partition(": ")
        names = {scorers[finding.symbol, finding.headline_id] for finding in counted}
        who = MIXED if len(names) > 1 else next(iter(names), reader or self._scorer)
        return f"{who}: {problem}" if problem else who

    def _is_in_hours(self, bar: datetime) -> bool:
        """Tell whether a bar that starts then closes in the hours in which the strategy buys."""
        hours, closes = self._strategy.hours, (bar + self._bar_length).astimezone(EXCHANGE_ZONE).time()
        return hours.first <= closes <= hours.last
