"""Daily bars at Alpaca: many symbols a request, in pages, adjusted for splits."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from engine.adapters.alpaca.orders import instant
from engine.model.market import BarHistory, TradingDay, exchange_date

FIELDS = "ohlcv"
PAGE = 10_000
MOST_PAGES = 1_000

Ask = Callable[..., Any]
"""Asks a path for symbols, with parameters by name."""


def read_daily_bars(
    ask: Ask, chunks: Sequence[Sequence[str]], symbols: tuple[str, ...], days: Mapping[date, TradingDay]
) -> BarHistory:
    """Return the bars of some days, in their order; what Alpaca has of other days is left out."""
    values = np.full((len(FIELDS), len(days), len(symbols)), np.nan)
    rows = {on: row for row, on in enumerate(days)}
    columns = {symbol: column for column, symbol in enumerate(symbols)}
    for chunk in chunks if days else ():
        for symbol, bar in _pages(ask, chunk, min(days), max(days)):
            row = rows.get(exchange_date(instant(bar["t"])))  # a daily bar begins with midnight in New York
            if row is not None and symbol in columns:
                values[:, row, columns[symbol]] = [float(bar[name]) for name in FIELDS]
    opened, high, low, close, volume = values
    starts = np.array([int(hours.open.timestamp()) for hours in days.values()], dtype=np.int64)
    return BarHistory(symbols=symbols, starts=starts, open=opened, high=high, low=low, close=close, volume=volume)


def _pages(ask: Ask, symbols: Sequence[str], first: date, last: date) -> Iterator[tuple[str, Mapping[str, Any]]]:
    params: dict[str, str | int] = {
        "start": first.isoformat(),
        "end": (last + timedelta(days=1)).isoformat(),
        "timeframe": "1Day",
        "adjustment": "split",
        "limit": PAGE,
    }
    page: dict[str, str] = {}
    for _ in range(MOST_PAGES):
        answer = ask("/stocks/bars", symbols, **params, **page)
        for symbol, bars in (answer.get("bars") or {}).items():
            yield from ((symbol, bar) for bar in bars)
        if not answer.get("next_page_token"):
            return
        page = {"page_token": answer["next_page_token"]}
    raise ValueError(f"more than {MOST_PAGES} pages of daily bars")
