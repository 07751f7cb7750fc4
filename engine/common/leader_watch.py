"""Whether any process of the desk runs the timetable. Every process looks: those that meet people outlive a leader."""

from datetime import datetime, timedelta
from typing import Final

import structlog

from engine.errors import NobodyLeads
from engine.instance_id import process_of
from engine.model.notices.base import NoticeKind
from engine.model.notices.systems import LeaderBack, LeaderLost
from engine.ports.clock import Clock
from engine.ports.lease import Held, Lease
from engine.ports.store import Store

VANISHED, GIVEN_UP, NEW_HERE = 30.0, 60.0, 120.0
"""Real seconds without a leader that are a takeover, a planned restart, or the start of a desk; more are a loss."""
FOLLOWED_WITHIN: Final = 5.0
"""Real seconds after a lease's end within which a standby has begun to lead; it takes about one."""
GAP: Final = 10.0
"""Real seconds between two looks after which what was counted is void: this process slept, or had no database."""

log = structlog.get_logger()


class LeaderWatch:
    """Tells the desk, once for each term, that nobody leads any more, and once that somebody does again.

    Meanwhile nothing that adds risk is taken on: no job would follow the fill, replace a missing stop or watch the
    risk. That begins sooner than it is told: whoever is refused tries again, and an alarm at each restart teaches
    nobody. A desk of one process has no lease, and leads always. One that nobody ever led is not there yet.
    """

    def __init__(self, *, store: Store, clock: Clock, lease: Lease | None) -> None:
        self._store = store
        self._clock = clock
        self._lease = lease
        self._term_seen: int | None = None
        self._looked_at = -GAP
        self._missed: tuple[float, datetime] | None = None
        self._lost_since: datetime | None = None

    @property
    def lost_since(self) -> datetime | None:
        """When nobody was found to lead any more (aware UTC), None while somebody does or may in a moment."""
        return self._lost_since

    def look(self) -> None:
        """Look once; every process does each second. Raises StoreUnavailable."""
        self._absence()

    def refuse(self) -> None:
        """Raise NobodyLeads where nobody has led for longer than it takes another process to follow.

        It reads the lease, so that a process that did not see the leader go knows it too. Raises StoreUnavailable.
        """
        absence = self._absence()
        if self._lost_since is not None:
            raise NobodyLeads(self._lost_since)
        if absence >= FOLLOWED_WITHIN:
            raise NobodyLeads(self._clock.now() - timedelta(seconds=absence) * self._clock.speed)

    def _absence(self) -> float:
        """Look, and return for how many real seconds nobody has led: 0 where somebody does, or nobody ever did."""
        held = self._lease.held() if self._lease else None
        if held is None or held.term == 0:
            return 0.0
        steady, before = self._clock.steady(), self._looked_at
        self._looked_at = steady
        if held.seconds > 0:
            self._found(held.term)
            return 0.0
        if self._missed is None or steady - before > GAP:
            self._missed = steady, self._clock.now()
        missed_at, since = self._missed
        if self._lost_since is None:
            self._lost_since = self._told_since(held.term)
        if self._lost_since is None and steady - missed_at >= self._absence_allowed(held):
            self._tell_lost(held, since)
            self._lost_since = since
        # One that was given up does not say when.
        return max(steady - missed_at, -held.seconds if held.holder else 0.0)

    def _told_since(self, term: int) -> datetime | None:
        """Return since when nobody leads, where another process, or a life before, told that of this term."""
        with self._store.reading() as reader:
            told = reader.enqueued(_lost(term))
        return told.since if isinstance(told, LeaderLost) else None

    def _absence_allowed(self, held: Held) -> float:
        if self._term_seen is None:
            return NEW_HERE
        return VANISHED if held.holder else GIVEN_UP

    def _found(self, term: int) -> None:
        self._missed = None
        if term != self._term_seen:
            self._tell_back(term)
            self._term_seen = term
        self._lost_since = None

    def _tell_lost(self, held: Held, since: datetime) -> None:
        leader = process_of(held.holder) if held.holder else ""
        notice = LeaderLost(key=_lost(held.term), at=self._clock.now(), leader=leader, since=since)
        with self._store.writing() as transaction:
            transaction.enqueue_notice(notice)
        log.error("nobody_leads", term=held.term, before=leader)

    def _tell_back(self, term: int) -> None:
        """Tell it if the loss of the term before was told, by whichever process."""
        with self._store.reading() as reader:
            if not reader.was_enqueued(_lost(term - 1)):
                return
        notice = LeaderBack(key=f"{NoticeKind.LEADER_BACK}:{term}", at=self._clock.now())
        with self._store.writing() as transaction:
            transaction.enqueue_notice(notice)


def _lost(term: int) -> str:
    return f"{NoticeKind.LEADER_LOST}:{term}"
