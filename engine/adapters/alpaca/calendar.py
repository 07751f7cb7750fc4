import itertools
import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import structlog

from engine.adapters.alpaca.failures import NONSENSE, reading
from engine.adapters.alpaca.wire import Access, Wire
from engine.errors import BrokerUnavailable
from engine.model.market import Session, TradingDay
from engine.ports import Calendar, Clock

log = structlog.get_logger()

NEW_YORK = ZoneInfo("America/New_York")
KEY = "alpaca-calendar"
BEFORE, AHEAD = timedelta(days=30), timedelta(days=365)
PRE, POST, HALF_DAY_POST = time(4), time(20), time(17)
WHOLE_DAY_CLOSE = time(16)
LONGEST_GAP = timedelta(days=7)


class Cache(Protocol):
    """Keeps texts over a restart."""

    def get(self, key: str) -> str | None:
        """Return a text, None when there is none."""
        ...

    def put(self, key: str, text: str) -> None:
        """Keep a text."""
        ...


class AlpacaCalendar:
    """The port Calendar: Alpaca's hours for the dates that were read, an offline calendar's for all others.

    Nothing is read when a question is asked: `refresh` reads, at the start and once a day, and what it read stays in
    the cache for a start at which Alpaca is not reached.
    """

    def __init__(self, access: Access, clock: Clock, offline: Calendar, cache: Cache) -> None:
        self._clock = clock
        self._offline = offline
        self._cache = cache
        self._wire = Wire(access.trading, "v2", access)
        self._days: dict[date, TradingDay] = {}
        self._known: tuple[date, date] | None = None
        self._load()

    def stop(self) -> None:
        """Close the connections."""
        self._wire.stop()

    def refresh(self) -> None:
        """Read the hours of the last month and the coming year; raises BrokerUnavailable, and keeps what it had."""
        today = self._clock.now().astimezone(NEW_YORK).date()
        first, last = today - BEFORE, today + AHEAD
        with reading(BrokerUnavailable):
            rows = self._wire.read("/calendar", {"start": first.isoformat(), "end": last.isoformat()})
            self._take(first, last, rows)
        self._cache.put(KEY, json.dumps({"first": first.isoformat(), "last": last.isoformat(), "rows": rows}))

    def day(self, on: date) -> TradingDay | None:
        """Return the hours of a date in exchange time, None when the exchange is shut."""
        if self._known is not None and self._known[0] <= on <= self._known[1]:
            return self._days.get(on)
        return self._offline.day(on)

    def session(self, at: datetime) -> Session:
        """Tell which session an instant falls into."""
        day = self.day(at.astimezone(NEW_YORK).date())
        return Session.CLOSED if day is None else day.session(at)

    def next_open(self, after: datetime) -> datetime:
        """Return the next start of regular trading later than an instant."""
        on = after.astimezone(NEW_YORK).date()
        while (day := self.day(on)) is None or day.open <= after:
            on += timedelta(days=1)
        return day.open

    def _load(self) -> None:
        kept = self._cache.get(KEY)
        if kept is None:
            return
        try:
            read = json.loads(kept)
            self._take(date.fromisoformat(read["first"]), date.fromisoformat(read["last"]), read["rows"])
        except NONSENSE as error:
            log.warning("kept_calendar_not_read", error=repr(error))

    def _take(self, first: date, last: date, rows: Any) -> None:
        days = dict(_day_of(row) for row in rows)
        open_days = [first, *sorted(on for on in days if first <= on <= last), last]
        if any(later - earlier > LONGEST_GAP for earlier, later in itertools.pairwise(open_days)):
            raise ValueError("a calendar with a week or more without trading")
        self._days, self._known = days, (first, last)


def _day_of(row: Any) -> tuple[date, TradingDay]:
    """Read a row, whose times are the exchange's and name no zone; a half-day's extended hours end at 17:00."""
    on = date.fromisoformat(row["date"])
    opening, close = time.fromisoformat(row["open"]), time.fromisoformat(row["close"])
    hours = (PRE, opening, close, POST if close >= WHOLE_DAY_CLOSE else HALF_DAY_POST)
    pre, begins, ends, post = (datetime.combine(on, hour, NEW_YORK).astimezone(UTC) for hour in hours)
    if not pre < begins < ends < post:
        raise ValueError(f"hours out of order: {row}")
    return on, TradingDay(pre=pre, open=begins, close=ends, post=post)
