import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import structlog

from engine.model.market import day_begin
from engine.ports.calendar import Calendar

log = structlog.get_logger()

MARGIN = timedelta(minutes=30)
"""How long before the open and after the close of regular trading a replay's time runs."""
FASTEST = 10_000.0


def boottime() -> float:
    """Return the seconds since the machine started, those asleep too; where no clock counts them, those awake."""
    return time.clock_gettime(_COUNTS_SLEEP)


_COUNTS_SLEEP = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""On Linux only this one goes on in a machine that sleeps; on macOS the monotonic one does."""


class SystemClock:
    """The time as it is."""

    speed = 1.0

    def now(self) -> datetime:
        """Return the time, aware UTC."""
        return datetime.now(UTC)

    def steady(self) -> float:
        """Return real seconds since the machine started."""
        return boottime()


class EndOfDay:
    """A clock that stands at the end of the last day of which bars are to be read, `on`, until it is set to another."""

    speed = 1.0

    def __init__(self, on: date) -> None:
        self.on = on

    def now(self) -> datetime:
        """Return the end of the day in New York, aware UTC."""
        return day_begin(self.on + timedelta(days=1))

    def steady(self) -> float:
        """Return nothing: nobody waits."""
        return 0.0


class ReplayClock:
    """Market time that runs `speed` times as fast as the wall's, and only while there is something to see.

    It runs from half an hour before the open to half an hour after the close of each trading day; nights, weekends and
    holidays are skipped, and each skip is logged. It never goes back, and any thread may ask it. Raises ValueError for
    a naive start, for a speed that is not above 0 and at most 10,000, and once the calendar ends.
    """

    def __init__(
        self,
        start: datetime,
        *,
        speed: float = 60.0,
        calendar: Calendar,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if start.tzinfo is None:
            raise ValueError(f"the start of a replay needs a time zone: {start}")
        if not 0 < speed <= FASTEST:
            raise ValueError(f"the speed of a replay is above 0 and at most {FASTEST:,.0f}, not {speed}")
        self._speed = speed
        self._calendar = calendar
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._since, self._until = self._running(start.astimezone(UTC))
        self._zero = monotonic()  # the wall's reading at `_since`

    @property
    def speed(self) -> float:
        """Market seconds a real second."""
        return self._speed

    def now(self) -> datetime:
        """Return the market's time, aware UTC."""
        with self._lock:
            now = self._reached()
            while now >= self._until:
                self._skip()
                now = self._reached()
            return now

    def steady(self) -> float:
        """Return real seconds since the machine started."""
        return boottime()

    def _reached(self) -> datetime:
        return self._since + timedelta(seconds=(self._monotonic() - self._zero) * self._speed)

    def _skip(self) -> None:
        ended = self._until
        self._zero += (ended - self._since).total_seconds() / self._speed
        self._since, self._until = self._running(ended)
        log.info("replay_skipped", ended=ended.isoformat(), goes_on=self._since.isoformat())

    def _running(self, at: datetime) -> tuple[datetime, datetime]:
        """Return what is left of the running hours at an instant, else the next ones."""
        on = at.date()  # while it runs, the date is the same in UTC and in New York
        while True:
            day = self._calendar.day(on)
            if day is not None and at < day.close + MARGIN:
                return max(at, day.open - MARGIN), day.close + MARGIN
            on += timedelta(days=1)
