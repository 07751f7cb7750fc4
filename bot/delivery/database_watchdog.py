"""Says that the database is lost, hangs or takes no writes, whatever else is waiting for it."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

from bot.worker import Backoff, Worker
from engine.errors import StoreUnavailable
from engine.ports.store import Store

CRY_AT = 2
"""Looks in a row that find no database, or none that can be written, before the desk is told."""

LONGEST = 5.0
"""Seconds between two tries to say it, at most."""

Answer = TypeVar("Answer")


class Patient(Generic[Answer]):
    """A question to the database that may hang: asked in a thread of its own, and given so many seconds."""

    def __init__(self, ask: Callable[[], Answer], seconds: float) -> None:
        self._ask = ask
        self._seconds = seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="patient")
        self._asked: Future[Answer] | None = None

    def __call__(self) -> Answer:
        """Return the answer, maybe to a question that was asked before.

        Raises StoreUnavailable where none comes in time.
        """
        asked = self._asked = self._asked or self._thread.submit(self._ask)
        try:
            answer = asked.result(self._seconds)
        except TimeoutError:
            raise StoreUnavailable("the database does not answer") from None
        except BaseException:
            self._asked = None
            raise
        self._asked = None
        return answer

    def stop(self) -> None:
        """Ask no more."""
        self._thread.shutdown(wait=False)


class DatabaseWatchdog:
    """Looks after the database in a thread of its own, beside the delivery of notices, which hangs when it does.

    A lost database has no outbox, so it is said past it: `say` posts a sentence of the catalogue, and raises SlackAway.
    One that can only be read, on a full disk or after a failover, takes no notice either. So what works is proven by
    a write, every `writes` seconds, and at each look once one has failed. `every` is the seconds between two looks,
    `patience` those that one may take.
    """

    def __init__(
        self, *, store: Store, say: Callable[[str], object], every: float, patience: float, writes: float
    ) -> None:
        self._store = store
        self._say = say
        self._every = every
        self._writes = writes
        self._written: float | None = None
        self._probe = Patient(self._ask, patience)
        self._missed = 0
        self._has_cried = False
        self.worker = Worker("database watch", self.look, backoff=Backoff(first=every, longest=max(every, LONGEST)))

    @property
    def is_lost(self) -> bool:
        """Whether the last looks found that the database cannot be read, or cannot be written."""
        return self._missed >= CRY_AT

    def start(self) -> None:
        """Begin to look."""
        self.worker.start()

    def stop(self) -> None:
        """Look no more, once the look under way is over."""
        self.worker.stop()
        self._probe.stop()

    def look(self) -> float:
        """Say that the database is lost, once it is missed twice in a row, and that it is back."""
        try:
            self._probe()
        except StoreUnavailable:
            self._missed += 1
            if self.is_lost and not self._has_cried:
                self._say("trouble-halt")
                self._has_cried = True
        else:
            self._missed = 0
            if self._has_cried:
                self._say("books-back")
                self._has_cried = False
        return self._every

    def _ask(self) -> None:
        with self._store.reading() as reader:
            reader.waiting(1)
        if self._written is not None and time.monotonic() - self._written < self._writes:
            return
        self._written = None
        with self._store.writing(urgent=True) as transaction:  # before the others, or their queue looks like a loss
            transaction.rehearse()
        self._written = time.monotonic()
