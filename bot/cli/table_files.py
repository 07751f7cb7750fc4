"""Writes the database into files for spreadsheets and notebooks.

Money is text in both formats: an average price has more digits than a file's own decimals keep. Times are UTC with
their zone: ISO 8601 in CSV, timestamps in Parquet.

A spreadsheet takes a CSV's cell that begins with = for a formula, whoever typed it: such a text gets an apostrophe
before it, and so does one that begins with an apostrophe, so that taking the first one away always gives what it was.
Parquet has every text as it was.
"""

import csv
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final
from unicodedata import category, normalize

import pyarrow as pa
import pyarrow.parquet as pq

from engine.errors import SettingsInvalid

ROWS_AT_ONCE: Final = 1_000
SIGNS: Final = frozenset("=+-@'")
"""What a formula begins with, in any width; an apostrophe, so that taking one away always gives what was typed."""
CONTROLS: Final = frozenset("\t\r\n\0")
UNSEEN: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
"""Kinds of characters that nobody sees and a spreadsheet may pass over: controls, joiners, directions, blanks."""
NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    MONEY = "money"
    WHOLE = "whole"
    TIME = "time"


ARROW: Final = {
    Kind.TEXT: pa.string(),
    Kind.MONEY: pa.string(),
    Kind.WHOLE: pa.int64(),
    Kind.TIME: pa.timestamp("us", tz="UTC"),
}


def _columns(**names: str) -> Mapping[str, Kind]:
    """Give each name, in the order written, the kind under which it stands."""
    return {name: Kind(kind) for kind, listed in names.items() for name in listed.split()}


TABLES: Final[Mapping[str, Mapping[str, Kind]]] = {
    "trades": {
        **_columns(
            text="id symbol state", whole="shares", money="stop target sizing_entry sizing_equity sizing_budget"
        ),
        **_columns(time="proposed_at expires_at decided_at", text="decided_by reason"),
        **_columns(whole="filled_shares", money="fill_price", time="filled_at"),
        **_columns(whole="exit_shares", money="exit_price", text="exit_reason", time="closed_at"),
        **_columns(text="source source_by source_note", money="limit"),
    },
    "orders": {
        **_columns(text="trade_id broker_id client_order_id role symbol side state reason"),
        **_columns(whole="shares filled_shares", money="price fill_price", time="filled_at"),
    },
    "decisions": _columns(time="at", text="trade_id from_state to_state by reason"),
    "audit": _columns(time="at", text="actor action subject said outcome why"),
    "journal": {
        **_columns(text="id symbol state", time="proposed_at decided_at"),
        **_columns(text="decided_by reason exit_reason", time="closed_at", money="result multiple"),
        **_columns(text="process graded_by notes", money="would_have_made would_have_multiple"),
    },
    "lots": {
        **_columns(text="trade_id symbol", whole="lot", money="shares", time="acquired_at sold_at"),
        **_columns(money="cost proceeds cash result", text="term"),
    },
}
"""The tables that can be written, with their columns; a column has the name of the table's own."""


def export(table: str, rows: Iterable[object], path: Path) -> int:
    """Write rows, whose attributes are the table's columns, to a .csv or .parquet file; return how many there were.

    The file appears once it is whole, for its owner alone. Raises SettingsInvalid for another ending or table, a link,
    or a place that refuses it.
    """
    check(table, path)
    columns = TABLES[table]
    with whole(path) as part:
        return WRITERS[path.suffix](columns, ([_cell(getattr(row, name)) for name in columns] for row in rows), part)


def check(table: str, path: Path) -> None:
    """Raise SettingsInvalid for a table that is none, or a file of an unknown kind."""
    if path.suffix not in WRITERS:
        raise SettingsInvalid(f"{path.name}: expected a name that ends in {' or '.join(WRITERS)}")
    if table not in TABLES:
        raise SettingsInvalid(f"{table}: expected one of {', '.join(TABLES)}")


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """Give a new file beside the path, of a name that nobody can guess, and put it into its place once it is written.

    Raises SettingsInvalid where the place is a link or no file, or nothing more can be written.
    """
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise SettingsInvalid(f"{path}: is a link or no file, and is left alone; name a file, or one that is not there")
    part: Path | None = None
    try:
        # 0600 and no link, whatever stands there: so mkstemp makes it.
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        part = Path(name)
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise SettingsInvalid(f"{path}: cannot be written ({error.strerror or error})") from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def _cell(value: object) -> object:
    match value:
        case Decimal():
            return f"{value:f}"
        case StrEnum():
            return value.value
        case datetime():
            return value.astimezone(UTC)
        case _:
            return value


def harmless(text: str) -> str:
    """Return a text for a cell that no spreadsheet takes for a formula; a number stays what it is."""
    return f"'{text}" if _begins_a_formula(text) and not NUMBER.fullmatch(text) else text


def _begins_a_formula(text: str) -> bool:
    first = next((sign for sign in text if category(sign) not in UNSEEN), "")
    return text[:1] in CONTROLS or normalize("NFKC", first)[:1] in SIGNS


def _csv_cells(columns: Mapping[str, Kind], row: Sequence[Any]) -> Iterator[object]:
    for kind, cell in zip(columns.values(), row, strict=True):
        if isinstance(cell, datetime):
            yield cell.isoformat()
        else:
            yield harmless(cell) if kind is Kind.TEXT and isinstance(cell, str) else cell


def _write_csv(columns: Mapping[str, Kind], rows: Iterator[Sequence[Any]], file: BinaryIO) -> int:
    count = 0
    text = TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    for count, row in enumerate(rows, start=1):  # noqa: B007 (the last one is the answer)
        writer.writerow(_csv_cells(columns, row))
    text.detach()
    return count


def _write_parquet(columns: Mapping[str, Kind], rows: Iterator[Sequence[Any]], file: BinaryIO) -> int:
    schema = pa.schema([(name, ARROW[kind]) for name, kind in columns.items()])
    count = 0
    with pq.ParquetWriter(file, schema) as writer:
        while batch := list(islice(rows, ROWS_AT_ONCE)):
            columns_of_batch = [
                pa.array(cells, field.type) for cells, field in zip(zip(*batch, strict=True), schema, strict=True)
            ]
            writer.write_batch(pa.record_batch(columns_of_batch, schema=schema))
            count += len(batch)
    return count


WRITERS: Final[Mapping[str, Callable[[Mapping[str, Kind], Iterator[Sequence[Any]], BinaryIO], int]]] = {
    ".csv": _write_csv,
    ".parquet": _write_parquet,
}
