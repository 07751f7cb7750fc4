"""After which bars a strategy wants to buy or to sell, found for all bars at once."""

from bisect import bisect_left
from datetime import time
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.backtest.desk_rules import DeskRules
from engine.backtest.timeline import Timeline
from engine.model.market import BarHistory
from engine.strategies.contract import Scores, Strategy


class Wanted(NamedTuple):
    """A buy that a score asks for: the symbol's column, and the score."""

    column: int
    tenths: int


class ScoredCandidates:
    """The scores that ask for something; bars at whose open something may be bought are numbered, oldest first."""

    def __init__(
        self, bars: BarHistory, strategy: Strategy, scores: Scores, timeline: Timeline, rules: DeskRules, first: int
    ) -> None:
        self._scores = scores
        size = bars.close.shape
        wants = np.zeros(size, bool)
        wants[1:] = scores.tenths[:-1] >= strategy.propose_at
        entered, columns = np.nonzero(wants)
        kept = _may_enter(timeline, rules, strategy)[entered] & (entered >= first)
        kept &= np.isfinite(bars.open[entered, columns]) & np.isfinite(bars.close[entered - 1, columns])
        entered, columns = entered[kept], columns[kept]
        found, firsts = np.unique(entered, return_index=True)
        self._entered: list[int] = found.tolist()
        self._columns: list[int] = columns.tolist()
        self._places: list[int] = [*firsts.tolist(), len(columns)]
        self._sells_at = -strategy.propose_at
        sold, columns = np.nonzero(scores.tenths <= self._sells_at)
        order = np.argsort(columns, kind="stable")
        cuts = np.searchsorted(columns[order], np.arange(1, len(bars.symbols)))
        self._sold = np.split(sold[order], cuts)
        self._bars = bars
        self._timeline = timeline

    def bar(self, number: int) -> int | None:
        """Return the bar of a number, None after the last."""
        return self._entered[number] if number < len(self._entered) else None

    def some(self, number: int, until: int, most: int) -> list[int]:
        """Return the bars from a numbered one on and before another bar, at most so many."""
        return self._entered[number : min(number + most, bisect_left(self._entered, until, number))]

    def at(self, number: int) -> list[Wanted]:
        """Return what is wanted at the open of a numbered bar, strongest first, then by column."""
        tenths = self._scores.tenths[self._entered[number] - 1]
        found = [Wanted(column, int(tenths[column])) for column in self.columns(number)]
        return sorted(found, key=lambda each: -each.tenths)

    def columns(self, number: int) -> list[int]:
        """Return the columns of the symbols that are wanted at the open of a numbered bar."""
        return self._columns[self._places[number] : self._places[number + 1]]

    def stop(self, bar: int, column: int) -> float | None:
        """Return the distance of the stop that the score before a bar wants, None where it wants none of its own."""
        if self._scores.stop is None:
            return None
        distance = float(self._scores.stop[bar - 1, column])
        return distance if np.isfinite(distance) and distance > 0 else None

    def next_sale(self, column: int, bar: int) -> int | None:
        """Return the first bar, from one on, whose score speaks for a sale that can be acted on; None without one."""
        sold = self._sold[column]
        for place in range(int(sold.searchsorted(bar)), len(sold)):
            found = int(sold[place])
            if self.sells(column, found):
                return found
        return None

    def sells(self, column: int, bar: int) -> bool:
        """Tell whether a bar's score speaks for a sale, and its session has no next bar or the symbol trades in it."""
        if self._scores.tenths[bar, column] > self._sells_at or not np.isfinite(self._bars.close[bar, column]):
            return False
        return self._timeline.is_last(bar) or bool(np.isfinite(self._bars.open[bar + 1, column]))


def _may_enter(timeline: Timeline, rules: DeskRules, strategy: Strategy) -> NDArray[np.bool_]:
    """Tell at the open of which bars an entry may leave after the bar before, by hours and the calendar."""
    count = len(timeline.starts)
    allowed = np.zeros(count, bool)
    if count < 2:  # noqa: PLR2004 (one bar has none before)
        return allowed
    delay = int(rules.delay.total_seconds())
    left = timeline.seconds_left - delay
    closed = timeline.closes_at[:-1]
    allowed[1:] = timeline.session[1:] == timeline.session[:-1]
    allowed &= left > int(rules.last_entry.total_seconds())
    if rules.flat_before is not None:
        allowed &= left > int(rules.flat_before.total_seconds())
    allowed[1:] &= (closed >= _second(strategy.hours.first)) & (closed <= _second(strategy.hours.last))
    return allowed


def _second(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second
