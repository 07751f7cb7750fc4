"""Bars that were fetched, kept in a folder: a Parquet file for each symbol and year, with what is known of it.

    bars/AAPL/2024.parquet    symbol, start, open, high, low, close, volume; one bar a row, oldest first

A file says from which day to which it was asked for, so that a day without a bar is not asked for again, where it is
from, and on which day its prices were adjusted for splits.
"""

import io
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from engine.adapters.bar_files import COLUMNS
from engine.adapters.files import PRIVATE_FOLDER, replace_bytes
from engine.errors import SettingsInvalid
from engine.model.market import EXCHANGE_ZONE, BarHistory

NAME = re.compile(r"[A-Z][A-Z0-9]*(?:[.-][A-Z0-9]+)*")
"""A symbol as it may be the name of a folder."""
YEAR = re.compile(r"(20\d\d)\.parquet")
ABOUT = b"trading_bot.bars"
"""The key of a file's metadata under which stands what is known of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """What a file's bars are: from `source`, of so many seconds, asked for from `first` to `last`, split-adjusted."""

    source: str
    bar_seconds: int
    first: date
    last: date
    adjusted_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptBars:
    """A symbol's bars of a part of a year; `starts` in POSIX seconds, shape (bars,), `values` (5, bars) as in a bar."""

    about: About
    starts: NDArray[np.int64]
    values: NDArray[np.float64]


class BarStore:
    """Keeps bars in a folder. What it reads raises SettingsInvalid where a file is none of its own."""

    FOLDER: ClassVar = "bars"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def symbols(self) -> tuple[str, ...]:
        """List what is kept, in the order of the alphabet."""
        if not self.folder.is_dir():
            return ()
        return tuple(sorted(path.name for path in self.folder.iterdir() if path.is_dir() and self._years(path)))

    def years(self, symbol: str) -> tuple[int, ...]:
        """List the years of which something is kept, oldest first."""
        return self._years(self._path(symbol))

    def read(self, symbol: str, year: int) -> KeptBars | None:
        """Return what is kept of a year, None for nothing."""
        path = self._path(symbol) / f"{year}.parquet"
        if not path.exists():
            return None
        import pyarrow as pa
        from pyarrow import parquet

        try:
            table = parquet.read_table(path)
            about = _about(json.loads((table.schema.metadata or {})[ABOUT]))
            starts = table["start"].cast(pa.timestamp("s", "UTC")).cast(pa.int64()).to_numpy()
            values = np.stack([table[name].cast(pa.float64()).to_numpy() for name in COLUMNS[2:]])
        except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
            raise SettingsInvalid(
                f"{path} is no file of bars of this bot's, or is damaged; move it away and fetch it again"
            ) from error
        if not (np.diff(starts) > 0).all() or not np.isfinite(values).all():
            raise SettingsInvalid(f"{path} has bars out of order, or none; move it away and fetch it again")
        return KeptBars(about=about, starts=starts, values=values)

    def about(self, symbol: str) -> tuple[About, ...]:
        """Return what is known of each of a symbol's files, oldest first."""
        kept = (self.read(symbol, year) for year in self.years(symbol))
        return tuple(each.about for each in kept if each is not None)

    def write(self, symbol: str, year: int, kept: KeptBars) -> None:
        """Keep a year in the place of what was kept of it; raises OSError, and then what was kept is kept still."""
        import pyarrow as pa
        from pyarrow import parquet

        columns: dict[str, Any] = {
            "symbol": pa.array([symbol] * len(kept.starts), pa.string()),
            "start": pa.array(kept.starts, pa.int64()).cast(pa.timestamp("s", "UTC")),
        }
        columns |= {name: pa.array(part) for name, part in zip(COLUMNS[2:], kept.values, strict=True)}
        about = json.dumps({name: value if isinstance(value, int) else str(value) for name, value in _plain(kept)})
        table = pa.table(columns).replace_schema_metadata({ABOUT: about})
        content = io.BytesIO()
        parquet.write_table(table, content, compression="zstd")
        path = self._path(symbol)
        path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        replace_bytes(path / f"{year}.parquet", content.getvalue())

    def history(self, symbols: Sequence[str], slots: NDArray[np.int64]) -> BarHistory:
        """Return the bars of slots, POSIX seconds in their order; NaN where none is kept."""
        values = np.full((len(COLUMNS) - 2, len(slots), len(symbols)), np.nan)
        years = {year_of(int(start)) for start in slots[[0, -1]]} if len(slots) else set()
        for column, symbol in enumerate(symbols):
            for year in self.years(symbol):
                kept = self.read(symbol, year) if years and min(years) <= year <= max(years) else None
                if kept is not None and len(kept.starts):
                    rows = np.searchsorted(slots, kept.starts)
                    found = rows < len(slots)
                    found[found] = slots[rows[found]] == kept.starts[found]
                    values[:, rows[found], column] = kept.values[:, found]
        return BarHistory.of(tuple(symbols), slots, values)

    def _path(self, symbol: str) -> Path:
        if not NAME.fullmatch(symbol):
            raise SettingsInvalid(f"--symbols {symbol}: expected symbols such as AAPL or BRK.B")
        return self.folder / symbol

    @staticmethod
    def _years(path: Path) -> tuple[int, ...]:
        found = (YEAR.fullmatch(each.name) for each in path.iterdir()) if path.is_dir() else ()
        return tuple(sorted(int(year[1]) for year in found if year))


def year_of(start: int) -> int:
    """Return the exchange's year of a POSIX second."""
    return datetime.fromtimestamp(start, EXCHANGE_ZONE).year


def _plain(kept: KeptBars) -> Sequence[tuple[str, Any]]:
    return tuple(asdict(kept.about).items())


def _about(read: Any) -> About:
    days = {name: date.fromisoformat(read[name]) for name in ("first", "last", "adjusted_on")}
    return About(source=str(read["source"]), bar_seconds=int(read["bar_seconds"]), **days)
