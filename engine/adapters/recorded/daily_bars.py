"""Recorded days as daily bars; unlike the paths inside the days, all of it is real."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from engine.adapters.recorded.files import RecordedDay
from engine.model.market import BarHistory, TradingDay


def recorded_daily_bars(
    recorded: Mapping[str, Mapping[date, RecordedDay]], symbols: Sequence[str], days: Mapping[date, TradingDay]
) -> BarHistory:
    """Return the bars of some days, in their order, NaN where a symbol was not recorded."""
    values = np.full((5, len(days), len(symbols)), np.nan)
    for row, on in enumerate(days):
        for column, symbol in enumerate(symbols):
            day = recorded.get(symbol, {}).get(on)
            if day is not None:
                prices = (day.open, day.high, day.low, day.close)
                values[:, row, column] = (*(cents / 100 for cents in prices), day.volume)
    starts = np.array([int(hours.open.timestamp()) for hours in days.values()], dtype=np.int64)
    return BarHistory.of(symbols, starts, values)
