"""Daily bars at Alpaca: many symbols a request, in pages, adjusted for splits."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from engine.adapters.alpaca.orders import instant
from engine.model.market import BarHistory, TradingDay, exchange_date

FIELDS = "ohlcv"

Pages = Callable[..., Sequence[Any]]
"""Reads all pages of the bars of some symbols, from `start` to `end`, of a `timeframe`."""


def read_daily_bars(
    read: Pages, chunks: Sequence[Sequence[str]], symbols: tuple[str, ...], days: Mapping[date, TradingDay]
) -> BarHistory:
    """Return the bars of some days, in their order; what Alpaca has of other days is left out."""
    values = np.full((len(FIELDS), len(days), len(symbols)), np.nan)
    rows = {on: row for row, on in enumerate(days)}
    columns = {symbol: column for column, symbol in enumerate(symbols)}
    span = {"start": min(days).isoformat(), "end": (max(days) + timedelta(days=1)).isoformat()} if days else {}
    for page in (page for chunk in (chunks if days else ()) for page in read(chunk, timeframe="1Day", **span)):
        for symbol, bar in ((symbol, bar) for symbol, bars in page.items() for bar in bars):
            row = rows.get(exchange_date(instant(bar["t"])))  # a daily bar begins with midnight in New York
            if row is not None and symbol in columns:
                values[:, row, columns[symbol]] = [float(bar[name]) for name in FIELDS]
    starts = np.array([int(hours.open.timestamp()) for hours in days.values()], dtype=np.int64)
    return BarHistory.of(symbols, starts, values)
