"""What the engine and its timetable know of themselves without asking anybody outside."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from engine.adapters.clock import SystemClock
from engine.scheduler import LATE, Job, JobGuard, Scheduler, timetable
from tests.support.engine_harness import EngineHarness
from tests.support.waiting import until

OVERDUE = timedelta(seconds=180)


def test_prices_are_due_once_regular_hours_have_gone_on_for_the_patience(harness: EngineHarness) -> None:
    opening = datetime(2025, 8, 19, 13, 30, tzinfo=UTC)
    due = {}
    for minutes in (-10, 2, 4):
        harness.clock.set(opening + timedelta(minutes=minutes))
        due[minutes] = harness.engine.queries.health(OVERDUE).prices_due
    assert due == {-10: False, 2: False, 4: True}


def test_the_engine_knows_the_instant_of_its_newest_good_price(harness: EngineHarness) -> None:
    assert harness.engine.queries.health(OVERDUE).price_at is None
    harness.market.price("AAPL", "150.25")
    harness.engine.jobs.tick()
    assert harness.engine.queries.health(OVERDUE).price_at == harness.clock.now()


@pytest.fixture(name="schedule")
def _schedule(harness: EngineHarness) -> Iterator[Scheduler]:
    schedule = Scheduler(jobs=harness.engine.jobs, clock=SystemClock())
    yield schedule
    schedule.stop()


def test_while_the_timetable_stands_still_no_job_runs(harness: EngineHarness, schedule: Scheduler) -> None:
    assert schedule.ailing() == ("lead", *(job.name for job in timetable(harness.engine.jobs)))
    schedule.start()
    assert schedule.ailing() == ()
    schedule.stop()
    assert len(schedule.ailing()) == len(timetable(harness.engine.jobs)) + 1


def test_prices_are_looked_at_with_the_start_itself(harness: EngineHarness, schedule: Scheduler) -> None:
    harness.market.price("AAPL", "150.25")
    schedule.start()
    assert until(lambda: harness.engine.queries.health(OVERDUE).price_at) == harness.clock.now()


def test_a_guard_knows_whether_its_last_run_failed_and_how_long_ago_it_was() -> None:
    trouble: list[Exception] = [ZeroDivisionError()]

    def verb() -> None:
        if trouble:
            raise trouble.pop()

    guard = JobGuard(Job(name="tick", seconds=30, verb=verb), lambda *_told: None)
    before = guard.seconds_since
    failing = []
    for _ in range(2):
        guard()
        failing.append(guard.is_failing)
    assert failing == [True, False]
    assert guard.seconds_since < LATE
    until(lambda: guard.seconds_since > before)
