"""Bars from files, CSV or Parquet: the columns symbol, start, open, high, low, close and volume, one bar a row."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.errors import SettingsInvalid
from engine.model.market import BarHistory
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from engine.signals.sheet import BarSheet
from engine.signals.slots import Slots

COLUMNS = ("symbol", "start", "open", "high", "low", "close", "volume")
AS_THEY_ARE: Mapping[str, str] = MappingProxyType({})


class _Row(NamedTuple):
    symbol: str
    start: int
    values: tuple[float, ...]


class BarFiles:
    """The call `bars` of the port Market on files: what they have of regular hours, up to the clock's time.

    They are read once. Prices are taken as they are: adjusted for splits, as every source's. Raises SettingsInvalid,
    with file and line, for what is no bar; a bar that cannot be is refused as of every source, see `BarFlaw`.
    `names` says what the files call a column, where they have another name for it.
    """

    def __init__(
        self,
        files: Sequence[Path],
        clock: Clock,
        calendar: Calendar,
        *,
        bar_seconds: int = 300,
        names: Mapping[str, str] = AS_THEY_ARE,
    ) -> None:
        self._clock = clock
        self._slots = Slots(calendar, bar_seconds)
        self._lines = [line for file in files for line in _read(file, {name: name for name in COLUMNS} | {**names})]

    def symbols(self) -> tuple[str, ...]:
        """List the symbols of the files, in their order."""
        return tuple(dict.fromkeys(line.symbol for line in self._lines))

    def starts(self, symbol: str) -> NDArray[np.int64]:
        """Return when a symbol's bars start, POSIX seconds, oldest first, whether in regular hours or not."""
        return np.unique(np.array([line.start for line in self._lines if line.symbol == symbol], np.int64))

    def bars(self, symbols: Sequence[str], since: datetime) -> BarHistory:
        """Return the closed bars of regular trading since an instant, oldest first."""
        now = self._clock.now()
        sheet = BarSheet(symbols, self._slots.between(since, now), self._slots.bar_seconds)
        wanted, over = set(symbols), now.timestamp() - self._slots.bar_seconds
        for line in self._lines:
            if line.symbol in wanted and line.start <= over:
                sheet.put(*line)
        return sheet.history()


def _read(file: Path, names: Mapping[str, str]) -> Iterator[_Row]:
    if file.suffix == ".parquet":
        yield from _read_parquet(file, names)
        return
    try:
        with file.open(newline="", encoding="utf-8-sig") as text:
            rows = csv.DictReader(text)
            _check(file, rows.fieldnames or (), names)
            for row in rows:
                yield _row(row, f"{file}, line {rows.line_num}", names)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsInvalid(f"{file} cannot be read: {error}") from error


def _read_parquet(file: Path, names: Mapping[str, str]) -> Iterator[_Row]:
    from pyarrow import ArrowInvalid, parquet

    try:
        table = parquet.read_table(file)
        _check(file, table.column_names, names)
        for number, row in enumerate(table.select(list(names.values())).to_pylist(), 1):
            yield _row(row, f"{file}, row {number}", names)
    except (OSError, ArrowInvalid) as error:
        raise SettingsInvalid(f"{file} cannot be read: {error}") from error


def _check(file: Path, columns: Sequence[str], names: Mapping[str, str]) -> None:
    missing = [name for name in names.values() if name not in columns]
    if missing:
        raise SettingsInvalid(f"{file}: there is no column {', '.join(missing)}; expected {','.join(names.values())}")


def _row(row: Mapping[str, Any], where: str, names: Mapping[str, str]) -> _Row:
    symbol = str(row[names["symbol"]] or "").strip().upper()
    if not symbol:
        raise SettingsInvalid(f"{where}: there is no symbol")
    numbers = tuple(_number(row, names[name], where) for name in COLUMNS[2:])
    return _Row(symbol, _start(row[names["start"]], where), numbers)


def _start(given: Any, where: str) -> int:
    try:
        at = given if isinstance(given, datetime) else datetime.fromisoformat(str(given).strip())
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or at.microsecond:
        raise SettingsInvalid(
            f"{where}: start is '{given}'; expected an instant with its time zone, such as 2025-08-19T09:30:00-04:00"
        )
    return int(at.timestamp())


def _number(row: Mapping[str, Any], name: str, where: str) -> float:
    try:
        return float(row[name])
    except (TypeError, ValueError):
        raise SettingsInvalid(f"{where}: {name} is {row[name]!r}; expected a number, such as 150.25") from None
