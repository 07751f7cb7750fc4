"""Somebody who lets the desk trade again waits for the database, and somebody halts meanwhile: that halt holds."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from engine.control.kill_switch import PATIENCE, KillSwitch
from engine.errors import HaltedMeanwhile
from engine.model.desk import OWN_ACCORD, RESUMED, Desk, DeskState, Request
from engine.model.notices.desk import DeskResumed, HaltTakenBack
from tests.engine.control.test_kill_switch import Process, a_process, flattening, gate_and_steer, halted_without_books
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.store import InterruptedStore

ADMIN = EngineHarness.ADMIN
ANN = Request(by="U0ANN", said="/halt", id="a halt")
ANN_AGAIN = Request(by="U0ANN", said="/halt", id="one more")
BEN = Request(by="U0BEN", said="/halt", id="another halt")


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A desk in which one process waits for the database while `other` goes on."""

    desk: EngineHarness
    one: KillSwitch
    other: Process
    store: InterruptedStore

    def meanwhile(self, act: Callable[[], object], after: float = 1) -> None:
        """Let this happen in `other` while the next write of `one` waits."""

        def later() -> None:
            self.desk.clock.advance(after)
            act()

        self.store.meanwhile = later

    def state(self) -> Desk:
        return self.desk.engine.queries.desk()


@pytest.fixture(name="waiting")
def _waiting(proposed: EngineHarness) -> Waiting:
    store = InterruptedStore(proposed.store)
    _, one = gate_and_steer(proposed, store, PATIENCE)
    return Waiting(desk=proposed, one=one, other=a_process(proposed), store=store)


def given_at(desk: Desk) -> datetime:
    assert desk.since is not None
    return desk.since


@pytest.mark.parametrize("is_halted", [False, True], ids=["of an active desk", "of a halted desk"])
@pytest.mark.parametrize("anyway", [False, True])
@pytest.mark.parametrize("seconds", [1, 0, -5], ids=["later", "at once", "by a clock behind"])
def test_a_resume_that_waits_for_the_database_undoes_no_halt_that_came_meanwhile(
    waiting: Waiting, *, is_halted: bool, anyway: bool, seconds: float
) -> None:
    if is_halted:
        waiting.other.kill_switch.halt(ANN, "first")
    waiting.desk.clock.advance(60)

    def halt() -> None:
        waiting.desk.clock.set(waiting.desk.clock.now() + timedelta(seconds=seconds))
        waiting.other.kill_switch.halt(BEN, "")

    waiting.store.meanwhile = halt
    with pytest.raises(HaltedMeanwhile) as refused:
        waiting.one.resume(ADMIN, anyway=anyway)
    assert refused.value.facts["by"] == "U0BEN"
    assert waiting.state().state is DeskState.HALTED
    assert waiting.desk.told_of(DeskResumed) == []


@pytest.mark.parametrize("is_resumed", [False, True], ids=["of a halted desk", "of one that traded again"])
def test_a_resume_from_what_was_shown_ends_that_halt_and_no_later_one(waiting: Waiting, *, is_resumed: bool) -> None:
    waiting.other.kill_switch.halt(ANN, "first")
    shown = waiting.desk.engine.queries.status().newest_halt
    waiting.desk.clock.advance(60)
    if is_resumed:
        waiting.one.resume(ADMIN)
    waiting.other.kill_switch.halt(BEN, "second")
    with pytest.raises(HaltedMeanwhile) as refused:
        waiting.one.resume(ADMIN, shown=shown)
    assert (refused.value.facts["by"], waiting.state().state) == ("U0BEN", DeskState.HALTED)
    seen = waiting.desk.engine.queries.status().newest_halt
    assert waiting.one.resume(ADMIN, shown=seen).state is DeskState.ACTIVE
    assert waiting.one.resume(ADMIN, shown=shown).state is DeskState.ACTIVE  # there is nothing left to end


def test_whoever_looks_and_resumes_again_lets_the_desk_trade(waiting: Waiting) -> None:
    waiting.meanwhile(lambda: waiting.other.kill_switch.halt(BEN, "fills are wrong"))
    with pytest.raises(HaltedMeanwhile):
        waiting.one.resume(ADMIN)
    waiting.desk.clock.advance(20)
    assert waiting.one.resume(ADMIN).state is DeskState.ACTIVE


def test_a_halt_in_the_same_process_holds_too(waiting: Waiting) -> None:
    waiting.meanwhile(lambda: waiting.one.halt(BEN, ""))
    with pytest.raises(HaltedMeanwhile):
        waiting.one.resume(ADMIN)
    assert waiting.state().state is DeskState.HALTED


def test_a_resume_anyway_ends_no_flatten_that_came_meanwhile(waiting: Waiting) -> None:
    waiting.meanwhile(lambda: waiting.other.kill_switch.halt(BEN, "", flatten=True))
    with pytest.raises(HaltedMeanwhile):
        waiting.one.resume(ADMIN, anyway=True)
    assert flattening(waiting.desk)


@pytest.mark.parametrize("seconds", [1, 600, -5])
def test_a_halt_that_came_meanwhile_holds_though_its_process_cannot_write_it(waiting: Waiting, seconds: float) -> None:
    """It stands in the desk's memory; whoever leads writes it with the next round."""
    waiting.desk.clock.advance(60)
    waiting.meanwhile(lambda: halted_without_books(waiting.other, BEN, flatten=False), after=seconds)
    with pytest.raises(HaltedMeanwhile) as refused:
        waiting.one.resume(ADMIN)
    assert refused.value.facts["by"] == "U0BEN"
    waiting.desk.engine.jobs.housekeeping()
    assert waiting.state().state is DeskState.HALTED


def test_a_halt_that_came_before_the_database_answered_the_resume_at_all_holds(waiting: Waiting) -> None:
    waiting.other.kill_switch.halt(ANN, "")
    waiting.desk.clock.advance(60)

    def halt() -> None:
        waiting.desk.clock.advance(2)
        waiting.other.kill_switch.halt(BEN, "")

    waiting.store.before_reading = halt
    with pytest.raises(HaltedMeanwhile):
        waiting.one.resume(ADMIN)
    assert waiting.state().state is DeskState.HALTED


def test_a_resume_overtakes_a_halt_that_was_given_before_it_and_is_not_written_yet(waiting: Waiting) -> None:
    halted_without_books(waiting.other, BEN, flatten=False)
    waiting.desk.clock.advance(15)
    assert waiting.one.resume(ADMIN).state is DeskState.ACTIVE
    waiting.other.kill_switch.flush_pending_halts()
    assert waiting.state().state is DeskState.ACTIVE


def test_a_halt_given_while_the_resume_waited_is_not_overtaken_however_late_it_is_written(waiting: Waiting) -> None:
    """A resume is as old as its request: what it overtakes was given before that."""
    waiting.meanwhile(lambda: None, after=25)
    waiting.one.resume(ADMIN)
    with waiting.desk.store.reading() as reader:
        resumed = reader.setting(RESUMED)
    assert resumed is not None
    assert datetime.fromisoformat(resumed) == waiting.desk.clock.now() - timedelta(seconds=25)


def test_the_desk_trades_from_when_the_resume_is_written_so_that_nothing_approved_before_may_leave(
    waiting: Waiting,
) -> None:
    waiting.meanwhile(lambda: None, after=25)
    assert waiting.one.resume(ADMIN).state is DeskState.ACTIVE
    waiting.one.halt(ANN, "")
    waiting.meanwhile(lambda: None, after=25)
    assert waiting.one.resume(replace(ADMIN, id="another")).since == waiting.desk.clock.now()


@pytest.mark.parametrize("by_ahead", [3600, 86400])
def test_a_halt_by_a_clock_far_ahead_can_be_resumed_at_once(waiting: Waiting, by_ahead: float) -> None:
    now = waiting.desk.clock.now()
    waiting.desk.clock.set(now + timedelta(seconds=by_ahead))
    waiting.other.kill_switch.halt(BEN, "")
    waiting.desk.clock.set(now)
    assert waiting.one.resume(ADMIN).state is DeskState.ACTIVE


def test_a_taking_back_that_waits_undoes_no_halt_of_the_same_person_that_came_meanwhile(waiting: Waiting) -> None:
    since = given_at(waiting.other.kill_switch.halt(ANN, ""))
    waiting.meanwhile(lambda: waiting.other.kill_switch.halt(ANN_AGAIN, ""))
    with pytest.raises(HaltedMeanwhile):
        waiting.one.take_back(replace(ANN, id="a click"), since)
    assert waiting.state().state is DeskState.HALTED
    assert waiting.desk.told_of(HaltTakenBack) == []
    assert waiting.one.take_back(replace(ANN, id="a second click"), since).state is DeskState.ACTIVE


@pytest.mark.parametrize("flatten", [False, True])
def test_what_the_engine_ends_by_itself_undoes_no_halt_that_came_meanwhile(waiting: Waiting, *, flatten: bool) -> None:
    waiting.one.reduce(OWN_ACCORD, "truth_unknown")
    waiting.meanwhile(lambda: waiting.other.kill_switch.halt(BEN, "", flatten=flatten))
    assert waiting.one.restore_active().state is DeskState.HALTED
    assert (waiting.state().state, waiting.state().by) == (DeskState.HALTED, "U0BEN")


def test_exits_only_take_nothing_from_a_halt_that_came_meanwhile(waiting: Waiting) -> None:
    waiting.meanwhile(lambda: waiting.other.kill_switch.halt(BEN, ""))
    assert waiting.one.reduce(OWN_ACCORD, "truth_unknown").by == "U0BEN"
    assert waiting.state().state is DeskState.HALTED


def test_auto_mode_takes_nothing_from_a_halt_that_came_meanwhile(waiting: Waiting) -> None:
    waiting.meanwhile(lambda: waiting.other.kill_switch.halt(BEN, ""))
    waiting.one.set_auto(ADMIN, on=True)
    assert (waiting.state().state, waiting.state().by, waiting.state().auto) == (DeskState.HALTED, "U0BEN", True)
