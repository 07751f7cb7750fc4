"""The timetable: which verb runs when. The only file that names APScheduler.

Every job runs for the first time with the start itself, so that nobody waits an interval to know how the desk is.

Intervals are market seconds; a replay's clock runs faster than the wall's, and the jobs with it.
"""

import threading
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from engine.control.leadership import LEASE_SECONDS, Leadership
from engine.control.lifecycle_notices import Takeover
from engine.errors import Fenced
from engine.instance_id import process_of
from engine.jobs import Jobs
from engine.ports.clock import Clock

log = structlog.get_logger()

THREADS = 10
SHORTEST = 0.1
"""Seconds: however fast a replay runs, no job runs more often than this."""
LEAD = "lead"
"""The job that asks whether this process leads."""
RESTS = 15.0
"""Seconds for which a process that cannot begin leaves the lead to others."""
LATE = 60.0
"""Seconds that a run may take, or be late, before the job counts as stuck."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A verb and its interval in market seconds, or in real ones: what waits for an outside system waits as it does."""

    name: str
    seconds: float
    verb: Callable[[], None]
    is_real: bool = False


def nothing() -> None:
    """Do nothing."""


def timetable(jobs: Jobs) -> tuple[Job, ...]:
    """Return every job."""
    return (
        Job(name="tick", seconds=30, verb=jobs.tick),
        Job(name="bars", seconds=5, verb=jobs.process_bars),  # which asks nobody unless a bar closed
        Job(name="decide", seconds=15, verb=jobs.decide_proposals),
        Job(name="news", seconds=60, verb=jobs.read_news),
        Job(name="housekeeping", seconds=15, verb=jobs.housekeeping),
        Job(name="reconcile", seconds=60, verb=jobs.reconcile),
        Job(name="poll_unconfirmed", seconds=1, verb=jobs.poll_unconfirmed, is_real=True),
        Job(name="watch_halts", seconds=1, verb=jobs.halt_watch, is_real=True),
        Job(name="monitor_risk", seconds=300, verb=jobs.monitor_risk),
        Job(name="shadow", seconds=15, verb=jobs.shadow),  # which asks nobody unless a bar was decided on
        Job(name="reports", seconds=60, verb=jobs.tell_reports),
        Job(name="corporate_actions", seconds=3600, verb=jobs.learn_corporate_actions),
        Job(name="calendar", seconds=3600, verb=jobs.refresh_calendar),  # reads once a day, and hourly till it did
    )


def _takeover(leadership: Leadership, term: int) -> Takeover | None:
    """Return what the desk must learn of a takeover by this process, None if nobody died."""
    before = leadership.after
    if before is None:
        return None
    silence = timedelta(seconds=LEASE_SECONDS - before.seconds)  # since it took the lease for so long, the last time
    return Takeover(term=term, leader=process_of(leadership.me), before=process_of(before.holder), silence=silence)


class JobGuard:
    """Runs a job and survives it: a failure is logged, told to the desk once, and the next run comes all the same."""

    def __init__(
        self,
        job: Job,
        tell: Callable[[str, str, bool], None],
        may_run: Callable[[], bool] = lambda: True,
        in_charge: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._job = job
        self._tell = tell
        self._may_run = may_run
        self._in_charge = in_charge
        self._failing = threading.Event()
        self._is_told = False
        self._ended = time.monotonic()

    @property
    def is_failing(self) -> bool:
        """Whether the last run failed."""
        return self._failing.is_set()

    @property
    def seconds_since(self) -> float:
        """Seconds since the last run ended, or since the job was made."""
        return time.monotonic() - self._ended

    def __call__(self) -> None:
        """Run the job once, if this process may."""
        if not self._may_run():
            # Another process runs it, so that nothing here is late or fails; that one tells how it goes.
            self._ended, self._is_told = time.monotonic(), False
            self._failing.clear()
            return
        try:
            with self._in_charge():
                self._job.verb()
        except Fenced as error:
            log.warning("held_back", job=self._job.name, error=str(error))  # another process runs it by now
        except Exception:
            error_id = uuid.uuid4().hex[:8]
            log.exception("job_failed", job=self._job.name, error_id=error_id)
            self._failed(error_id)
        else:
            self._worked()
        self._ended = time.monotonic()

    def _failed(self, error_id: str) -> None:
        self._failing.set()
        if not self._is_told:
            self._is_told = self._says(error_id, failed=True)

    def _worked(self) -> None:
        self._failing.clear()
        if self._is_told:
            self._is_told = not self._says("", failed=False)

    def _says(self, error_id: str, *, failed: bool) -> bool:
        """Tell the desk, and return whether that worked: the database may be what failed."""
        try:
            self._tell(self._job.name, error_id, failed)
        except Exception:
            log.exception("desk_not_told", job=self._job.name, error_id=error_id)
            return False
        return True


class Scheduler:
    """Ten threads that run the timetable, one run of a job at a time; runs that were missed are made up by one.

    Of several processes on a database the one that leads runs the jobs; each looks every second whether it does. Only
    then it hears what the broker tells of orders: `listen` begins that, `hang_up` ends it. It leads until its last job
    has ended. Once another one leads in a later term, a job fails at its next write or order.
    """

    def __init__(
        self,
        *,
        jobs: Jobs,
        clock: Clock,
        leadership: Leadership | None = None,
        listen: Callable[[], None] = nothing,
        hang_up: Callable[[], None] = nothing,
    ) -> None:
        self._jobs = jobs
        self._leadership = leadership or Leadership(lease=None, clock=clock)
        self._listen = listen
        self._hang_up = hang_up
        self._begun: int | None = None
        self._is_listening = False
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(THREADS)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone="UTC",
        )
        self._guards: dict[str, tuple[JobGuard, float]] = {}
        lead = Job(name=LEAD, seconds=1, verb=self.lead, is_real=True)
        for job in (lead, *timetable(jobs)):
            guard = JobGuard(
                job,
                lambda name, error_id, failed: jobs.job_failed(name, error_id, failed=failed),
                (lambda: True) if job is lead else self.leads,
                nullcontext if job is lead else self._leadership.in_charge,
            )
            seconds = max(SHORTEST, job.seconds / (1 if job.is_real else clock.speed))
            at_once = datetime.now(UTC)  # which has passed by the start; a run that was missed is made up
            self._scheduler.add_job(guard, "interval", seconds=seconds, id=job.name, next_run_time=at_once)
            self._guards[job.name] = (guard, seconds)

    def start(self) -> None:
        """Run the jobs from now on."""
        self._scheduler.start()

    def lead(self) -> None:
        """Follow whether this process leads: who does so from now on begins with the start, then with the jobs.

        The lease is renewed beside this, so that a start may take its time. One that fails lets another process try.
        """
        self._leadership.start()
        term = self._leadership.leading_term()
        if term is None:
            # At each look: a job that was under way as another began to lead may have called again.
            self._begun, self._is_listening = None, False
            self._hang_up()
        elif term != self._begun:
            self._hang_up_once()
            self._begin(term)

    def step_aside(self) -> None:
        """Let another process lead while this one cannot trade, as Slack does not let it in."""
        if self._leadership.is_shared:
            self._leadership.give_up(RESTS)
            self._hang_up_once()

    def _begin(self, term: int) -> None:
        self._is_listening = True
        try:
            self._listen()
            with self._leadership.in_charge():
                self._jobs.start(_takeover(self._leadership, term))
        except Exception:
            self._leadership.give_up(RESTS)
            self._hang_up_once()
            raise
        self._begun = term
        self._run_all_now()

    def _hang_up_once(self) -> None:
        self._begun = None
        if self._is_listening:
            self._is_listening = False
            self._hang_up()

    def _run_all_now(self) -> None:
        """Let nothing wait an interval for its first run of this process' time in charge."""
        if self._scheduler.running:
            for name in self._guards.keys() - {LEAD}:
                self._scheduler.modify_job(name, next_run_time=datetime.now(UTC))

    def leads(self) -> bool:
        """Tell whether this process runs the jobs now."""
        return self._begun is not None and self._begun == self._leadership.leading_term()

    def ailing(self) -> tuple[str, ...]:
        """Return the jobs that failed last time or did not run lately; all of them while the timetable stands still."""
        return tuple(
            name
            for name, (guard, seconds) in self._guards.items()
            if not self._runs() or guard.is_failing or guard.seconds_since > 2 * seconds + LATE
        )

    def _runs(self) -> bool:
        """Tell whether the timetable goes on: it was started, and the thread that starts its jobs has not ended."""
        thread = getattr(self._scheduler, "_thread", None)  # the only trace of it that APScheduler leaves
        return bool(self._scheduler.running) and isinstance(thread, threading.Thread) and thread.is_alive()

    def delays(self) -> Mapping[str, float]:
        """Return by how many seconds each job is later than its interval after its last run."""
        return {name: max(0.0, guard.seconds_since - seconds) for name, (guard, seconds) in self._guards.items()}

    def stop(self) -> None:
        """Let the jobs that are running end, start no more, and let another process lead."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
        if self._leadership.is_shared:
            self._hang_up_once()
        self._leadership.stop()
