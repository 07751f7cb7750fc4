from datetime import date, timedelta

from engine.ports.calendar import Calendar


def trading_days(calendar: Calendar, after: date, until: date, *, most: int) -> int:
    """Count the days of trading later than a date and not later than another, no further than `most`."""
    count = 0
    for number in range(1, (until - after).days + 1):
        if count >= most:
            break
        count += calendar.day(after + timedelta(days=number)) is not None
    return count
