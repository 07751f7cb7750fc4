"""The New York Stock Exchange's hours, offline.

Importing `pandas_market_calendars` takes more than a second: only the wiring imports this module.
"""

import warnings
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pandas as pd
import pandas_market_calendars as markets

from engine.model.market import Session, TradingDay

NEW_YORK = ZoneInfo("America/New_York")
YEARS = range(2000, 2051)
"""Where the holiday rules of the package hold; closures decreed later than its release are not in it."""

COLUMNS = ("pre", "market_open", "market_close", "post")


class ExchangeCalendar:
    """The hours of the NYSE: extended trading from 04:00 to 20:00 in New York, to 17:00 on half-days.

    Raises ValueError for a naive instant, and for one outside the years that the calendar knows.
    """

    def day(self, on: date) -> TradingDay | None:
        """Return the hours of a date in exchange time, None when the exchange is shut."""
        if on.year not in YEARS:
            raise ValueError(f"the exchange calendar knows {YEARS[0]} to {YEARS[-1]}, not {on}")
        return _days().get(on)

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


def exchange_date(at: datetime) -> date:
    """Return the date in New York at an aware instant."""
    if at.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {at}")
    return at.astimezone(NEW_YORK).date()


@cache
def _days() -> dict[date, TradingDay]:
    """Return every day of the calendar; the package takes as long for one year as for all of them."""
    with warnings.catch_warnings():
        # The package asks pandas in a way that pandas is about to rename; that is between the two of them.
        warnings.simplefilter("ignore", DeprecationWarning)
        nyse = markets.get_calendar("NYSE")
        hours = nyse.schedule(f"{YEARS[0]}-01-01", f"{YEARS[-1]}-12-31", start="pre", end="post")
    columns = (pd.DatetimeIndex(hours[name], tz=UTC).to_pydatetime() for name in COLUMNS)
    return {
        day.date(): TradingDay(pre=pre, open=opening, close=close, post=post)
        for day, pre, opening, close, post in zip(hours.index, *columns, strict=True)
    }
