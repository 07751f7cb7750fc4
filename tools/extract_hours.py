"""Makes `engine/adapters/hours.json` again from `pandas_market_calendars`: `python -m tools.extract_hours`."""

import json
import warnings
from datetime import UTC, date, timedelta
from pathlib import Path

import pandas as pd
import pandas_market_calendars as markets

from engine.adapters.calendar import HOURS, SATURDAY, USUAL, YEARS
from engine.model.market import EXCHANGE_ZONE, TradingDay

COLUMNS = ("pre", "market_open", "market_close", "post")
TARGET = Path(str(HOURS))


def days() -> dict[date, TradingDay]:
    """Return every day on which the package has the exchange open."""
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


def text() -> str:
    """Return the file: the weekdays on which the exchange is shut, and the days with hours of their own."""
    known = days()
    first, last = date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)
    every = (first + timedelta(days=number) for number in range((last - first).days + 1))
    shut = [str(on) for on in every if on.weekday() < SATURDAY and on not in known]
    told = {str(on): _in_new_york(day) for on, day in known.items()}
    return json.dumps({"shut": shut, "other": {on: hours for on, hours in told.items() if hours != USUAL}}, indent=1)


def _in_new_york(day: TradingDay) -> str:
    return " ".join(f"{at.astimezone(EXCHANGE_ZONE):%H:%M}" for at in (day.pre, day.open, day.close, day.post))


if __name__ == "__main__":
    TARGET.write_text(text() + "\n", encoding="utf-8")
