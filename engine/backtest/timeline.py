"""The sessions that a history's bars belong to, and the instants at which its bars are acted on."""

from datetime import UTC, date, datetime, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from engine.model.market import day_begin, exchange_date
from engine.ports.calendar import Calendar

BEHIND = 5
"""The most hours that New York is behind UTC."""
STOPS, TARGETS, CLOSE = 20, 15, 10
"""Seconds before a bar's end at which its stops, its targets and its close are seen: when they came nobody knows."""


class Timeline:
    """Where bars stand in their sessions; arrays of shape (bars,).

    `session` numbers each bar's session, `seconds_left` is the time from a bar's start to its session's close, and
    `closes_at` that from New York's midnight to the bar's close, both in seconds.
    """

    def __init__(self, starts: NDArray[np.int64], calendar: Calendar, bar_seconds: int) -> None:
        self.starts = starts
        self.bar_seconds = bar_seconds
        cuts = np.flatnonzero(np.diff(starts) != bar_seconds) + 1 if len(starts) else np.empty(0, np.int64)
        self.firsts: NDArray[np.int64] = np.concatenate([np.zeros(min(1, len(starts)), np.int64), cuts])
        self.lasts: NDArray[np.int64] = np.append(cuts - 1, len(starts) - 1)[: len(self.firsts)]
        self.session: NDArray[np.int64] = np.repeat(
            np.arange(len(self.firsts)), np.diff(np.append(self.firsts, len(starts)))
        )
        self.dates: tuple[date, ...] = tuple(map(_date_of, starts[self.firsts].tolist()))
        closes = np.array([_close(calendar, on) for on in self.dates], np.int64)
        self._midnights = np.array([_midnight(on) for on in self.dates], np.int64)
        self._day_starts: dict[int, datetime] = {}
        self._opened: tuple[object, datetime] = None, datetime.min.replace(tzinfo=UTC)
        self.seconds_left: NDArray[np.int64] = closes[self.session] - starts
        self.closes_at: NDArray[np.int64] = starts + bar_seconds - self._midnights[self.session]

    def is_last(self, bar: int) -> bool:
        """Tell whether a bar is the last one of its session."""
        return bool(bar == self.lasts[self.session[bar]])

    def start(self, bar: int) -> datetime:
        """Return when a bar began, aware UTC."""
        return self._instant(bar)

    def opened(self, bar: int, delay: timedelta) -> datetime:
        """Return when what a bar's open brings is done: when the bar before it was read."""
        asked = bar, delay
        if self._opened[0] != asked:  # many ask about one bar in turn
            self._opened = asked, self._instant(bar) + delay
        return self._opened[1]

    def seen(self, bar: int, before_the_end: int) -> datetime:
        """Return when a bar's STOPS, its TARGETS or its CLOSE are seen."""
        return self._instant(bar) + timedelta(seconds=self.after_start(before_the_end))

    def after_start(self, before_the_end: int) -> int:
        """Return the seconds of a bar after which its STOPS, its TARGETS or its CLOSE are seen."""
        return self.bar_seconds - before_the_end

    def day_start(self, bar: int) -> datetime:
        """Return New York's midnight before a bar, aware UTC."""
        session = int(self.session[bar])
        if session not in self._day_starts:
            self._day_starts[session] = datetime.fromtimestamp(int(self._midnights[session]), UTC)
        return self._day_starts[session]

    def _instant(self, bar: int | np.int64) -> datetime:
        return datetime.fromtimestamp(int(self.starts[bar]), UTC)


def _close(calendar: Calendar, on: date) -> int:
    day = calendar.day(on)
    if day is None:
        raise ValueError(f"the exchange is shut on {on}")
    return int(day.close.timestamp())


def _date_of(second: int) -> date:
    """Return the exchange's date, which after five o'clock in the morning is the same in New York as in UTC."""
    at = datetime.fromtimestamp(second, UTC)
    return at.date() if at.hour >= BEHIND else exchange_date(at)


@cache
def _midnight(on: date) -> int:
    return int(day_begin(on).timestamp())
