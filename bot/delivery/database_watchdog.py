"""Says that the database is lost, or hangs, whatever else is waiting for it."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

from bot.worker import Backoff, Worker
from engine.errors import StoreUnavailable
from engine.ports.store import Store

CRY_AT = 2
"""Looks in a row that find no database before the desk is told."""

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
    `every` is the seconds between two looks, `patience` those that one may take.
    """

    def __init__(self, *, store: Store, say: Callable[[str], object], every: float, patience: float) -> None:
        self._store = store
        self._say = say
        self._every = every
        self._probe = Patient(self._ask, patience)
        self._missed = 0
        self._has_cried = False
        self.worker = Worker("database watch", self._look, backoff=Backoff(first=every, longest=max(every, LONGEST)))

    def start(self) -> None:
        """Begin to look."""
        self.worker.start()

    def stop(self) -> None:
        """Look no more, once the look under way is over."""
        self.worker.stop()
        self._probe.stop()

    def _look(self) -> float:
        """Say that the database is lost, once it is missed twice in a row, and that it is back."""
        try:
            self._probe()
        except StoreUnavailable:
            self._missed += 1
            if self._missed >= CRY_AT and not self._has_cried:
                self._say("trouble-halt")
                self._has_cried = True
        else:
            self._missed = 0
            if self._has_cried:
                self._say("books-back")
                self._has_cried = False
        return self._every

    def _ask(self) -> bool:
        with self._store.reading() as reader:
            return bool(reader.waiting(1))
