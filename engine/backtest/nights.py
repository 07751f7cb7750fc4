"""What bad nights cost by the bars of a history, for a desk that limits its overnight risk."""

from collections.abc import Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.backtest.timeline import Timeline
from engine.model.market import BarHistory
from engine.model.overnight import NightLoss, Outlook
from engine.risk.overnight import night_loss

SESSIONS = 504
"""How far back nights are looked at: two years of sessions."""


class RecordedNights:
    """Each symbol's bad nights as they were known on a day."""

    def __init__(self, bars: BarHistory, timeline: Timeline) -> None:
        self._bars = bars
        self._timeline = timeline
        self._session = -1
        self._known: Mapping[str, NightLoss] = {}

    def before(self, bar: int) -> Outlook:
        """Return what the sessions before a bar's own tell."""
        session = int(self._timeline.session[bar])
        if session != self._session:
            opens, closes = self._days
            days = slice(max(0, session - SESSIONS), session)
            found = {
                symbol: night_loss(opens[days, column], closes[days, column])
                for column, symbol in enumerate(self._bars.symbols)
            }
            self._session = session
            self._known = {symbol: loss for symbol, loss in found.items() if loss is not None}
        return Outlook(nights=self._known)

    @cached_property
    def _days(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The first open and the last close of each session, shape (sessions, symbols)."""
        shape = len(self._timeline.firsts), len(self._bars.symbols)
        opens, closes = np.full(shape, np.nan), np.full(shape, np.nan)
        for number, (first, last) in enumerate(zip(self._timeline.firsts, self._timeline.lasts, strict=True)):
            there = np.isfinite(self._bars.close[first : last + 1])
            columns = np.flatnonzero(there.any(axis=0))
            begins, ends = there[:, columns].argmax(axis=0), len(there) - 1 - there[::-1, columns].argmax(axis=0)
            opens[number, columns] = self._bars.open[first + begins, columns]
            closes[number, columns] = self._bars.close[first + ends, columns]
        return opens, closes
