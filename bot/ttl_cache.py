"""What Slack told about something, remembered for so long that few wait, and so short that nothing outlives it.

What Slack tells is used for a minute at most, even while Slack is away: who was somebody an hour ago may be nobody now.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import BoundedSemaphore, Lock, Thread
from typing import Final, Generic, TypeVar

T = TypeVar("T")

FRESH: Final = 20.0
"""Seconds for which what Slack told is used as it is; then it is asked again, while nobody waits."""
STALE: Final = 60.0
"""Seconds for which it is used at all; from then on a person waits for Slack's answer."""
KEPT: Final = 3600.0
"""Seconds for which it is remembered for what is safe to let pass while Slack gives no answer: a halt, a look."""
PAUSE: Final = 5.0
"""Seconds to the next question after one that Slack did not answer."""
PATIENCE: Final = 2.5
"""Seconds that somebody waits for an answer at most; Slack itself waits for three."""
HURRY: Final = 1.0
"""Seconds that a halt or a look waits for it."""
WAIT_AT_ONCE: Final = 8
"""How many may wait for answers at once: a crowd of strangers takes no thread from the desk."""
MOST: Final = 5_000
"""Things that are remembered; the one that was told longest ago is forgotten first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CacheEntry(Generic[T]):
    """What Slack told, and when it was asked: seconds of a clock that only runs."""

    value: T
    at: float


class TtlCache(Generic[T]):
    """What Slack told by key. `ask` asks Slack, and returns None where it gives no answer; `clock` counts seconds."""

    def __init__(self, ask: Callable[[str], T | None], clock: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._clock = clock
        self._told: dict[str, CacheEntry[T]] = {}
        self._asked: dict[str, float] = {}
        self._questions: dict[str, Future[None]] = {}
        self._noting = Lock()
        self._room = BoundedSemaphore(WAIT_AT_ONCE)

    def get(self, key: str) -> T | None:
        """Return what Slack told within a minute, waiting for its answer where that is needed; None for no answer."""
        self._bring_up_to_date(key, PATIENCE)
        return self._within(key, STALE)

    def lately(self, key: str) -> T | None:
        """Return the same; while Slack gives no answer, what it told within the hour."""
        self._bring_up_to_date(key, HURRY)
        return self._within(key, KEPT)

    def put(self, key: str, value: T) -> None:
        """Take in what Slack told by itself; an answer to an earlier question counts no more."""
        with self._noting:
            self._questions.pop(key, None)
            self._keep(key, CacheEntry(value=value, at=self._clock()))

    def forget(self, key: str) -> None:
        """Forget what Slack told, for it changed; an answer to an earlier question counts no more."""
        with self._noting:
            for known in (self._told, self._asked, self._questions):
                known.pop(key, None)

    def forget_all(self) -> None:
        """Forget everything that Slack told."""
        with self._noting:
            for known in (self._told, self._asked, self._questions):
                known.clear()

    def _bring_up_to_date(self, key: str, patience: float) -> None:
        """Ask Slack where that is due; wait for its answer only where what it told is too old to be used."""
        age = self._age(key)
        if age < FRESH:
            return
        question = self._question(key)
        if age < STALE or question is None or not self._room.acquire(blocking=False):
            return
        try:
            question.result(patience)
        except TimeoutError:
            return  # the answer is for who comes after
        finally:
            self._room.release()

    def _question(self, key: str) -> Future[None] | None:
        """Return the question that is under way, or a new one; None within the pause after the last."""
        with self._noting:
            under_way, now = self._questions.get(key), self._clock()
            if under_way:
                return under_way
            if now - self._asked.get(key, -PAUSE) < PAUSE:
                return None
            self._asked[key] = now
            question = self._questions[key] = Future[None]()
        Thread(target=self._take_answer, args=(key, question, now), name="remembered", daemon=True).start()
        return question

    def _take_answer(self, key: str, question: Future[None], asked: float) -> None:
        try:
            value = self._ask(key)
            with self._noting:
                # Else what was asked about changed meanwhile, and the answer counts no more.
                if value is not None and self._questions.get(key) is question:
                    self._keep(key, CacheEntry(value=value, at=asked))
        finally:
            with self._noting:
                if self._questions.get(key) is question:
                    del self._questions[key]
            question.set_result(None)

    def _age(self, key: str) -> float:
        told = self._told.get(key)
        return self._clock() - told.at if told else STALE

    def _within(self, key: str, seconds: float) -> T | None:
        told = self._told.get(key)
        return told.value if told and self._clock() - told.at < seconds else None

    def _keep(self, key: str, told: CacheEntry[T]) -> None:
        self._told.pop(key, None)
        self._told[key] = told
        while len(self._told) > MOST:
            oldest = next(iter(self._told))
            self._asked.pop(oldest, None)
            del self._told[oldest]
