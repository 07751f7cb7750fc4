"""The one kind of loop that every long-lived thread of the bot runs.

A step may raise whatever it likes: that is logged and counted, waited out with back-off, and the next step comes all
the same. A step that is asked to wait for some seconds is in no trouble, until it is late. What has ended nevertheless,
hangs, or has not succeeded for long, is shown in /health.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread
from typing import Final

import structlog

from engine.errors import StoreUnavailable, TemporaryError

LATE: Final = 30.0
"""Seconds that a step may take, or be late, before its worker counts as behind."""

SHORTEST: Final = 0.2
"""Seconds of the shortest pause after a step that failed."""

MOMENT: Final = 2.0
"""Seconds of one wait: a thread that is ended from outside ends only once it wakes."""

log = structlog.get_logger()


class Later(Exception):
    """A step that cannot be done now; `wait` is after how many seconds to try again, 0 if that is not known."""

    def __init__(self, why: str, wait: float = 0.0) -> None:
        super().__init__(why)
        self.wait = wait


@dataclass(frozen=True, kw_only=True, slots=True)
class Backoff:
    """Seconds to wait after a step that failed, doubled from the first to the longest while it goes on failing."""

    first: float = 1.0
    longest: float = 60.0

    def after(self, previous: float) -> float:
        """Return the pause that follows one of so many seconds, the first after 0."""
        return min(previous * 2 or self.first, self.longest)


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """How a worker does: `behind` is by how many seconds it is late, `failed` counts since the last success."""

    name: str
    is_alive: bool
    behind: float
    failed: int
    error: str

    @property
    def is_well(self) -> bool:
        """Whether it lives and keeps up."""
        return self.is_alive and self.behind <= LATE


class Worker:
    """A thread that runs `step` for ever; the step returns the seconds until the next one, 0 for at once.

    `clock` counts seconds and never goes back.
    """

    def __init__(
        self,
        name: str,
        step: Callable[[], float],
        *,
        backoff: Backoff | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._step = step
        self._backoff = backoff or Backoff()
        self._clock = clock
        self._woken, self._stopping = Event(), Event()
        self._due = clock()
        self._failed = 0
        self._doubled = 0.0
        self._error = ""
        self._thread = Thread(target=self._run, name=name, daemon=True)

    @property
    def stopping(self) -> Event:
        """Set once it was told to stop; what a step waits for can wait on it."""
        return self._stopping

    def start(self) -> None:
        """Begin to work."""
        self._due = self._clock()
        self._thread.start()

    def stop(self) -> None:
        """Finish the step under way and return."""
        self._stopping.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join()

    def wake(self) -> None:
        """Let the next step come now, unless the last one failed; returns at once."""
        self._woken.set()

    def state(self) -> State:
        """Return how it does now."""
        behind = max(0.0, self._clock() - self._due)
        return State(
            name=self.name,
            is_alive=self._thread.is_alive(),
            behind=behind,
            failed=self._failed,
            error=self._error,
        )

    def _run(self) -> None:
        while not self._stopping.is_set():
            began = self._clock()
            try:
                wait = self._step()
            except (Later, TemporaryError, StoreUnavailable) as error:
                self._count(repr(error))
                wait = getattr(error, "wait", 0.0) or self._pause(began)
                if isinstance(error, Later) and error.wait > 0 and began - self._due <= LATE:
                    log.info("asked_to_wait", worker=self.name, why=str(error), seconds=wait)
                else:
                    log.warning("held_up", worker=self.name, error=repr(error), failed=self._failed, seconds=wait)
                _wait(self._stopping, wait)
            except Exception as error:  # an edge: a thread that many things rest on must not end
                self._count(repr(error))
                log.exception("step_failed", worker=self.name, failed=self._failed)
                _wait(self._stopping, self._pause(began))
            else:
                self._failed, self._doubled, self._error = 0, 0.0, ""
                self._due = self._clock() + wait
                _wait(self._woken, wait)
                self._woken.clear()

    def _count(self, error: str) -> None:
        self._failed += 1
        self._doubled = self._backoff.after(self._doubled)
        self._error = error

    def _pause(self, began: float) -> float:
        """Return how long to wait after a step that failed: one that took long to fail has waited already."""
        spent = self._clock() - began
        return max(self._doubled - spent, min(self._backoff.first, SHORTEST))


def _wait(event: Event, seconds: float) -> None:
    """Wait until an event is set, or for so many seconds."""
    ends = time.monotonic() + seconds
    while (left := ends - time.monotonic()) > 0 and not event.wait(min(left, MOMENT)):
        pass
