"""Sees to it that a proposal can be repeated: its score comes out again from the bars that its record keeps."""

import json
from collections.abc import Sequence
from decimal import Decimal

import structlog

from engine.common.universe import Universe
from engine.model.decision_record import NewsSource
from engine.model.json_values import plain
from engine.model.market import BarHistory
from engine.model.news import ModelCall
from engine.model.signal import Readings, Signal
from engine.model.technical_rules import TechnicalRules
from engine.pipeline.bars import Bars
from engine.ports.store import Reader
from engine.signals import technical
from engine.signals.board import board_of

log = structlog.get_logger()

CALLS = 100
"""Calls to the model about a symbol, newest first, among which the one that read a headline is looked for."""


class Recording:
    """Finds what the record of a proposal keeps of its score."""

    def __init__(self, *, universe: Universe, bars: Bars, bar_seconds: int) -> None:
        self._universe = universe
        self._bars = bars
        self._bar_seconds = bar_seconds

    @property
    def rules(self) -> TechnicalRules:
        """The numbers that the scores are made with."""
        return self._universe.board.rules

    def window(self, signal: Signal) -> BarHistory | None:
        """Return the bars that a signal stands on; None, and the symbol is read anew, where they give another score."""
        if signal.bar is None:
            return None
        with self._universe.lock:
            window = self._universe.board.window(signal.symbol)
        window = window.until(int(signal.bar.timestamp()))
        again = readings_of(window, self._bar_seconds, self.rules, signal.price)
        if plain(again) == plain(signal.readings):
            return window
        log.error("score_not_repeatable", symbol=signal.symbol, board=repr(signal.readings), bars=repr(again))
        self._bars.doubt(signal.symbol)
        return None

    @staticmethod
    def sources(signal: Signal, reader: Reader) -> tuple[NewsSource, ...]:
        """Return who read the headlines that count in a signal, and how old these are."""
        if not signal.findings:
            return ()
        calls = [call for call in reader.calls(symbol=signal.symbol, limit=CALLS) if call.is_answered]
        scorers = reader.scorers([signal.symbol], min(each.at for each in signal.findings))
        unknown = signal.scorer.partition(":")[0]
        ages = {each.headline_id: (signal.at - each.at).total_seconds() for each in signal.findings}
        return tuple(
            _source(headline_id, age, calls, scorers.get((signal.symbol, headline_id), unknown))
            for headline_id, age in ages.items()
        )


def readings_of(window: BarHistory, bar_seconds: int, rules: TechnicalRules, price: Decimal) -> Readings | None:
    """Return the readings after the last bar of a window of one symbol, at a price; None where it has no bar."""
    if not len(window.starts):
        return None
    return technical.readings_at(board_of(window, bar_seconds=bar_seconds, rules=rules).indicators(), 0, price)


def _source(headline_id: str, age: float, calls: Sequence[ModelCall], scorer: str) -> NewsSource:
    named = json.dumps(headline_id, ensure_ascii=False)
    call = next((call for call in calls if f'"headline_id": {named}' in call.request), None)
    if call is None:
        return NewsSource(headline_id=headline_id, age_seconds=age, model=scorer)
    return NewsSource(headline_id=headline_id, age_seconds=age, model=call.model, instructions=call.instructions)
