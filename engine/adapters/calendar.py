"""The New York Stock Exchange's hours, offline.

They are those of the package `pandas_market_calendars` (MIT licence), kept in a file: to bring in the package and to
ask it takes seconds of every start, and a fifth of the memory. `tools/extract_hours.py` makes the file again.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from engine.model.market import EXCHANGE_ZONE, Session, TradingDay, exchange_date

YEARS = range(2000, 2051)
"""Where the holiday rules of the package hold; closures decreed later than its release are not in it."""

HOURS = files("engine.adapters") / "hours.json"
USUAL = "04:00 09:30 16:00 20:00"
"""Start and end of extended and, between them, of regular trading, in New York."""
SATURDAY = 5


class ExchangeCalendar:
    """The hours of the NYSE: extended trading from 04:00 to 20:00 in New York, to 17:00 on half-days.

    Raises ValueError for a naive instant, and for one outside the years that the calendar knows.
    """

    def day(self, on: date) -> TradingDay | None:
        """Return the hours of a date in exchange time, None when the exchange is shut."""
        if on.year not in YEARS:
            raise ValueError(f"the exchange calendar knows {YEARS[0]} to {YEARS[-1]}, not {on}")
        return _day(on)

    def session(self, at: datetime) -> Session:
        """Tell which session an instant falls into."""
        day = self.day(exchange_date(at))
        return Session.CLOSED if day is None else day.session(at)

    def next_open(self, after: datetime) -> datetime:
        """Return the next start of regular trading later than an instant."""
        on = exchange_date(after)
        while True:
            day = self.day(on)
            if day is not None and day.open > after:
                return day.open
            on += timedelta(days=1)

    def refresh(self) -> None:
        """Do nothing: it asks nobody."""


class _Exceptions(NamedTuple):
    """The weekdays on which the exchange is shut, and those with other hours than the usual."""

    shut: frozenset[str]
    other: Mapping[str, str]


@cache
def _exceptions() -> _Exceptions:
    known = json.loads(HOURS.read_text(encoding="utf-8"))
    return _Exceptions(shut=frozenset(known["shut"]), other=known["other"])


@cache
def _day(on: date) -> TradingDay | None:
    known, name = _exceptions(), on.isoformat()
    if on.weekday() >= SATURDAY or name in known.shut:
        return None
    pre, opening, close, post = (_utc(on, text) for text in known.other.get(name, USUAL).split())
    return TradingDay(pre=pre, open=opening, close=close, post=post)


def _utc(on: date, text: str) -> datetime:
    return datetime.combine(on, time.fromisoformat(text), EXCHANGE_ZONE).astimezone(UTC)
