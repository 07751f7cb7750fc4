"""Headlines of somebody's file: a CSV with the columns at, symbols and headline, and perhaps id, source and url."""

import csv
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from engine.errors import SettingsInvalid
from engine.model.market import Headline

NEEDED = ("at", "symbols", "headline")


def read_headlines(file: str) -> tuple[Headline, ...]:
    """Read a file's headlines, `at` when each arrived; raises SettingsInvalid with file and line."""
    try:
        with Path(file).open(newline="", encoding="utf-8-sig") as text:
            rows = csv.DictReader(text)
            missing = [name for name in NEEDED if name not in (rows.fieldnames or ())]
            if missing:
                raise SettingsInvalid(f"--news {file}: has no column {missing[0]!r}; expected at,symbols,headline")
            return tuple(_headline(row, f"--news {file}, line {rows.line_num}") for row in rows)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsInvalid(
            f"--news {file} cannot be read: {error}; expected none, alpaca, or a CSV with at,symbols,headline"
        ) from error


def _headline(row: Mapping[str, str | None], where: str) -> Headline:
    """Read a row; without an id a headline goes by a hash of what it says."""
    if None in row:
        raise SettingsInvalid(f"{where}: has more columns than the first line; put what has a comma in it in quotes")
    at = _instant((row["at"] or "").strip())
    symbols = tuple((row["symbols"] or "").replace(";", " ").replace(",", " ").upper().split())
    text, source = (row["headline"] or "").strip(), (row.get("source") or "").strip()
    if at is None or not symbols or not text:
        raise SettingsInvalid(
            f"{where}: expected a time with its zone, symbols and a headline, such as"
            ' 2025-03-03T14:31:07Z,AAPL MSFT,"Apple beats estimates"'
        )
    own = sha256(f"{at.isoformat()}\0{source}\0{text}".encode()).hexdigest()[:16]
    return Headline(
        id=(row.get("id") or "").strip() or own,
        at=at,
        symbols=symbols,
        text=text,
        source=source or Path(where).name.partition(",")[0],
        url=(row.get("url") or "").strip(),
    )


def _instant(text: str) -> datetime | None:
    """Read a time with its zone, None for anything else."""
    try:
        at = datetime.fromisoformat(text)
        return None if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
