"""Reads the recorded days and the headlines; README.md says where they come from."""

import csv
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from math import log, sqrt

from engine.model.market import Headline

RECORDED = files("engine.adapters.recorded")


@dataclass(frozen=True, kw_only=True, slots=True)
class Night:
    """From a session's close to the open of the session of `on`, both in whole cents as recorded.

    `deviation` is that of the logarithm of the price over the whole night.
    """

    on: date
    close: int
    open: int
    deviation: float


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedDay:
    """A symbol's session: prices in whole cents, volume in shares, all as recorded.

    The path inside the day is generated, and keeps to `open` and `close` alone, not to `high` and `low`. `deviation` is
    that of the logarithm of the price from the open to the close, by the recorded range. `before` and `after` are
    the nights around it; `previous_close` is None on the first day of the record.
    """

    open: int
    high: int
    low: int
    close: int
    volume: int
    deviation: float
    before: Night
    after: Night
    previous_close: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Row:
    """A line of the file: the date, prices in whole cents, the logarithm of the high over the low, and the volume."""

    on: date
    open: int
    high: int
    low: int
    close: int
    range: float
    volume: int


@lru_cache(maxsize=1)
def recorded_days() -> Mapping[str, Mapping[date, RecordedDay]]:
    """Return every recorded day, by symbol and date, oldest first."""
    rows: dict[str, list[_Row]] = {}
    text = gzip.decompress((RECORDED / "prices.csv.gz").read_bytes()).decode()
    for row in csv.DictReader(text.splitlines()):
        rows.setdefault(row["symbol"], []).append(
            _Row(
                on=date.fromisoformat(row["date"]),
                open=round(float(row["open"]) * 100),
                high=round(float(row["high"]) * 100),
                low=round(float(row["low"]) * 100),
                close=round(float(row["close"]) * 100),
                range=log(float(row["high"]) / float(row["low"])),
                volume=int(row["volume"]),
            )
        )
    return {symbol: _days(days) for symbol, days in rows.items()}


def _days(rows: Sequence[_Row]) -> Mapping[date, RecordedDay]:
    """Return a symbol's days with the nights around them.

    The range tells how much a day moved compared with others. How much that is on the whole the opens and closes tell:
    the square of a day's move is on average the day's variance, in the record as on the path, so the path neither
    trends nor turns more than a random walk does.
    """
    moved = sum(log(row.close / row.open) ** 2 for row in rows) / sum(row.range**2 for row in rows)
    nights = _nights(rows)
    return {
        row.on: RecordedDay(
            open=row.open,
            high=row.high,
            low=row.low,
            close=row.close,
            volume=row.volume,
            deviation=sqrt(moved) * row.range,
            before=nights[number],
            after=nights[number + 1],
            previous_close=rows[number - 1].close if number else None,
        )
        for number, row in enumerate(rows)
    }


def _nights(rows: Sequence[_Row]) -> list[Night]:
    """Return the nights before each day and after the last; the first and the last lead nowhere.

    A night has no range. Its variance is half its own gap's square, for there are nights with news, and half the
    symbol's usual one; on average that is the square of a gap, as it must be.
    """
    closes = [rows[0].open, *(row.close for row in rows)]
    opens = [*(row.open for row in rows), rows[-1].close]
    dates = [*(row.on for row in rows), rows[-1].on + timedelta(days=1)]
    squares = [log(opened / closed) ** 2 for closed, opened in zip(closes, opens, strict=True)]
    usual = sum(squares) / len(squares)
    return [
        Night(on=on, close=closed, open=opened, deviation=sqrt((square + usual) / 2))
        for on, closed, opened, square in zip(dates, closes, opens, squares, strict=True)
    ]


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
