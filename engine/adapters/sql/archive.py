"""The files into which old rows go, one a month and table: a line of JSON a row, readable by their owner alone."""

import json
import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from engine.adapters.files import PRIVATE_FOLDER, put, sync
from engine.adapters.sql.audit_chain import link
from engine.adapters.sql.desk_tables import AuditRow
from engine.adapters.sql.retention import (
    AT_ONCE,
    ArchiveEnd,
    forget_audit,
    forget_notices,
    line_of,
    old_audit,
    old_notices,
)
from engine.adapters.sql.store import SqlStore
from engine.errors import MemoryUnavailable, SettingsInvalid
from engine.model.audit import ANCHOR, PRUNED, Anchor, Mark
from engine.model.desk import ENGINE, OWN_ACCORD, AuditEntry
from engine.ports.memory import AuditAnchors


@dataclass(frozen=True, kw_only=True, slots=True)
class Pruned:
    """How many rows of the audit and notices were moved into which files."""

    audit: int
    notices: int
    files: tuple[Path, ...]


def prune(
    store: SqlStore,
    folder: Path,
    before: datetime,
    now: datetime,
    *,
    anchors: AuditAnchors,
    known: Collection[Mark] = (),
) -> Pruned:
    """Move what is older than an instant into files, then delete it; raises SettingsInvalid, and deletes nothing.

    A file is whole and on the disk before a row of it is deleted; where that is cut off, the next run makes it good.
    The rows that are `known` from outside must be in the audit; `anchors` keeps which row was the last that went.
    """
    with store.reading() as reader:
        checked = reader.check_audit(anchors=known)
        if checked.fault:
            raise SettingsInvalid(f"the audit is broken ({checked.fault}): `trading-bot audit verify`, nothing pruned")
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        sync(folder.parent)
        with store.connected() as connection:
            audit = [_written(folder, "audit", *month) for month in _months(old_audit(connection, before))]
            notices = [_written(folder, "outbox", *month) for month in _months(old_notices(connection, before))]
    except OSError as error:
        raise SettingsInvalid(f"{folder}: cannot be written ({error.strerror}); nothing pruned") from error
    kept = _forget_audit(store, audit[-1][1][-1], now, anchors) if audit else 0
    for numbers in (some for _, every in notices for some in _in_parts(every)):
        with store.changing() as connection:
            forget_notices(connection, numbers)
    pruned = Pruned(
        audit=kept, notices=sum(len(each) for _, each in notices), files=tuple(path for path, _ in (*audit, *notices))
    )
    if pruned.files:
        what = f"{pruned.audit} rows, {pruned.notices} notices before {before:%Y-%m-%d}"
        with store.writing() as transaction:
            transaction.write_audit(AuditEntry(at=now, actor=ENGINE, action="prune", outcome=what))
    return pruned


def check_archive(folder: Path, end: ArchiveEnd, known: str = "", anchors: Collection[Mark] = ()) -> str:
    """Go through the files of the audit; return what is wrong with them, '' where they lead unbroken to the anchor.

    `known` is a hash that must be in them, `anchors` are rows that must, as far as they reach.
    """
    count, last, is_known, unmet = 0, Mark(number=0, hash=""), not known, set(_reached(anchors, end))
    for path in sorted(folder.glob("audit-*.jsonl"), key=_first_number):
        for line, row in enumerate(_rows(path), start=1):
            if count == end.count:
                break  # what comes after was written by a run that was cut off, and is in the database still
            if row is not None and row.mark.number <= last.number:
                continue  # so was this, and the next run wrote the rest of it into another file
            if row is None or row.mark.hash != link(last.hash, row.entry):
                return f"{path.name}, line {line}: changed, or one before it is missing"
            count, last = count + 1, row.mark
            unmet.discard(last)
            is_known = is_known or last.hash == known
    if (count, last) != (end.count, Mark(number=end.number, hash=end.hash)):
        return f"{count} of {end.count} rows are there"
    for anchor in sorted(unmet, key=lambda anchor: anchor.number):
        return f"row {anchor.number} is not the one that was anchored: the chain was made anew"
    return "" if is_known else f"no row has the hash {known}"


def _reached(anchors: Iterable[Mark], end: ArchiveEnd) -> Iterator[Mark]:
    return (anchor for anchor in anchors if 0 < anchor.number <= end.number)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Archived:
    entry: AuditEntry
    mark: Mark


def _forget_audit(store: SqlStore, upto: int, now: datetime, anchors: AuditAnchors) -> int:
    """Delete the rows up to a number, once it is written down outside the database which of them is the last."""
    with store.connected() as connection:
        last = connection.scalar(select(AuditRow.hash).where(AuditRow.number == upto)) or ""
    try:
        anchors.keep(Anchor(at=now, mark=Mark(number=upto, hash=last), by=PRUNED))
    except MemoryUnavailable as error:
        raise SettingsInvalid(f"{error}; nothing pruned") from error
    with store.writing() as transaction:
        transaction.write_audit(OWN_ACCORD.entry(now, ANCHOR, PRUNED, str(upto), last))
    total = 0
    while True:
        with store.changing() as connection:
            forgotten = forget_audit(connection, upto, now)
        total += forgotten
        if not forgotten:
            return total


def _months(rows: Iterator[Row[Any]]) -> Iterator[tuple[str, Iterator[Row[Any]]]]:
    return groupby(rows, key=lambda row: f"{row.at:%Y-%m}")


def _written(folder: Path, table: str, month: str, rows: Iterable[Row[Any]]) -> tuple[Path, list[int]]:
    """Write the rows of a month, and return the file and their numbers; it appears once it is whole."""
    numbers = list[int]()

    def lines() -> Iterator[str]:
        for row in rows:
            numbers.append(row.number)
            yield f"{line_of(row)}\n"

    part = folder / f".{table}-{month}-{os.getpid()}.part"
    # On the disk with its name, or a power cut could take it after the rows are gone from the database.
    path = put(part, lines(), lambda: folder / f"{table}-{month}-{numbers[0]}-{numbers[-1]}.jsonl")
    return path, numbers


def _in_parts(numbers: list[int]) -> Iterator[list[int]]:
    return (numbers[start : start + AT_ONCE] for start in range(0, len(numbers), AT_ONCE))


def _first_number(path: Path) -> int:
    number = path.stem.rpartition("-")[0].rpartition("-")[2]
    return int(number) if number.isdecimal() else 0


def _rows(path: Path) -> Iterator[_Archived | None]:
    """Yield the rows of a file, None for a line that is none."""
    with path.open(encoding="ascii", errors="replace") as file:
        for line in file:
            try:
                plain = json.loads(line)
                at = datetime.fromisoformat(plain["at"])
                texts = {field.name: str(plain[field.name]) for field in fields(AuditEntry) if field.name != "at"}
                mark = Mark(number=int(plain["number"]), hash=str(plain["hash"]))
                yield _Archived(entry=AuditEntry(at=at, **texts), mark=mark)
            except (ValueError, KeyError, TypeError):
                yield None
