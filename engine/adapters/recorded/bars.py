"""The bars of recorded days, cut from the same paths that the demo plays."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from engine.adapters.recorded.files import recorded_days
from engine.adapters.recorded.tape import tape_of
from engine.model.market import BarHistory
from engine.ports.calendar import Calendar
from engine.signals.slots import Slots


def recorded_bars(symbols: Sequence[str], days: Sequence[date], calendar: Calendar, bar_seconds: int) -> BarHistory:
    """Return the bars of symbols on some days of the calendar, NaN where one was not recorded."""
    recorded, slots = recorded_days(), Slots(calendar, bar_seconds)
    starts = [slots.of(on) for on in days]
    values = [np.full((5, len(each), len(symbols)), np.nan) for each in starts]
    for number, on in enumerate(days):
        hours = calendar.day(on)
        for column, symbol in enumerate(symbols):
            day = recorded.get(symbol, {}).get(on)
            if day is not None and hours is not None:
                values[number][:, :, column] = tape_of(symbol, on, day, hours).bars(bar_seconds).T
    if not starts:
        return BarHistory.of(symbols, np.empty(0, np.int64), np.empty((5, 0, len(symbols))))
    return BarHistory.of(symbols, np.concatenate(starts), np.concatenate(values, axis=1))


def recorded_span() -> tuple[date, date]:
    """Return the first and the last recorded day."""
    days = [on for known in recorded_days().values() for on in known]
    return min(days), max(days)
