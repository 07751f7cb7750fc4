"""Answers that Slack did not take are said again, later: what was done is done, and who asked for it must learn so."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Final

import structlog

from bot.transport.slack_calls import SlackAway
from bot.worker import Backoff, Worker

LIFE: Final = 1800.0
"""Seconds after which an answer is of no use any more; Slack takes answers to what was done for as long."""
MOST: Final = 1_000
"""Answers that may wait; the oldest go first."""
IDLE: Final = 60.0
PAUSES: Final = Backoff(first=1.0, longest=60.0)

log = structlog.get_logger()

Say = Callable[[], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class PendingAnswer:
    """Something to say at a time of the clock, with the pause before it, until it is of no use."""

    say: Say
    at: float
    pause: float
    until: float


class AnswerRetry:
    """A worker that says again what Slack did not take, begun with the first answer of that kind."""

    def __init__(self, pauses: Backoff = PAUSES, clock: Callable[[], float] = time.monotonic) -> None:
        self._pauses = pauses
        self._clock = clock
        self._unsaid: list[PendingAnswer] = []
        self._lock = Lock()
        self._has_begun = False
        self.worker = Worker("answers", self.step)

    def later(self, say: Say, wait: float = 0.0) -> None:
        """Say something later, after `wait` seconds at least; returns at once."""
        now = self._clock()
        pause = self._pauses.first
        self._put(PendingAnswer(say=say, at=now + max(wait, pause), pause=pause, until=now + LIFE))
        with self._lock:
            begins, self._has_begun = not self._has_begun, True
        if begins:
            self.worker.start()
        self.worker.wake()

    def stop(self) -> None:
        """Say nothing more."""
        self.worker.stop()

    @property
    def has_begun(self) -> bool:
        """Whether anything ever had to be said again."""
        return self._has_begun

    def step(self) -> float:
        """Say what is due, and return in how many seconds more is."""
        now = self._clock()
        with self._lock:
            due = [each for each in self._unsaid if each.at <= now]
            self._unsaid = [each for each in self._unsaid if each.at > now]
        for each in due:
            self._try(each)
        with self._lock:
            return max(0.0, min((each.at for each in self._unsaid), default=now + IDLE) - self._clock())

    def _try(self, unsaid: PendingAnswer) -> None:
        try:
            unsaid.say()
        except SlackAway as away:
            now, pause = self._clock(), self._pauses.after(unsaid.pause)
            if now < unsaid.until:
                self._put(
                    PendingAnswer(say=unsaid.say, at=now + max(away.wait, pause), pause=pause, until=unsaid.until)
                )
            else:
                log.error("answer_given_up", error=repr(away))  # noqa: TRY400 - Slack's word is all
        except Exception:  # whatever one answer fails by, the next one must come
            log.exception("answer_given_up")

    def _put(self, unsaid: PendingAnswer) -> None:
        with self._lock:
            self._unsaid = [*self._unsaid[1 - MOST :], unsaid]
