"""Reads the recorded days and the headlines; README.md says where they come from."""

import csv
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files
from math import ceil, floor

from engine.model.market import Headline

RECORDED = files("engine.adapters.recorded")


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedDay:
    """A symbol's day as recorded, in whole cents; the extremes are cut to cents inside."""

    previous: int
    open: int
    high: int
    low: int
    close: int
    volume: int


@lru_cache(maxsize=1)
def recorded_days() -> Mapping[str, Mapping[date, RecordedDay]]:
    """Return every recorded day, by symbol and date, oldest first."""
    days: dict[str, dict[date, RecordedDay]] = {}
    previous: dict[str, int] = {}
    text = gzip.decompress((RECORDED / "prices.csv.gz").read_bytes()).decode()
    for row in csv.DictReader(text.splitlines()):
        symbol = row["symbol"]
        low, high = ceil(float(row["low"]) * 100), floor(float(row["high"]) * 100)
        opened, close = (min(max(round(float(row[name]) * 100), low), high) for name in ("open", "close"))
        days.setdefault(symbol, {})[date.fromisoformat(row["date"])] = RecordedDay(
            previous=previous.get(symbol, opened),
            open=opened,
            high=high,
            low=low,
            close=close,
            volume=int(row["volume"]),
        )
        previous[symbol] = close
    return days


def recorded_headlines() -> tuple[Headline, ...]:
    """Return every headline, oldest first."""
    rows = json.loads((RECORDED / "headlines.json").read_text(encoding="utf-8"))
    return tuple(
        Headline(
            id=row["id"],
            at=datetime.fromisoformat(row["at"]),
            symbols=tuple(row["symbols"]),
            text=row["text"],
            source=row["source"],
        )
        for row in rows
    )
