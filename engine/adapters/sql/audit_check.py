"""Goes through the whole audit: the chain, its head, what anchors it outside, and the trades that it speaks of."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.adapters.sql.audit_chain import head, link
from engine.adapters.sql.desk_tables import AuditRow
from engine.adapters.sql.fingerprints import UNREADABLE, differing, is_fingerprint
from engine.adapters.sql.retention import ArchiveEnd, archive_end
from engine.model.audit import ANCHOR, AuditCheck, Mark
from engine.model.desk import ENGINE

AT_ONCE = 1_000
MOST_TOLD = 3
"""Trades that one look names; who changed more has done so many times over."""


@dataclass
class Walk:
    """How far a look at the chain has come: rows that hold, the last of them, and what was met on the way."""

    begins: ArchiveEnd
    wanted: Collection[int]
    count: int
    last: Mark
    marks: dict[int, str] = field(default_factory=dict)
    noted: set[Mark] = field(default_factory=set)
    fingerprints: dict[str, str] = field(default_factory=dict)

    def take(self, row: Row[Any]) -> None:
        """Go one row on."""
        self.count, self.last = self.count + 1, Mark(number=row.number, hash=row.hash)
        if row.number in self.wanted:
            self.marks[row.number] = row.hash
        if is_fingerprint(row):
            self.fingerprints[row.subject] = row.why
        elif row.action == ANCHOR and row.actor == ENGINE:
            self.noted.add(Mark(number=int(row.outcome), hash=row.why))

    def end(self, broken_at: int | None = None, fault: str = "") -> AuditCheck:
        """Return what became of the look."""
        return AuditCheck(
            count=self.count,
            hash=self.last.hash,
            number=self.last.number,
            trades=len(self.fingerprints),
            noted=frozenset(self.noted),
            archived=self.begins.count,
            begins_after=self.begins.number,
            begins_hash=self.begins.hash,
            broken_at=broken_at,
            fault=fault,
        )


def check(connection: Connection, known: str = "", anchors: Collection[Mark] = ()) -> AuditCheck:
    """Go through the chain and what it covers, and say what is wrong first.

    `known` is a hash that must be in it, `anchors` are rows that must. Once old rows were archived the chain begins
    after the last of them; anchors before it are the archive's, and so may `known` be.
    """
    try:
        begins = archive_end(connection)
    except UNREADABLE:
        return AuditCheck(count=0, hash="", fault="where the archive ends cannot be read: it was changed")
    walk = Walk(
        begins=begins,
        wanted={anchor.number for anchor in anchors},
        count=begins.count,
        last=Mark(number=begins.number, hash=begins.hash),
    )
    is_known, broken = known in {"", begins.hash}, None
    every = select(AuditRow).order_by(AuditRow.number)
    with connection.execute(every.execution_options(yield_per=AT_ONCE)) as rows:
        try:
            for row in rows:
                if row.hash != link(walk.last.hash, row):
                    broken = row.number
                    break
                walk.take(row)
                is_known = is_known or row.hash == known
        except UNREADABLE:
            return walk.end(fault=f"a row after row {walk.last.number} cannot be read: it was changed")
    if broken is not None:
        return walk.end(broken, "changed, or one before it is missing")
    if fault := _head(connection, walk) or next(_unmet(walk, anchors), ""):
        return walk.end(fault=fault)
    if not is_known and begins == ArchiveEnd():
        return walk.end(fault=f"no row has the hash {known}")
    return replace(walk.end(fault=_named(differing(connection, walk.fingerprints))), is_known=is_known)


def _head(connection: Connection, walk: Walk) -> str:
    """Say how the head differs from what is there; the rows that were archived count."""
    count, last = head(connection)
    if count != walk.count:
        return f"the head tells of {count} rows, {walk.count} are there"
    if last != walk.last.hash:
        return f"the head has another hash than the last row, {walk.last.number}"
    return ""


def _unmet(walk: Walk, anchors: Iterable[Mark]) -> Iterator[str]:
    for anchor in sorted(anchors, key=lambda anchor: anchor.number):
        if anchor.number < walk.begins.number:
            continue
        if anchor.number > walk.last.number:
            yield f"row {anchor.number} was there once, and the last one is {walk.last.number}: the end was cut off"
        elif walk.marks.get(anchor.number, walk.begins.hash) != anchor.hash:
            yield f"row {anchor.number} is not the one that was anchored: the chain was made anew"


def _named(faults: Iterable[str]) -> str:
    some = list(islice(faults, MOST_TOLD + 1))
    return "; ".join(some[:MOST_TOLD]) + ("; and more" if len(some) > MOST_TOLD else "")
