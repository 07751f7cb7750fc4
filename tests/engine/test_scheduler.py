import threading
from collections.abc import Callable

import pytest

from engine.scheduler import Job, JobGuard, Scheduler, timetable
from tests.support.engine_harness import EngineHarness
from tests.support.waiting import until


class Verb:
    """A job's verb that fails while it is told to."""

    def __init__(self) -> None:
        self.fails = False
        self.runs = 0

    def __call__(self) -> None:
        self.runs += 1
        if self.fails:
            raise ZeroDivisionError


@pytest.fixture
def told() -> list[tuple[str, bool]]:
    return []


@pytest.fixture
def tell(told: list[tuple[str, bool]]) -> Callable[[str, str, bool], None]:
    return lambda job, _error_id, failed: told.append((job, failed))


def test_a_failing_job_is_told_once_runs_again_and_its_recovery_is_told_once(
    told: list[tuple[str, bool]], tell: Callable[[str, str, bool], None]
) -> None:
    verb = Verb()
    guard = JobGuard(Job(name="tick", seconds=30, verb=verb), tell)
    for fails in (False, True, True, True, False, False):
        verb.fails = fails
        guard()
    assert verb.runs == 6
    assert told == [("tick", True), ("tick", False)]


def test_a_job_survives_that_the_desk_cannot_be_told() -> None:
    def broken(_job: str, _error_id: str, _failed: bool) -> None:
        raise OSError

    verb = Verb()
    verb.fails = True
    guard = JobGuard(Job(name="tick", seconds=30, verb=verb), broken)
    guard()
    guard()
    assert verb.runs == 2


def test_a_failure_that_was_never_told_has_no_recovery_to_tell() -> None:
    told = list[bool]()

    def away_at_first(_job: str, _error_id: str, failed: bool) -> None:
        if failed:
            raise OSError
        told.append(failed)

    verb = Verb()
    guard = JobGuard(Job(name="tick", seconds=30, verb=verb), away_at_first)
    for fails in (True, True, False):
        verb.fails = fails
        guard()
    assert told == []
    assert not guard.is_failing


def test_the_timetable_is_the_blueprints(harness: EngineHarness) -> None:
    assert {job.name: job.seconds for job in timetable(harness.engine.jobs)} == {
        "tick": 30,
        "bars": 5,
        "decide": 15,
        "news": 60,
        "housekeeping": 15,
        "reconcile": 60,
        "poll_unconfirmed": 1,
        "monitor_risk": 300,
        "reports": 60,
        "corporate_actions": 3600,
        "calendar": 3600,
    }


def test_a_job_is_late_once_its_interval_has_passed_without_a_run(harness: EngineHarness) -> None:
    harness.clock.speed = 300  # a tick is due each tenth of a second, the calendar each twelve seconds
    schedule = Scheduler(jobs=harness.engine.jobs, clock=harness.clock)
    assert until(lambda: schedule.delays()["tick"] > 0)
    assert schedule.delays()["calendar"] == 0


def test_the_first_round_of_every_job_is_made_at_the_start(proposed: EngineHarness) -> None:
    schedule = Scheduler(jobs=proposed.engine.jobs, clock=proposed.clock)
    schedule.start()
    assert until(lambda: schedule.every_job_has_run)
    schedule.stop()


def test_all_jobs_can_run_at_once_without_harm(proposed: EngineHarness) -> None:
    jobs = [job for job in timetable(proposed.engine.jobs) for _ in range(3)]
    failures: list[BaseException] = []

    def run(job: Job) -> None:
        try:
            job.verb()
        except BaseException as error:  # noqa: BLE001 (the test shows whatever it is)
            failures.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert len(proposed.asked()) == 1
