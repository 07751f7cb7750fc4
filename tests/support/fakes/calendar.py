from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from engine.model.market import Session, TradingDay

NEW_YORK = ZoneInfo("America/New_York")


class WeekdayCalendar:
    """An exchange that keeps ordinary hours from Monday to Friday, and no holidays."""

    def day(self, on: date) -> TradingDay | None:
        return _day(on)

    def session(self, at: datetime) -> Session:
        day = self.day(at.astimezone(NEW_YORK).date())
        return Session.CLOSED if day is None else day.session(at)

    def refresh(self) -> None:
        """Do nothing: it asks nobody."""

    def next_open(self, after: datetime) -> datetime:
        on = after.astimezone(NEW_YORK).date()
        while (day := self.day(on)) is None or day.open <= after:
            on += timedelta(days=1)
        return day.open


@cache
def _day(on: date) -> TradingDay | None:
    """Return a day's hours, worked out once: a desk asks again and again for the same few weeks."""
    if on.isoweekday() > 5:
        return None
    hours = (time(4), time(9, 30), time(16), time(20))
    pre, opening, close, post = (datetime.combine(on, hour, NEW_YORK).astimezone(UTC) for hour in hours)
    return TradingDay(pre=pre, open=opening, close=close, post=post)
