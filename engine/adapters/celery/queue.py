import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Final

import structlog
from celery import Celery
from kombu.exceptions import OperationalError

from engine.adapters.celery.app import TASK
from engine.ports.task_queue import Answer, Question, TaskKind, TaskRows, TaskState, TaskStatus

log = structlog.get_logger()

PATIENCE: Final = 10.0
"""Seconds without any progress of the workers after which this process does the work itself."""
LOOK: Final = 0.1
"""Seconds between two looks at what the workers did."""
CLAIM: Final = 5.0
"""Seconds beyond a task's time limit for which nobody else begins it."""
CLEANS_UP: Final = 600.0
"""Seconds between two deletions of old tasks."""
MOST_LOST: Final = 1
"""How many processes may have died over a task for this one still to try it: the next to die would be this one."""


class CeleryTaskQueue:
    """The port TaskQueue with workers: hands tasks out, waits for the answers, and does what is left itself.

    It does so at once where there is no worker or no broker, and after `patience` seconds in which no worker made
    progress. A task over which more than one process died is left out, so that this one does not die over it too.
    """

    def __init__(
        self,
        *,
        celery: Celery,
        rows: TaskRows,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._celery = celery
        self._rows = rows
        self._patience = patience
        self._clock = clock
        self._cleaned_up = clock() - CLEANS_UP
        broker = celery.connection_for_write()
        self._faults = (OperationalError, OSError, *broker.connection_errors, *broker.channel_errors)

    def run(self, kind: TaskKind[Question, Answer], questions: Mapping[str, Question]) -> Iterator[tuple[str, Answer]]:
        """Yield the answers, each as soon as it is there."""
        self._clean_up()
        keys = dict[str, str]()
        written = dict[str, bytes]()
        for key, question in questions.items():
            text = kind.question.write(question)
            slot = _slot(key, text)
            keys[slot], written[slot] = key, text
        self._rows.put(kind.name, written)
        progress, is_reached = _Progress(self._clock), True
        while keys:
            found = self._rows.look(kind.name, keys)
            if gone := keys.keys() - {task.slot for task in found}:
                # Another process asked the same, and dropped an answer of the moment; or it was old, and is forgotten.
                self._rows.put(kind.name, {slot: written[slot] for slot in gone})
            yield from self._answers(kind, found, keys)
            left = [task for task in found if task.slot in keys]
            has_workers = is_reached and self._rows.workers() > 0
            is_reached = is_reached and (not has_workers or self._hand_out(kind, left))
            stands_still = progress.stands_still(found) >= (self._patience if has_workers and is_reached else 0.0)
            if task := _for_us(left, stands_still=stands_still):
                yield from self._do_here(kind, task, questions[keys[task.slot]], keys)
            elif stands_still and not any(_may_come(task) for task in left):
                log.warning("tasks_left_out", job=kind.name, count=len(keys))
                return
            elif keys:
                time.sleep(LOOK)

    def _answers(
        self, kind: TaskKind[Question, Answer], found: Sequence[TaskStatus], keys: dict[str, str]
    ) -> Iterator[tuple[str, Answer]]:
        """Take the answers that are there, and leave out what is set aside."""
        for task in found:
            if task.state is TaskState.SET_ASIDE:
                log.error("task_set_aside", job=kind.name, slot=task.slot, lost=task.lost, error=task.error)
                del keys[task.slot]
            elif task.state is TaskState.DONE:
                answer = kind.answer.read(task.answer)
                if not kind.holds(answer):
                    self._rows.drop(kind.name, task.slot)
                yield keys.pop(task.slot), answer

    def _hand_out(self, kind: TaskKind[Question, Answer], left: Sequence[TaskStatus]) -> bool:
        """Send the workers a message for each task that is due; False if the message broker cannot be reached."""
        slots = [task.slot for task in left if task.state is TaskState.WAITING and task.is_due and not task.is_sent]
        try:
            for slot in slots:
                self._celery.send_task(TASK, args=[kind.name, slot], time_limit=kind.seconds, ignore_result=True)
        except self._faults as error:
            log.warning("tasks_not_handed_out", job=kind.name, error=str(error))
            return False
        if slots:
            self._rows.sent(kind.name, slots)
        return True

    def _do_here(
        self, kind: TaskKind[Question, Answer], task: TaskStatus, question: Question, keys: dict[str, str]
    ) -> Iterator[tuple[str, Answer]]:
        """Do a task in this process, unless somebody began it meanwhile."""
        begun = self._rows.begin(kind.name, task.slot, kind.seconds + CLAIM, refused=True)
        if begun is None:
            return
        log.info("task_done_here", job=kind.name, slot=task.slot, error=task.error)
        try:
            answer = kind.do(question)
        except Exception as error:
            self._rows.fail(kind.name, task.slot, begun.attempt, repr(error))
            raise
        if kind.holds(answer):
            self._rows.finish(kind.name, task.slot, kind.answer.write(answer))
        else:
            self._rows.drop(kind.name, task.slot)
        yield keys.pop(task.slot), answer

    def _clean_up(self) -> None:
        if self._clock() - self._cleaned_up >= CLEANS_UP:
            self._rows.forget()
            self._cleaned_up = self._clock()


class _Progress:
    """Since when no other process has moved any of the tasks on."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._since = clock()
        self._known: dict[str, tuple[TaskState, int]] = {}

    def stands_still(self, found: Sequence[TaskStatus]) -> float:
        """Return for how many seconds nothing has changed; a task that is gone was taken by this process itself."""
        now = {task.slot: (task.state, task.attempts) for task in found}
        if any(self._known.get(slot, state) != state for slot, state in now.items()):
            self._since = self._clock()
        self._known = now
        return self._clock() - self._since


def _slot(key: str, question: bytes) -> str:
    """Name a question by what it is about and what it says: whoever asks the same means the same task."""
    return f"{key}:{sha256(question).hexdigest()[:32]}"


def _may_come(task: TaskStatus) -> bool:
    """Tell whether somebody may still answer: it is under way, or this process may do it once it is due."""
    return task.state is TaskState.RUNNING or (task.state is TaskState.WAITING and task.lost <= MOST_LOST)


def _for_us(left: Sequence[TaskStatus], *, stands_still: bool) -> TaskStatus | None:
    """Return a task that this process should do: one that no worker could do, or any while the workers stand still."""
    for task in left:
        if task.state is TaskState.REFUSED and task.is_due:
            return task
        if task.state is TaskState.WAITING and task.is_due and stands_still and task.lost <= MOST_LOST:
            return task
    return None
