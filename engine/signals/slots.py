"""When the exchange's bars start: one slot after another from each session's open to its close, by the calendar."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from engine.model.market import exchange_date
from engine.ports.calendar import Calendar

SESSIONS = 20
"""Sessions before a bar's own that its score looks back on."""

ONE_DAY = timedelta(days=1)
LONGEST_REST = 31
"""Days after which no session means that the calendar does not reach so far."""


class Slots:
    """The starts of regular trading's bars, POSIX seconds; each bar lies within its session as a whole."""

    def __init__(self, calendar: Calendar, bar_seconds: int) -> None:
        self.bar_seconds = bar_seconds
        self._calendar = calendar

    def between(self, since: datetime, until: datetime) -> NDArray[np.int64]:
        """Return the starts of the bars that start at `since` or later and are over at `until`, oldest first."""
        first, over = since.timestamp(), until.timestamp() - self.bar_seconds
        on, last = exchange_date(since), exchange_date(until)
        days = [self.of(on + ONE_DAY * number) for number in range(max(0, (last - on).days) + 1)]
        starts = np.concatenate(days)
        return starts[(starts >= first) & (starts <= over)]

    def of(self, on: date) -> NDArray[np.int64]:
        """Return the starts of a date's bars; none where the exchange is shut."""
        day = self._calendar.day(on)
        if day is None:
            return np.empty(0, np.int64)
        opens, closes = int(day.open.timestamp()), int(day.close.timestamp())
        return np.arange(opens, closes - self.bar_seconds + 1, self.bar_seconds, dtype=np.int64)

    def last(self, until: datetime) -> int | None:
        """Return the start of the newest bar that is over at an instant, None where the calendar has none."""
        on, over = exchange_date(until), until.timestamp() - self.bar_seconds
        for back in range(LONGEST_REST):
            starts = self.of(on - ONE_DAY * back)
            if len(starts) and starts[0] <= over:
                return int(starts[starts <= over][-1])
        return None

    def opened(self, start: int, before: int = 0) -> datetime:
        """Return when the session of a bar opened, or so many sessions before it, as far as the calendar goes."""
        on, found, missing = exchange_date(instant(start)), instant(start), before + 1
        for back in range(LONGEST_REST + 2 * before):
            starts = self.of(on - ONE_DAY * back)
            if len(starts):
                found, missing = instant(int(starts[0])), missing - 1
            if not missing:
                break
        return found


def instant(second: int) -> datetime:
    """Return a POSIX second as aware UTC."""
    return datetime.fromtimestamp(second, UTC)
