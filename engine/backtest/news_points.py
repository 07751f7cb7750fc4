"""What the news adds to the scores of past bars: each headline counts from when the live desk would have known it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.model.backtest import BacktestNews
from engine.model.market import BarHistory
from engine.model.signal import Finding
from engine.signals.averages import Whole
from engine.signals.score import news_component
from engine.signals.slots import instant
from engine.signals.stories import counted
from engine.strategies.contract import Scores, Strategy
from engine.strategies.technical_strategy import TechnicalStrategy

READ_WITHIN = timedelta(minutes=1)
"""From a headline's arrival until it counts: the live desk reads the news once a minute."""
JUST_AFTER = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewsPoints:
    """Findings by symbol, oldest first; a finding's `at` is its headline's arrival.

    Each counts for `window`, as it does live. A bar is decided on `after_start` after its start.
    """

    about: BacktestNews
    findings: Mapping[str, tuple[Finding, ...]]
    window: timedelta
    after_start: timedelta

    def added(self, scores: Scores, bars: BarHistory, strategy: Strategy) -> Scores:
        """Return a strategy's scores of bars with the points of the news; where it has none, news alone is none."""
        known = strategy.known(bars) if isinstance(strategy, TechnicalStrategy) else np.isfinite(bars.close)
        return replace(scores, tenths=np.where(known, scores.tenths + self.tenths(bars), 0).astype(np.int8))

    def tenths(self, bars: BarHistory) -> NDArray[np.int8]:
        """Return the points of the news as each bar is decided on, shape (bars, symbols)."""
        found = np.zeros(bars.close.shape, np.int8)
        decided = bars.starts + int(self.after_start.total_seconds())
        for column, symbol in enumerate(bars.symbols):
            for part, tenths in self._stretches(self.findings.get(symbol, ()), decided):
                found[part, column] = tenths
        return found

    def _stretches(self, findings: tuple[Finding, ...], decided: Whole) -> Iterator[tuple[slice, int]]:
        """Yield stretches of bars in which the same findings count, with their points."""
        arrivals = np.array([each.at.timestamp() for each in findings])
        edges = sorted({0, len(decided), *_edges(findings, decided, self.window)})
        for first, end in pairwise(edges):
            now = instant(int(decided[first]))
            known = now - READ_WITHIN
            since = np.searchsorted(arrivals, (now - 2 * self.window).timestamp())
            until = np.searchsorted(arrivals, known.timestamp(), side="right")
            if since < until:
                told = counted(findings[since:until], now, self.window)
                yield slice(first, end), news_component(told).tenths


def _edges(findings: tuple[Finding, ...], decided: Whole, window: timedelta) -> Iterator[int]:
    """Yield the bars with which a headline begins to count, ends, or is forgotten as a story that others retell."""
    for finding in findings:
        for at in (finding.at + READ_WITHIN, finding.at + window + JUST_AFTER, finding.at + 2 * window + JUST_AFTER):
            yield int(np.searchsorted(decided, at.timestamp()))
