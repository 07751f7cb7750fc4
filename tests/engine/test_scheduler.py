import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from engine.control.leadership import LEASE_SECONDS, Leadership
from engine.control.lifecycle_notices import LifecycleNotices, Takeover
from engine.jobs import Jobs
from engine.model.market import Headline
from engine.model.notices.systems import BotStarted, LeaderReplaced
from engine.model.signal import Finding
from engine.ports.lease import Held
from engine.scheduler import RESTS, Job, JobGuard, Scheduler, timetable
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.lease import FakeLease
from tests.support.fakes.scorer import FakeScorer
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


class RecordedJobs:
    """The jobs, and which of those that the timetable takes have been run."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self.run: set[str] = set()

    def start(self, takeover: Takeover | None = None) -> None:
        self._jobs.start(takeover)

    def __getattr__(self, name: str) -> Callable[[], None]:
        def run() -> None:
            getattr(self._jobs, name)()
            self.run.add(name)

        return run


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


def test_who_leads_no_more_says_nothing_of_a_job_that_failed(
    told: list[tuple[str, bool]], tell: Callable[[str, str, bool], None]
) -> None:
    verb, leads = Verb(), [True]
    verb.fails = True
    guard = JobGuard(Job(name="tick", seconds=30, verb=verb), tell, lambda: leads[0])
    guard()
    leads[0] = False
    guard()
    assert (verb.runs, guard.is_failing, told) == (1, False, [("tick", True)])
    leads[0], verb.fails = True, False
    guard()
    assert told == [("tick", True)]


class Leads:
    """A timetable whose lease a test gives and takes, and what it did: `begin` is what its start does."""

    def __init__(self, harness: EngineHarness, begin: Callable[[], None]) -> None:
        self.done = list[str]()
        self.lease = FakeLease(harness.clock)
        self.told = Began(begin)
        self.leadership = Leadership(lease=self.lease, clock=harness.clock)
        self.schedule = Scheduler(
            jobs=replace(harness.engine.jobs, lifecycle_notices=self.told),
            clock=harness.clock,
            leadership=self.leadership,
            listen=lambda: self.done.append("listens"),
            hang_up=lambda: self.done.append("hangs up"),
        )


class Began(LifecycleNotices):
    """Says that the bot started by calling what a test gives it."""

    def __init__(self, begin: Callable[[], None]) -> None:
        self._begin = begin
        self.taken_over = list[Takeover]()
        self.begun_after = list[Takeover | None]()

    def took_over(self, takeover: Takeover) -> None:
        self.taken_over.append(takeover)

    def started(self, takeover: Takeover | None = None) -> None:
        self.begun_after.append(takeover)
        self._begin()


def test_a_start_that_takes_longer_than_a_lease_is_made_once(proposed: EngineHarness) -> None:
    begun = list[int]()

    def begin() -> None:
        begun.append(leading.leadership.term)
        proposed.clock.advance(LEASE_SECONDS)
        assert until(leading.leadership.leads)  # which another thread sees to

    leading = Leads(proposed, begin)
    for _ in range(5):
        leading.schedule.lead()
    assert (begun, leading.done, leading.schedule.leads()) == ([1], ["listens"], True)
    leading.schedule.stop()
    assert (leading.done, leading.schedule.leads()) == (["listens", "hangs up"], False)


def test_who_cannot_begin_hangs_up_and_lets_another_lead(proposed: EngineHarness) -> None:
    def begin() -> None:
        raise OSError("no space left")

    leading = Leads(proposed, begin)
    with pytest.raises(OSError, match="no space"):
        leading.schedule.lead()
    assert (leading.done, leading.lease.given_up) == (["listens", "hangs up"], 1)
    leading.lease.answer = 2
    proposed.clock.advance(RESTS - 1)
    leading.leadership.renew()
    leading.schedule.lead()
    assert not leading.leadership.leads()
    leading.schedule.stop()


def test_who_lost_the_lead_and_has_it_back_begins_anew(proposed: EngineHarness) -> None:
    begun = list[int]()
    leading = Leads(proposed, lambda: begun.append(leading.leadership.term))
    leading.schedule.lead()
    leading.lease.answer = None
    leading.leadership.renew()
    leading.schedule.lead()
    assert not leading.schedule.leads()
    leading.lease.answer = 3
    leading.leadership.renew()
    leading.schedule.lead()
    assert (begun, leading.done) == ([1, 3], ["listens", "hangs up", "listens"])
    leading.schedule.stop()


def test_who_does_not_lead_hangs_up_at_each_look(proposed: EngineHarness) -> None:
    """A job that was under way when the lead was lost may have begun to listen again."""
    leading = Leads(proposed, lambda: None)
    leading.schedule.lead()
    leading.lease.answer = None
    leading.leadership.renew()
    for _ in range(2):
        leading.schedule.lead()
    assert leading.done == ["listens", "hangs up", "hangs up"]
    leading.schedule.stop()


def test_who_cannot_trade_steps_aside_unless_nobody_else_could(proposed: EngineHarness) -> None:
    leading = Leads(proposed, lambda: None)
    leading.schedule.lead()
    leading.schedule.step_aside()
    assert (leading.schedule.leads(), leading.done) == (False, ["listens", "hangs up"])
    leading.schedule.stop()
    alone = Scheduler(jobs=proposed.engine.jobs, clock=proposed.clock)
    alone.lead()
    alone.step_aside()
    assert alone.leads()


def test_the_timetable_is_the_blueprints(harness: EngineHarness) -> None:
    assert {job.name: job.seconds for job in timetable(harness.engine.jobs)} == {
        "tick": 30,
        "bars": 5,
        "decide": 15,
        "news": 60,
        "housekeeping": 15,
        "reconcile": 60,
        "poll_unconfirmed": 1,
        "watch_halts": 1,
        "monitor_risk": 300,
        "reports": 60,
        "shadow": 15,
        "corporate_actions": 3600,
        "calendar": 3600,
    }


def test_a_job_is_late_once_its_interval_has_passed_without_a_run(harness: EngineHarness) -> None:
    harness.clock.speed = 300  # a tick is due each tenth of a second, the calendar each twelve seconds
    schedule = Scheduler(jobs=harness.engine.jobs, clock=harness.clock)
    assert until(lambda: schedule.delays()["tick"] > 0)
    assert schedule.delays()["calendar"] == 0


def test_the_first_round_of_every_job_is_made_at_the_start(proposed: EngineHarness) -> None:
    jobs = RecordedJobs(proposed.engine.jobs)
    schedule = Scheduler(jobs=cast(Jobs, jobs), clock=proposed.clock)
    schedule.start()
    assert until(lambda: len(jobs.run) == len(timetable(proposed.engine.jobs)))
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


def test_a_process_that_replaces_a_silent_leader_says_so_once_before_it_begins(proposed: EngineHarness) -> None:
    leading = Leads(proposed, lambda: None)
    leading.lease.answer = None
    leading.schedule.lead()
    leading.lease.answer = 5
    leading.lease.after = Held(holder="that machine/68/a life/desk-2", term=4, seconds=-1.5)
    leading.leadership.renew()
    for _ in range(3):
        leading.schedule.lead()
    silence = timedelta(seconds=LEASE_SECONDS + 1.5)
    takeover = Takeover(term=5, leader="desk-1 (pid 7)", before="desk-2 (pid 68)", silence=silence)
    assert (leading.told.taken_over, leading.told.begun_after) == ([takeover], [takeover])
    leading.schedule.stop()


def test_a_process_that_follows_a_leader_that_handed_over_reports_a_start_only(proposed: EngineHarness) -> None:
    leading = Leads(proposed, lambda: None)
    leading.schedule.lead()
    assert (leading.told.taken_over, leading.told.begun_after) == ([], [None])
    leading.schedule.stop()


def test_a_takeover_is_told_with_who_leads_now_and_since_when_the_one_before_is_silent(harness: EngineHarness) -> None:
    takeover = Takeover(term=5, leader="desk-1 (pid 7)", before="desk-2 (pid 68)", silence=timedelta(seconds=7))
    told = len(harness.told_of(BotStarted))
    for _ in range(2):
        harness.engine.jobs.start(takeover)
    [notice] = harness.told_of(LeaderReplaced)
    assert (notice.leader, notice.before) == ("desk-1 (pid 7)", "desk-2 (pid 68)")
    assert notice.silent_since == harness.clock.now() - timedelta(seconds=7)
    assert len(harness.told_of(BotStarted)) == told


class SlowScorer(FakeScorer):
    """A Claude that answers once it may."""

    def __init__(self) -> None:
        super().__init__()
        self.is_asked, self.may_answer = threading.Event(), threading.Event()

    def findings(self, symbol: str, headlines: Sequence[Headline]) -> tuple[Finding, ...]:
        self.is_asked.set()
        self.may_answer.wait()
        return super().findings(symbol, headlines)


def test_all_other_jobs_run_while_what_is_unread_at_a_start_is_read(tmp_path: Path) -> None:
    scorer = SlowScorer()
    harness = EngineHarness.build(tmp_path, on=lambda adapters: replace(adapters, scorer=scorer))
    line = Headline(id="n-1", at=harness.clock.now(), symbols=("AAPL",), text="overnight", source="wire")
    harness.news.lines.append(line)
    jobs = RecordedJobs(harness.engine.jobs)
    schedule = Scheduler(jobs=cast(Jobs, jobs), clock=harness.clock)
    schedule.start()
    try:
        assert scorer.is_asked.wait(60)
        assert until(lambda: len(jobs.run) == len(timetable(harness.engine.jobs)) - 1, 60)
        assert "read_news" not in jobs.run
        assert schedule.leads()
    finally:
        scorer.may_answer.set()
        schedule.stop()
        harness.close()
