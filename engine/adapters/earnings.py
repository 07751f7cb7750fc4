"""The dates of earnings from a CSV file that somebody keeps: columns symbol and date, one line each."""

import csv
import re
import threading
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from engine.errors import EarningsUnavailable

COLUMNS = ("symbol", "date")
SYMBOL = re.compile(r"[A-Z][A-Z0-9./-]{0,11}")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
SHOWN = 3
"""Bad lines that are named; the rest is counted."""
MOST_BYTES = 10_000_000


class BadLines(ValueError):
    """Lines that make no sense; `line` is the first of them."""

    def __init__(self, problem: str, line: int) -> None:
        super().__init__(problem)
        self.line = line


Dates = Mapping[str, tuple[date, ...]]


class NoEarningsDates:
    """The port EarningsDates where nobody keeps any: none is known."""

    def next_date(self, symbol: str, on: date) -> date | None:
        """Know no date."""
        del symbol, on
        return None


class EarningsFile:
    """The port EarningsDates on a CSV file, which is read again whenever it has changed.

    A file with a bad line gives no date at all: what stands on that line may be the date that matters.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reading = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._dates: Dates = {}
        self._problem: BadLines | None = None

    def next_date(self, symbol: str, on: date) -> date | None:
        """Return the first date of a symbol's earnings on or after a day, None where the file has none."""
        dates = self._now().get(symbol, ())
        place = bisect_left(dates, on)
        return dates[place] if place < len(dates) else None

    def _now(self) -> Dates:
        with self._reading:
            try:
                self._read_if_changed()
            except (OSError, ValueError) as error:
                self._seen = None
                raise EarningsUnavailable(_said(error), file=self._path.name) from error
            if self._problem:
                raise EarningsUnavailable(str(self._problem), file=self._path.name, line=self._problem.line)
            return self._dates

    def _read_if_changed(self) -> None:
        found = self._path.stat()
        seen = (found.st_mtime_ns, found.st_size, found.st_ino)
        if seen == self._seen:
            return
        if found.st_size > MOST_BYTES:
            raise ValueError(f"expected at most {MOST_BYTES // 1_000_000} MB")
        self._problem = None
        text = self._path.read_bytes().decode("utf-8-sig")
        try:
            self._dates = dates_of(text)
        except BadLines as error:
            self._problem = error
        self._seen = seen


def dates_of(text: str) -> Dates:
    """Return the dates of each symbol, earliest first; raises BadLines."""
    dates: dict[str, set[date]] = {}
    wrong = list[tuple[int, str]]()
    for line, row in _rows(text):
        try:
            symbol, on = _entry(row)
        except ValueError as error:
            wrong.append((line, str(error)))
        else:
            dates.setdefault(symbol, set()).add(on)
    if wrong:
        more = f"; and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        told = "; ".join(f"line {line}: {problem}" for line, problem in wrong[:SHOWN])
        raise BadLines(told + more, wrong[0][0])
    return {symbol: tuple(sorted(days)) for symbol, days in dates.items()}


def _rows(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Return each line that says something, with its number, by its columns."""
    reader = csv.reader(text.splitlines(), strict=True)
    names: list[str] | None = None
    try:
        for cells in reader:
            row = [cell.strip() for cell in cells]
            if not any(row):
                continue
            if names is None:
                names = _header([cell.lower() for cell in row], reader.line_num)
            else:
                yield reader.line_num, dict(zip(names, row, strict=False))
    except csv.Error as error:
        raise BadLines(f"line {reader.line_num}: no CSV ({error})", reader.line_num) from error
    if names is None:
        raise BadLines("line 1: expected the columns symbol,date", 1)


def _header(names: list[str], line: int) -> list[str]:
    if not set(COLUMNS) <= set(names):
        raise BadLines(f"line {line}: expected the columns symbol,date", line)
    return names


def _entry(row: Mapping[str, str]) -> tuple[str, date]:
    symbol, day = row.get("symbol", "").upper(), row.get("date", "")
    if not SYMBOL.fullmatch(symbol):
        raise ValueError(f"expected a symbol such as AAPL, not '{symbol[:20]}'")
    try:
        if DATE.fullmatch(day):
            return symbol, date.fromisoformat(day)
    except ValueError:
        pass  # a day that no month has
    raise ValueError(f"expected a date such as 2026-01-29, not '{day[:20]}'")


def _said(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "expected UTF-8 text"
    return (error.strerror or "cannot be read") if isinstance(error, OSError) else str(error)
