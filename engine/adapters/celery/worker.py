import os
import signal
import socket
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import sha256
from typing import Any

import structlog
from billiard import active_children
from celery import Celery, signals
from celery.exceptions import SecurityWarning
from celery.platforms import EX_FAILURE
from kombu.message import Message

from engine.adapters.celery.app import TASK
from engine.adapters.celery.queue import CLAIM
from engine.errors import StoreUnavailable, WorkerBroken
from engine.ports.task_queue import AnyTaskKind, TaskRows

log = structlog.get_logger()

LAST_WORDS = 5.0
"""Seconds that a killed process may take to be gone."""


class TaskWorker:
    """What a worker's process does with the name of a task: begins it, does it, and keeps the answer, once."""

    def __init__(self, *, rows: TaskRows, kinds: Mapping[str, AnyTaskKind]) -> None:
        self._rows = rows
        self._kinds = kinds

    def do(self, job: str, slot: str) -> None:
        """Do a task, unless it is done or under way, or is of a kind that this version does not know.

        Raises StoreUnavailable; then nobody began it, and who asked sends word of it again.
        """
        kind = self._kinds.get(job)
        if kind is None:
            self._rows.refuse(job, slot, f"unknown to this worker: {job}")
            log.warning("task_unknown", job=job, slot=slot)
            return
        begun = self._rows.begin(job, slot, kind.seconds + CLAIM)
        if begun is None:
            return
        try:
            answer = kind.answered(begun.question)
        except StoreUnavailable:
            self._rows.fail(job, slot, begun.attempt, "the database is out of reach")
            raise
        except Exception as error:  # an edge: whatever a task raises, the next one must come
            log.exception("task_failed", job=job, slot=slot, attempt=begun.attempt)
            self._rows.fail(job, slot, begun.attempt, repr(error))
            return
        is_first = self._rows.finish(job, slot, answer)
        log.info("task_done", job=job, slot=slot, attempt=begun.attempt, is_first=is_first)

    def set_aside(self, name: str, error: str) -> None:
        """Count a message that is none of ours; if that cannot be stored, log it."""
        log.warning("task_set_aside", slot=name, error=error)
        try:
            self._rows.set_aside(name, error)
        except StoreUnavailable as away:
            log.warning("task_not_counted", error=str(away))


def serve(
    celery: Celery,
    *,
    concurrency: int,
    rows: TaskRows,
    begin: Callable[[], TaskWorker],
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Do what is handed out, in so many processes, until told to stop; returns once what is under way is done.

    Each process gets what it works with from `begin`, in itself. `rows` is where this one notes what was no task.
    Raises WorkerBroken.
    """
    _Serving(celery, rows, begin, ready).run(concurrency)


class _Serving:
    """Celery's worker with its signals connected; it holds them, since Celery does so only weakly."""

    def __init__(
        self, celery: Celery, rows: TaskRows, begin: Callable[[], TaskWorker], ready: Callable[[], None]
    ) -> None:
        self._celery = celery
        self._rows = rows
        self._begin = begin
        self._ready = ready
        self._worker: TaskWorker | None = None

    def run(self, concurrency: int) -> None:
        """Serve until told to stop."""
        self._celery.task(self._do, name=TASK, typing=False)
        signals.setup_logging.connect(_leave_the_log_alone)
        signals.worker_process_init.connect(self._process_begins)
        signals.worker_ready.connect(self._is_ready)
        signals.task_unknown.connect(self._unknown)
        signals.task_rejected.connect(self._rejected)
        # It warns root about pickled objects, which a worker does not accept.
        warnings.simplefilter("ignore", SecurityWarning)
        worker = ending_at_once(self._celery.Worker)(
            concurrency=concurrency,
            pool="prefork",
            quiet=True,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        try:
            worker.start()
        except WorkerBroken:
            _end_processes()
            raise

    def _do(self, *given: object, **named: object) -> None:
        if self._worker is None:
            raise StoreUnavailable("this process has not begun")
        match given, named:
            case (str(job), str(slot)), {} if not named:
                self._worker.do(job, slot)
            case _:
                self._worker.set_aside(repr((given, named)), "not the name of a task")

    def _process_begins(self, **_about: Any) -> None:
        _leave_connections()
        self._worker = self._begin()

    def _is_ready(self, **_about: Any) -> None:
        self._ready()

    def _unknown(self, name: str = "", id: str = "", **_about: Any) -> None:  # noqa: A002 (Celery's name)
        TaskWorker(rows=self._rows, kinds={}).set_aside(id, f"unknown task {name}")

    def _rejected(self, message: Message | None = None, exc: Exception | None = None, **_about: Any) -> None:
        body = message.body if message is not None else b""
        digest = sha256(body if isinstance(body, bytes) else str(body).encode()).hexdigest()
        TaskWorker(rows=self._rows, kinds={}).set_aside(digest, f"no task {exc or ''}".strip())


def ending_at_once(base: Any) -> Any:
    """Return Celery's worker, but for what it does after a fault of its own.

    Its way to stop in order waits for ever where the fault was in the middle of meeting the broker again, as when a
    process of the pool ended while the broker was away.
    """

    class PromptWorker(base):  # type: ignore[misc]
        def stop(self, in_sighandler: bool = False, exitcode: int | None = None) -> None:
            if exitcode == EX_FAILURE and not in_sighandler:
                raise WorkerBroken
            super().stop(in_sighandler=in_sighandler, exitcode=exitcode)

    return PromptWorker


def _end_processes() -> None:
    for process in active_children():
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        process.join(LAST_WORDS)


def _leave_connections() -> None:
    """Close every connection to others that this process inherited from the one that forked it.

    What a child keeps open is not closed when its parent closes it: the other side thinks that somebody is there, and
    the parent's epoll goes on telling of it. The numbers stay taken, for objects that still know them.
    """
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in [int(name) for name in os.listdir("/dev/fd")]:  # noqa: PTH208 (numbers, not paths)
        with suppress(OSError), socket.socket(fileno=os.dup(number)) as copy:  # no socket
            # Celery talks to its processes over a pair of unnamed sockets.
            if copy.family != socket.AF_UNIX or copy.getpeername():
                os.dup2(nowhere, number)
    os.close(nowhere)


def _leave_the_log_alone(**_about: Any) -> None:
    """Do nothing: Celery sets up no log of its own while this signal has a receiver."""
