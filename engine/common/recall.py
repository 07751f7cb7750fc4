"""What the desk last knew, kept outside the database, for the day on which the database has lost something.

A halt is written there from the first moment, before the database has it; everything else once the database has it.
So where the two differ, either a halt still waits to be written, or the database went back to an earlier time.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from engine.errors import MemoryUnavailable
from engine.model.desk import ENGINE, DeskState
from engine.model.desk_record import UNREADABLE, DeskRecord
from engine.model.trade import Clearance
from engine.ports.memory import DeskMemory
from engine.ports.store import Reader, Store

log = structlog.get_logger()

WENT_BACK = "database_went_back"
"""Why the desk is halted: the database is older than what this desk knew last."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LostHalt:
    """Who is behind a halt that the database does not have, and why."""

    by: str
    reason: str


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

    def hold(self, by: str, reason: str, at: datetime, is_wanted: Callable[[], bool]) -> None:
        """Remember a halt that is not in the database yet, unless by now it is."""
        with self._lock:
            if not is_wanted():
                return
            before = self._memory.read() or UNREADABLE
            halt = DeskRecord(
                state=DeskState.HALTED,
                by=by,
                reason=reason,
                since=at,
                term=before.term,
                mark=before.mark,
                is_pending=True,
            )
            self._write(halt)

    def lost_halt(self) -> LostHalt | None:
        """Return what must halt the desk: a halt that the database does not have, or that it went back in time.

        Where the desk is halted anyway there is nothing to be done.
        """
        known = self._memory.read()
        with self._store.reading() as reader:
            now = _record(reader)
            has_mark = known is None or reader.has_mark(known.mark)
        if known is None or now.state is DeskState.HALTED:
            return None
        if known == UNREADABLE or known.is_pending:
            return LostHalt(by=known.by, reason=known.reason)
        if known.term > now.term or not has_mark or _is_halt(known, now.term):
            log.error("database_went_back", known=known.term, found=now.term, has_audit=has_mark)
            return LostHalt(by=ENGINE, reason=WENT_BACK)
        return None

    def bring_up_to_date(self, *, is_decided: bool = False) -> None:
        """Remember what the database says now, unless what is known speaks against it.

        That is ended by a halt that was written, or by a person who resumed: then it `is_decided`.
        """
        with self._lock:
            known = self._memory.read()
            with self._store.reading() as reader:
                now = _record(reader)
                is_behind = known is not None and not reader.has_mark(known.mark)
            if known != now and (is_decided or not (is_behind or _speaks_against(known, now))):
                self._write(now)

    def _write(self, record: DeskRecord) -> None:
        try:
            self._memory.write(record)
        except MemoryUnavailable as error:
            log.warning("desk_memory_not_kept", error=str(error))


def _speaks_against(known: DeskRecord | None, now: DeskRecord) -> bool:
    """Tell whether a halt, or a later time, is known that the database does not have."""
    if known is None or now.state is DeskState.HALTED:
        return False
    return known == UNREADABLE or known.term > now.term or _is_halt(known, now.term)


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
