"""Times of day in the desk's time zone as instants, over the changes of its clocks too.

A time that the clocks skip is the moment at which they skip it; one that comes twice is the first of the two. So an
earlier time of day is never a later instant, and turns that meet on paper meet on the clock.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SECOND = timedelta(seconds=1)
ONE_DAY = timedelta(days=1)


def instant_of(on: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Return the instant (aware UTC) of so many minutes after the midnight with which a day begins."""
    wall = datetime.combine(on, time()) + timedelta(minutes=minutes)
    at = wall.replace(tzinfo=zone).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wall:
        return at
    return _skip(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), at, zone)


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """Return the date of an instant in a time zone."""
    return at.astimezone(zone).date()


def _skip(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first second after the clocks were put forward between two instants."""
    old = before.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + timedelta(seconds=(after - before) // SECOND // 2)
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after
