import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol

import structlog

from engine.adapters.alpaca.client import AlpacaAccess, AlpacaClient
from engine.adapters.alpaca.error_mapping import NONSENSE, reading
from engine.errors import BrokerUnavailable
from engine.model.market import EXCHANGE_ZONE, Session, TradingDay, exchange_date
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock

log = structlog.get_logger()

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


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarHours:
    """What Alpaca said of the dates from `first` to `last`; one that is not among the days is closed."""

    first: date
    last: date
    days: Mapping[date, TradingDay]


class AlpacaCalendar:
    """The port Calendar: Alpaca's hours for the dates that were read, an offline calendar's for all others.

    Nothing is read when a question is asked: `refresh` reads, at the start and once a day, and what it read stays in
    the cache for a start at which Alpaca is not reached.
    """

    def __init__(self, access: AlpacaAccess, clock: Clock, offline: Calendar, cache: Cache) -> None:
        self._clock = clock
        self._offline = offline
        self._cache = cache
        self._wire = AlpacaClient(access.trading, "v2", access)
        self._read_on: date | None = None
        self._hours: CalendarHours | None = self._kept()

    def stop(self) -> None:
        """Close the connections."""
        self._wire.stop()

    def refresh(self) -> None:
        """Read the hours of the last month and the coming year, unless that was done today in New York.

        Raises BrokerUnavailable, and keeps what it had.
        """
        today = exchange_date(self._clock.now())
        if self._read_on == today:
            return
        first, last = today - BEFORE, today + AHEAD
        with reading(BrokerUnavailable):
            rows = self._wire.read("/calendar", {"start": first.isoformat(), "end": last.isoformat()})
            self._hours = _hours_of(first, last, rows)
        self._cache.put(KEY, json.dumps({"first": first.isoformat(), "last": last.isoformat(), "rows": rows}))
        self._read_on = today

    def day(self, on: date) -> TradingDay | None:
        """Return the hours of a date in exchange time, None when the exchange is shut."""
        hours = self._hours  # one look: another thread may be reading them afresh
        if hours is not None and hours.first <= on <= hours.last:
            return hours.days.get(on)
        return self._offline.day(on)

    def session(self, at: datetime) -> Session:
        """Tell which session an instant falls into."""
        day = self.day(exchange_date(at))
        return Session.CLOSED if day is None else day.session(at)

    def next_open(self, after: datetime) -> datetime:
        """Return the next start of regular trading later than an instant."""
        on = exchange_date(after)
        while (day := self.day(on)) is None or day.open <= after:
            on += timedelta(days=1)
        return day.open

    def _kept(self) -> CalendarHours | None:
        kept = self._cache.get(KEY)
        if kept is None:
            return None
        try:
            read = json.loads(kept)
            return _hours_of(date.fromisoformat(read["first"]), date.fromisoformat(read["last"]), read["rows"])
        except NONSENSE as error:
            log.warning("kept_calendar_not_read", error=repr(error))
            return None


def _hours_of(first: date, last: date, rows: Any) -> CalendarHours:
    """Read the rows of all dates from `first` to `last`."""
    days = dict(_day_of(row) for row in rows)
    open_days = [first, *sorted(on for on in days if first <= on <= last), last]
    if any(later - earlier > LONGEST_GAP for earlier, later in itertools.pairwise(open_days)):
        raise ValueError("a calendar with a week or more without trading")
    return CalendarHours(first=first, last=last, days=days)


def _day_of(row: Any) -> tuple[date, TradingDay]:
    """Read a row, whose times are the exchange's and name no zone; a half-day's extended hours end at 17:00."""
    on = date.fromisoformat(row["date"])
    opening, close = time.fromisoformat(row["open"]), time.fromisoformat(row["close"])
    hours = (PRE, opening, close, POST if close >= WHOLE_DAY_CLOSE else HALF_DAY_POST)
    pre, begins, ends, post = (datetime.combine(on, hour, EXCHANGE_ZONE).astimezone(UTC) for hour in hours)
    if not pre < begins < ends < post:
        raise ValueError(f"hours out of order: {row}")
    return on, TradingDay(pre=pre, open=begins, close=ends, post=post)
