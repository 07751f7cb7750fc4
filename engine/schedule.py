"""The timetable: which verb runs when. The only file that names APScheduler.

Intervals are market seconds; a replay's clock runs faster than the wall's, and the jobs with it.
"""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from engine.engine import Engine
from engine.ports import Clock

log = structlog.get_logger()

THREADS = 10
SHORTEST = 0.1
"""Seconds: however fast a replay runs, no job runs more often than this."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A verb and its interval in market seconds."""

    name: str
    seconds: float
    verb: Callable[[], None]


def timetable(engine: Engine) -> tuple[Job, ...]:
    """Return every job of the engine."""
    return (
        Job(name="tick", seconds=30, verb=engine.tick),
        Job(name="decide", seconds=15, verb=engine.decide),
        Job(name="news", seconds=60, verb=engine.read_news),
        Job(name="tidy", seconds=15, verb=engine.tidy),
        Job(name="reconcile", seconds=60, verb=engine.reconcile),
        Job(name="watch", seconds=300, verb=engine.watch),
    )


class Guard:
    """Runs a job and survives it: a failure is logged, told to the desk once, and the next run comes all the same."""

    def __init__(self, job: Job, tell: Callable[[str, str, bool], None]) -> None:
        self._job = job
        self._tell = tell
        self._failing = threading.Event()

    def __call__(self) -> None:
        """Run the job once."""
        try:
            self._job.verb()
        except Exception:
            error_id = uuid.uuid4().hex[:8]
            log.exception("job_failed", job=self._job.name, error_id=error_id)
            self._failed(error_id)
        else:
            self._worked()

    def _failed(self, error_id: str) -> None:
        if not self._failing.is_set():
            self._failing.set()
            self._say(error_id, failed=True)

    def _worked(self) -> None:
        if self._failing.is_set():
            self._failing.clear()
            self._say("", failed=False)

    def _say(self, error_id: str, *, failed: bool) -> None:
        try:
            self._tell(self._job.name, error_id, failed)
        except Exception:  # the database may be what failed
            log.exception("desk_not_told", job=self._job.name, error_id=error_id)


class Schedule:
    """Ten threads that run the timetable, one run of a job at a time; runs that were missed are made up by one."""

    def __init__(self, *, engine: Engine, clock: Clock) -> None:
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(THREADS)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone="UTC",
        )
        for job in timetable(engine):
            guard = Guard(job, lambda name, error_id, failed: engine.job_failed(name, error_id, failed=failed))
            seconds = max(SHORTEST, job.seconds / clock.speed)
            self._scheduler.add_job(guard, "interval", seconds=seconds, id=job.name)

    def start(self) -> None:
        """Run the jobs from now on."""
        self._scheduler.start()

    def stop(self) -> None:
        """Let the jobs that are running end, and start no more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
