"""The dates of earnings from a CSV file that somebody keeps: one line each with symbol, date and, if known, when."""

import csv
import re
import threading
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from engine.errors import EarningsUnavailable
from engine.model.overnight import EarningsDay, EarningsTime

COLUMNS = ("symbol", "date")
SYMBOL = re.compile(r"[A-Z][A-Z0-9./-]{0,11}")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
SHOWN = 3
"""Bad lines that are named; the rest is counted."""
MOST_BYTES = 10_000_000


class BadLines(ValueError):
    """Lines that make no sense; `line` is the first of them, 0 where the whole file makes none."""

    def __init__(self, problem: str, line: int) -> None:
        super().__init__(problem)
        self.line = line


Dates = Mapping[str, tuple[EarningsDay, ...]]


class NoEarningsDates:
    """The port EarningsDates where nobody keeps any: none is known."""

    def upcoming(self, symbol: str, on: date) -> tuple[EarningsDay, ...]:
        """Know no date."""
        del symbol, on
        return ()

    def check(self) -> None:
        """Find nothing wrong."""


class EarningsFile:
    """The port EarningsDates on a CSV file, which is read again whenever it has changed.

    While a line of it is bad, the dates that were read last still hold. Without such, as after a restart, it gives no
    date at all: what stands on that line may be the date that matters. A file that is gone gives none either.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reading = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._dates: Dates | None = None
        self._problem: BadLines | None = None

    def upcoming(self, symbol: str, on: date) -> tuple[EarningsDay, ...]:
        """Return a symbol's days of earnings on or after a day, earliest first."""
        with self._reading:
            self._read()
            if self._dates is None:
                self._raise_problem()
            return tuple(day for day in (self._dates or {}).get(symbol, ()) if day.on >= on)

    def check(self) -> None:
        """Raise EarningsUnavailable while the file, as it is now, cannot be read."""
        with self._reading:
            self._read()
            self._raise_problem()

    def _raise_problem(self) -> None:
        if self._problem:
            kept = self._dates is not None
            raise EarningsUnavailable(str(self._problem), file=self._path.name, line=self._problem.line, kept=kept)

    def _read(self) -> None:
        try:
            self._read_if_changed()
        except OSError as error:
            self._seen = None
            raise EarningsUnavailable(error.strerror or "cannot be read", file=self._path.name) from error

    def _read_if_changed(self) -> None:
        found = self._path.stat()
        seen = (found.st_mtime_ns, found.st_size, found.st_ino)
        if seen == self._seen:
            return
        try:
            self._dates, self._problem = dates_of(self._text(found.st_size)), None
        except BadLines as error:
            self._problem = error
        self._seen = seen

    def _text(self, size: int) -> str:
        if size > MOST_BYTES:
            raise BadLines(f"expected at most {MOST_BYTES // 1_000_000} MB", 0)
        try:
            return self._path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise BadLines("expected UTF-8 text", 0) from error


def dates_of(text: str) -> Dates:
    """Return the dates of each symbol, earliest first; raises BadLines."""
    dates: dict[str, set[EarningsDay]] = {}
    wrong = list[tuple[int, str]]()
    for line, row in _rows(text):
        try:
            symbol, day = _entry(row)
        except ValueError as error:
            wrong.append((line, str(error)))
        else:
            dates.setdefault(symbol, set()).add(day)
    if wrong:
        more = f"; and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        told = "; ".join(f"line {line}: {problem}" for line, problem in wrong[:SHOWN])
        raise BadLines(told + more, wrong[0][0])
    return {symbol: tuple(sorted(days, key=lambda day: (day.on, day.when))) for symbol, days in dates.items()}


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


def _entry(row: Mapping[str, str]) -> tuple[str, EarningsDay]:
    symbol, day, when = row.get("symbol", "").upper(), row.get("date", ""), row.get("when", "").lower()
    if not SYMBOL.fullmatch(symbol):
        raise ValueError(f"expected a symbol such as AAPL, not '{symbol[:20]}'")
    if when not in set(EarningsTime):
        raise ValueError(f"expected before, after or nothing, not '{when[:20]}'")
    try:
        if DATE.fullmatch(day):
            return symbol, EarningsDay(on=date.fromisoformat(day), when=EarningsTime(when))
    except ValueError:
        pass  # a day that no month has
    raise ValueError(f"expected a date such as 2026-01-29, not '{day[:20]}'")
