"""What the desk last knew, kept outside the database, for the day on which the database has lost something.

A halt is written there from the first moment, before the database has it; everything else once the database has it.
So where the two differ, either a halt still waits to be written, or the database went back to an earlier time.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeGuard

import structlog

from engine.errors import MemoryUnavailable
from engine.model.desk import ENGINE, FLATTENED, RESUMED, DeskState
from engine.model.desk_record import UNREADABLE, DeskRecord
from engine.model.trade import Clearance
from engine.ports.memory import DeskMemory
from engine.ports.store import Reader, Store

log = structlog.get_logger()

WENT_BACK = "database_went_back"
"""Why the desk is halted: the database is older than what this desk knew last."""


CLOCKS_WITHIN = timedelta(seconds=10)
"""Instants of two processes that are nearer than this do not tell which of the two was first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LostHalt:
    """Who is behind a halt that the database does not have, and why; since when, and whether it sells everything."""

    by: str
    reason: str
    since: datetime | None = None
    flatten: bool = False


def is_overtaken(reader: Reader, at: datetime) -> bool:
    """Tell whether a person surely resumed after a halt that was asked for at an instant."""
    resumed = _instant(reader, RESUMED)
    return resumed is not None and resumed > at + CLOCKS_WITHIN


def still_sells(reader: Reader, at: datetime) -> bool:
    """Tell whether a flatten that was asked for at an instant is still to be carried out.

    It is not where it was carried out, or a person may have resumed since.
    """
    return _still_sells(at, _instant(reader, RESUMED), _instant(reader, FLATTENED))


def _still_sells(at: datetime | None, resumed: datetime | None, flattened: datetime | None) -> bool:
    if at is None:
        return False
    may_be_resumed = resumed is not None and resumed >= at - CLOCKS_WITHIN
    return not may_be_resumed and (flattened is None or flattened < at)


def _instant(reader: Reader, name: str) -> datetime | None:
    kept = reader.setting(name)
    return datetime.fromisoformat(kept) if kept else None


class Recall:
    """Holds the database against the desk's memory."""

    def __init__(self, *, store: Store, memory: DeskMemory) -> None:
        self._store = store
        self._memory = memory
        self._lock = threading.Lock()

    def known(self) -> DeskRecord | None:
        """Return what the desk last knew, None where it never knew anything."""
        return self._memory.read()

    def forbids(self, known: DeskRecord, clearance: Clearance) -> bool:
        """Tell whether what the desk knew speaks against an order that the database would let pass."""
        return known == UNREADABLE or known.term > clearance.desk_term or _is_halt(known, clearance.desk_term)

    def hold(self, asked: LostHalt, is_wanted: Callable[[], bool]) -> str:
        """Remember a halt that is not in the database yet, unless by now it is; a flatten is kept before a halt.

        Return who else gave one that still waits, perhaps in another process; '' where nobody did.
        """
        with self._lock:
            known = self._memory.read()
            before = known or UNREADABLE
            is_another = known is not None and known.is_pending and (known.by, known.since) != (asked.by, asked.since)
            other = before.by if is_another else ""
            if not is_wanted():
                return other
            halt = DeskRecord(
                state=DeskState.HALTED,
                by=asked.by,
                reason=asked.reason,
                since=asked.since,
                term=before.term,
                mark=before.mark,
                is_pending=True,
                flatten=asked.flatten,
            )
            self._write(halt, lambda kept: asked.flatten or not _is_pending_flatten(kept))
            return other

    def lost_halt(self) -> LostHalt | None:
        """Return what must halt the desk: a halt that the database does not have, or that it went back in time.

        Where the desk is halted anyway there is nothing to be done, except to sell where that was asked for.
        """
        known = self._memory.read()
        with self._store.reading() as reader:
            now = _record(reader)
            has_mark = known is None or reader.has_mark(known.mark)
            flatten = _flatten_waits(reader, known)
        if known is None or (now.state is DeskState.HALTED and not flatten):
            return None
        if known == UNREADABLE or known.is_pending:
            return LostHalt(by=known.by, reason=known.reason, since=known.since, flatten=flatten)
        if known.term > now.term or not has_mark or _is_halt(known, now.term):
            log.error("database_went_back", known=known.term, found=now.term, has_audit=has_mark)
            return LostHalt(by=ENGINE, reason=WENT_BACK)
        return None

    def knows_of_another_halt(self) -> bool:
        """Tell whether a halt is known that the database may not have, or what is known cannot be read."""
        known = self._memory.read()
        return known is not None and (known == UNREADABLE or known.is_pending)

    def bring_up_to_date(self, *, is_decided: bool = False) -> None:
        """Remember what the database says now, unless what is known speaks against it.

        That is ended by a halt that was written, or by a person who resumed: then it `is_decided`. A flatten that
        another process could not write waits on all the same, until it is carried out or somebody resumed after it.
        """
        with self._lock:
            known = self._memory.read()
            with self._store.reading() as reader:
                now = _record(reader)
                is_behind = known is not None and not reader.has_mark(known.mark)
                is_ahead = _speaks_against(known, now)
                resumed, flattened = _instant(reader, RESUMED), _instant(reader, FLATTENED)

            def is_done_with(kept: DeskRecord | None) -> bool:
                return not _is_pending_flatten(kept) or not _still_sells(kept.since, resumed, flattened)

            if known != now and (is_decided or not (is_behind or is_ahead)):
                self._write(now, is_done_with)

    def _write(self, record: DeskRecord, may_replace: Callable[[DeskRecord | None], bool]) -> None:
        try:
            self._memory.write(record, may_replace)
        except MemoryUnavailable as error:
            log.warning("desk_memory_not_kept", error=str(error))


def _speaks_against(known: DeskRecord | None, now: DeskRecord) -> bool:
    """Tell whether a halt, or a later time, is known that the database does not have."""
    if known is None or now.state is DeskState.HALTED:
        return False
    return known == UNREADABLE or known.term > now.term or _is_halt(known, now.term)


def _flatten_waits(reader: Reader, known: DeskRecord | None) -> bool:
    """Tell whether a flatten is known that the database does not have, and that nobody resumed since."""
    return _is_pending_flatten(known) and known.since is not None and still_sells(reader, known.since)


def _is_pending_flatten(known: DeskRecord | None) -> TypeGuard[DeskRecord]:
    return known is not None and known.is_pending and known.flatten


def _is_halt(known: DeskRecord, term: int) -> bool:
    """Tell whether what is known is a halt that no later change of the desk's state has ended."""
    return known.is_pending or (known.state is DeskState.HALTED and known.term >= term)


def _record(reader: Reader) -> DeskRecord:
    desk = reader.desk()
    return DeskRecord(
        state=desk.state,
        by=desk.by,
        reason=desk.reason,
        since=desk.since,
        term=reader.desk_term(),
        mark=reader.audit_mark(),
    )
