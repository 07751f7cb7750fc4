import threading
from typing import Final

import structlog

from engine.errors import StoreUnavailable
from engine.ports.clock import Clock
from engine.ports.lease import Lease

log = structlog.get_logger()

SECONDS: Final = 6.0
"""Real seconds for which a lease is taken; it is renewed every second."""
MARGIN: Final = 2.0
"""Real seconds before its lease ends at which a leader stops: what it began by then ends before another may begin."""


class Leadership:
    """Whether this process does what only one may do; it does always where there is no lease to be had (SQLite).

    It counts from before each renewal was asked for, on a clock that goes on while the machine sleeps. So a process
    that was paused, or is cut off from the database, knows that it leads no more before any other can.
    """

    def __init__(self, *, lease: Lease | None, clock: Clock) -> None:
        self._lease = lease
        self._clock = clock
        self._until = 0.0
        self._lock = threading.Lock()
        self.term = 0

    def leads(self) -> bool:
        """Tell whether this process leads now."""
        return self._lease is None or self._clock.steady() < self._until

    def renew(self) -> bool:
        """Take or keep the lease; tell whether this process leads from now on and did not before."""
        if self._lease is None:
            began, self.term = self.term == 0, 1
            return began
        with self._lock:
            led, asked = self.leads(), self._clock.steady()
            try:
                term = self._lease.take(SECONDS)
            except StoreUnavailable as error:
                log.warning("lease_not_renewed", error=str(error))
                return False
            if term is None:
                self._until = 0.0
                if led:
                    log.warning("leads_no_more", term=self.term)
                return False
            is_another = term != self.term
            self._until, self.term = asked + SECONDS - MARGIN, term
            if is_another:
                log.info("leads", term=term)
            return is_another

    def give_up(self) -> None:
        """Let another lead at once."""
        if self._lease is None:
            return
        with self._lock:
            self._until = 0.0
            try:
                self._lease.give_up()
            except StoreUnavailable as error:
                log.warning("lease_not_given_up", error=str(error))
