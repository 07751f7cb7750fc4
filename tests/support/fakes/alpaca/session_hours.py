"""When the fake's exchange is open, and its clock and calendar in JSON."""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from engine.model.market import Session, TradingDay
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from tests.support.fakes.alpaca.orders import Json

NEW_YORK: Final = ZoneInfo("America/New_York")


class Hours:
    """The exchange's hours by a clock and a calendar, unless a test opens or closes the market by hand."""

    def __init__(self, clock: Clock, calendar: Calendar) -> None:
        self.by_hand: Session | None = None
        self._clock = clock
        self._calendar = calendar

    def now(self) -> datetime:
        return self._clock.now()

    def session(self) -> Session:
        return self.by_hand or self._calendar.session(self.now())

    def next_close(self, *, extended: bool = False) -> datetime:
        """Return when regular trading ends next, or the extended one after it."""
        on = self.now().astimezone(NEW_YORK).date()
        while (day := self._calendar.day(on)) is None or (day.post if extended else day.close) <= self.now():
            on += timedelta(days=1)
        return day.post if extended else day.close

    def clock(self) -> Json:
        moments = {
            "timestamp": self.now(),
            "next_open": self._calendar.next_open(self.now()),
            "next_close": self.next_close(),
        }
        told = {name: at.astimezone(NEW_YORK).isoformat() for name, at in moments.items()}
        return told | {"is_open": self.session() is Session.REGULAR}

    def calendar(self, start: date, end: date) -> list[Json]:
        dates = [start + timedelta(days=number) for number in range((end - start).days + 1)]
        days = {on: self._calendar.day(on) for on in dates}
        return [self._told(on, day) for on, day in days.items() if day is not None]

    def _told(self, on: date, day: TradingDay) -> Json:
        pre, opening, close, post = (at.astimezone(NEW_YORK) for at in (day.pre, day.open, day.close, day.post))
        return {
            "date": on.isoformat(),
            "open": f"{opening:%H:%M}",
            "close": f"{close:%H:%M}",
            "session_open": f"{pre:%H%M}",
            "session_close": f"{post:%H%M}",
            "settlement_date": self._next_day(on).isoformat(),
        }

    def _next_day(self, on: date) -> date:
        on += timedelta(days=1)
        while self._calendar.day(on) is None:
            on += timedelta(days=1)
        return on
