import threading
from contextlib import AbstractContextManager, nullcontext
from typing import Final

import structlog

from engine.errors import StoreUnavailable
from engine.model.status import LeaderStatus
from engine.ports.clock import Clock
from engine.ports.lease import Held, Lease

log = structlog.get_logger()

LEASE_SECONDS: Final = 6.0
"""Real seconds for which a lease is taken; it is renewed every second."""
EVERY: Final = 1.0
"""Real seconds between two renewals."""
MARGIN: Final = 2.0
"""Real seconds before its lease ends at which a leader stops: what it began by then ends before another may begin."""


class Leadership:
    """Whether this process does what only one may do; it does always where there is no lease to be had (SQLite).

    It counts from before each renewal was asked for, on a clock that goes on while the machine sleeps. So a process
    that was paused, or is cut off from the database, knows that it leads no more before any other can. A thread of its
    own renews it, and does nothing else: whatever the leader is busy with, however long, it goes on leading.
    """

    def __init__(self, *, lease: Lease | None, clock: Clock) -> None:
        self._lease = lease
        self._clock = clock
        self._held = (0 if lease else 1, 0.0)
        self._after: Held | None = None
        self._rests_until = 0.0
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="lease", daemon=True)

    @property
    def term(self) -> int:
        """The number of the last term in which this process led."""
        return self._held[0]

    @property
    def after(self) -> Held | None:
        """Who led before this process's last term, None if that process gave the lease up."""
        return self._after

    @property
    def me(self) -> str:
        """The life of this process that leads, '' where there is no lease."""
        return self._lease.me if self._lease else ""

    def start(self) -> None:
        """Ask for the lease now, and from now on every second; may be called again."""
        if self._keeper.ident is None:
            self.renew()
            if self._lease is not None:
                self._keeper.start()

    def stop(self) -> None:
        """Ask no more, and let another lead at once."""
        self._stopping.set()
        if self._keeper.is_alive():
            self._keeper.join()
        self.give_up()

    def _keep(self) -> None:
        while not self._stopping.wait(EVERY):
            try:
                self.renew()
            except Exception:
                log.exception("lease_not_asked_for")  # whatever it was, the lease runs out and is asked for again

    def leading_term(self) -> int | None:
        """Return the number of the term in which this process leads now, None where it does not."""
        term, until = self._held  # one value, so that nobody waits for a renewal that the database keeps
        return term if self._lease is None or self._clock.steady() < until else None

    @property
    def is_shared(self) -> bool:
        """Whether other processes may lead."""
        return self._lease is not None

    def in_charge(self) -> AbstractContextManager[None]:
        """Let what this thread does count only while the term goes on in which this process leads, or led last."""
        return self._lease.in_charge(self.term) if self._lease else nullcontext()

    def leads(self) -> bool:
        """Tell whether this process leads now."""
        return self.leading_term() is not None

    def standing(self) -> LeaderStatus:
        """Return who leads as the database has it, whether this process or another; raises StoreUnavailable."""
        held = self._lease.held() if self._lease else None
        if held is None:
            return LeaderStatus(leads=self.leads(), term=self.term)
        return LeaderStatus(leads=self.leads(), term=held.term, lease_age=LEASE_SECONDS - held.seconds)

    def renew(self) -> bool:
        """Take or keep the lease; tell whether this process leads from now on and did not before."""
        if self._lease is None:
            return False
        with self._lock:
            led, asked = self.leads(), self._clock.steady()
            if asked < self._rests_until:
                return False
            try:
                taken = self._lease.take(LEASE_SECONDS)
            except StoreUnavailable as error:
                log.warning("lease_not_renewed", error=str(error))
                return False
            if taken is None:
                self._held = (self.term, 0.0)
                if led:
                    log.warning("leads_no_more", term=self.term)
                return False
            is_another = taken.term != self.term
            if is_another:
                self._after = taken.after
                log.info("leads", term=taken.term)
            self._held = (taken.term, asked + LEASE_SECONDS - MARGIN)
            return is_another

    def give_up(self, rest: float = 0.0) -> None:
        """Let another lead at once, and do not ask again for so many seconds."""
        if self._lease is None:
            return
        with self._lock:
            self._held, self._rests_until = (self.term, 0.0), self._clock.steady() + rest
            try:
                self._lease.give_up()
            except StoreUnavailable as error:
                log.warning("lease_not_given_up", error=str(error))
