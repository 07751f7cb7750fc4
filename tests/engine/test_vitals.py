"""What the engine and its timetable know of themselves without asking anybody outside."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from engine.adapters.clock import SystemClock
from engine.scheduler import LATE, Job, JobGuard, Scheduler, timetable
from tests.rig import Rig
from tests.waiting import until

OVERDUE = timedelta(seconds=180)


def test_prices_are_due_once_regular_hours_have_gone_on_for_the_patience(rig: Rig) -> None:
    opening = datetime(2025, 8, 19, 13, 30, tzinfo=UTC)
    due = {}
    for minutes in (-10, 2, 4):
        rig.clock.set(opening + timedelta(minutes=minutes))
        due[minutes] = rig.engine.queries.health(OVERDUE).prices_due
    assert due == {-10: False, 2: False, 4: True}


def test_the_engine_knows_the_instant_of_its_newest_good_price(rig: Rig) -> None:
    assert rig.engine.queries.health(OVERDUE).price_at is None
    rig.market.price("AAPL", "150.25")
    rig.engine.jobs.tick()
    assert rig.engine.queries.health(OVERDUE).price_at == rig.clock.now()


@pytest.fixture(name="schedule")
def _schedule(rig: Rig) -> Iterator[Scheduler]:
    schedule = Scheduler(jobs=rig.engine.jobs, clock=SystemClock())
    yield schedule
    schedule.stop()


def test_while_the_timetable_stands_still_no_job_runs(rig: Rig, schedule: Scheduler) -> None:
    assert schedule.ailing() == ("lead", *(job.name for job in timetable(rig.engine.jobs)))
    schedule.start()
    assert schedule.ailing() == ()
    schedule.stop()
    assert len(schedule.ailing()) == len(timetable(rig.engine.jobs)) + 1


def test_prices_are_looked_at_with_the_start_itself(rig: Rig, schedule: Scheduler) -> None:
    rig.market.price("AAPL", "150.25")
    schedule.start()
    assert until(lambda: rig.engine.queries.health(OVERDUE).price_at) == rig.clock.now()


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
