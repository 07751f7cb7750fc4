"""Work that may run twice, and where it is done: here, or by workers.

A question has one answer, whoever gives it and however often; nothing that must happen once is a task.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Generic, Protocol, TypeVar

from engine.model.json_values import plain, valued

Question = TypeVar("Question")
Answer = TypeVar("Answer")
Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True, slots=True)
class Codec(Generic[Value]):
    """How a value is written for another process and read there; `read` raises ValueError for anything else."""

    write: Callable[[Value], bytes]
    read: Callable[[bytes], Value]


def json_codec(kind: type[Value]) -> Codec[Value]:
    """Return how a dataclass of the model is written as JSON."""
    return Codec(
        write=lambda value: json.dumps(plain(value), ensure_ascii=False).encode(),
        read=lambda written: valued(kind, json.loads(written)),
    )


AS_IS: Final[Codec[bytes]] = Codec(write=lambda value: value, read=lambda written: written)
"""Bytes are themselves."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskKind(Generic[Question, Answer]):
    """A kind of work: how it is done, and how its questions and answers are written.

    `name` ends with the version of both, so that nobody reads what another version wrote. `seconds` is the most that
    one may take, after which its process is ended. An answer that does not `hold` is of this moment, and is asked for
    anew next time.
    """

    name: str
    seconds: float
    do: Callable[[Question], Answer]
    question: Codec[Question]
    answer: Codec[Answer]
    holds: Callable[[Answer], bool] = lambda _answer: True

    def answered(self, question: bytes) -> bytes:
        """Return the written answer to a written question; raises whatever `do` raises."""
        return self.answer.write(self.do(self.question.read(question)))


AnyTaskKind = TaskKind[Any, Any]


class TaskQueue(Protocol):
    """Where work is done that may run twice. Raises StoreUnavailable, and what the work itself raises."""

    def run(self, kind: TaskKind[Question, Answer], questions: Mapping[str, Question]) -> Iterator[tuple[str, Answer]]:
        """Yield the answers, each as soon as it is there, with its question's key.

        What nobody could answer is left out, and said in the log.
        """
        ...


class TaskState(StrEnum):
    """How a task stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    """No worker could do it, as each that tried reported. The process that asked may do it itself."""
    SET_ASIDE = "set_aside"
    """Every process that tried died over it, or it is no task of ours. Nobody tries again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskStatus:
    """A task as it stands. `is_due` once it may be begun, `is_sent` while word of it may still be under way.

    `attempts` began it, and `lost` of them ended without a word.
    """

    slot: str
    state: TaskState
    attempts: int
    lost: int
    is_due: bool
    is_sent: bool
    error: str
    answer: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class BegunTask:
    """A task that somebody may do now, as this attempt."""

    question: bytes
    attempt: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskCounts:
    """How many tasks wait, for how many seconds the oldest has, how many run, and how many came to nothing."""

    waiting: int
    oldest: float
    running: int
    refused: int
    set_aside: int


class TaskRows(Protocol):
    """What was asked and what came of it, one row for each job and slot, in the database. Raises StoreUnavailable."""

    def put(self, job: str, questions: Mapping[str, bytes]) -> None:
        """Add what is not there yet, by slot."""
        ...

    def look(self, job: str, slots: Collection[str]) -> tuple[TaskStatus, ...]:
        """Return how tasks stand; an attempt that surely ended without a word counts as lost from now on."""
        ...

    def sent(self, job: str, slots: Collection[str]) -> None:
        """Note that workers were given word of tasks."""
        ...

    def begin(self, job: str, slot: str, seconds: float, *, refused: bool = False) -> BegunTask | None:
        """Begin a task that is due, for so many seconds at most; None where it is done, under way, or not there.

        `refused` ones are begun only by who asked.
        """
        ...

    def finish(self, job: str, slot: str, answer: bytes) -> bool:
        """Keep an answer; False, and nothing done, where one is there already."""
        ...

    def fail(self, job: str, slot: str, attempt: int, error: str) -> None:
        """Note that an attempt failed: the next may begin after 2, 4 and 8 seconds, and there are four at most."""
        ...

    def refuse(self, job: str, slot: str, error: str) -> None:
        """Note that a worker cannot do such a task at all."""
        ...

    def set_aside(self, slot: str, error: str) -> None:
        """Note that a worker was given what is no task of ours."""
        ...

    def drop(self, job: str, slot: str) -> None:
        """Forget a task."""
        ...

    def forget(self) -> None:
        """Forget what ended more than an hour ago, and what came to nothing more than a day ago."""
        ...

    def counts(self) -> TaskCounts:
        """Count them."""
        ...

    def workers(self) -> int:
        """Count the workers that gave a sign of life lately."""
        ...
