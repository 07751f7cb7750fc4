"""Whoever halted may take it back for 30 s, and only if nothing else halts the desk: where in doubt, the halt stays."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from engine.common.doubt_reasons import DOUBTS
from engine.errors import HaltStands, RequestRefused, StoreUnavailable
from engine.model.desk import ENGINE, HALTED_FROM, HALTED_TOO, OWN_ACCORD, Desk, DeskState, Request
from engine.model.notices.desk import DeskHalted, HaltReasonAdded, HaltTakenBack
from engine.model.reason import Reason
from engine.model.trade import TradeState
from tests.engine.control.test_kill_switch import Process, a_process, halted_without_books
from tests.support.engine_harness import EngineHarness
from tests.support.waiting import until

ANN = Request(by="U0ANN", said="halt", id="a halt")
BEN = Request(by="U0BEN", said="halt", id="another halt")
CLICK = Request(by="U0ANN", said="take back", id="a click")


def halt(desk: EngineHarness, request: Request = ANN, reason: str = "") -> datetime:
    since = desk.engine.commands.halt(request, reason).since
    assert since is not None
    return since


def take_back(desk: EngineHarness, given_at: datetime, request: Request = CLICK) -> Desk:
    return desk.engine.commands.take_back_halt(request, given_at)


def state(desk: EngineHarness) -> DeskState:
    return desk.engine.queries.desk().state


def test_whoever_halted_takes_it_back_and_the_desk_is_told_and_the_audit_has_it(proposed: EngineHarness) -> None:
    given_at = halt(proposed)
    proposed.clock.advance(29)
    assert take_back(proposed, given_at).state is DeskState.ACTIVE
    assert [told.by for told in proposed.told_of(HaltTakenBack)] == ["U0ANN"]
    with proposed.store.reading() as reader:
        [row] = [row for row in reader.audit() if row.action == "take back"]
    assert (row.actor, row.outcome, row.request) == ("U0ANN", "active", CLICK.id)


def test_what_the_halt_stopped_stays_stopped(proposed: EngineHarness) -> None:
    take_back(proposed, halt(proposed))
    assert proposed.trade().state is TradeState.REFUSED


def test_a_halt_that_was_taken_back_can_be_given_and_taken_back_again(proposed: EngineHarness) -> None:
    take_back(proposed, halt(proposed))
    proposed.clock.advance(1)
    again = halt(proposed, replace(ANN, id="once more"))
    assert state(proposed) is DeskState.HALTED
    take_back(proposed, again, replace(CLICK, id="and back"))
    assert state(proposed) is DeskState.ACTIVE


def by_another(desk: EngineHarness) -> None:
    halt(desk, BEN)


def too_late(desk: EngineHarness) -> None:
    desk.clock.advance(31)


def by_a_clock_that_went_back(desk: EngineHarness) -> None:
    desk.clock.set(desk.clock.now() - timedelta(seconds=5))


def by_a_flatten(desk: EngineHarness) -> None:
    desk.engine.commands.flatten(replace(ANN, id="and sell"))


def by_a_doubt(desk: EngineHarness) -> None:
    with desk.store.writing() as transaction:
        transaction.set_setting(DOUBTS, '{"truth_unknown": "truth_unknown"}')


def by_an_older_version(desk: EngineHarness) -> None:
    with desk.store.writing() as transaction:
        transaction.set_setting(HALTED_FROM, "")


def by_a_resume_and_another_halt(desk: EngineHarness) -> None:
    desk.engine.commands.resume(EngineHarness.ADMIN)
    desk.clock.advance(1)
    halt(desk, replace(ANN, id="anew"))


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (by_another, "halted_too"),
        (too_late, "too_late"),
        (by_a_clock_that_went_back, "too_late"),
        (by_a_flatten, "flattening"),
        (by_a_doubt, "doubt"),
        (by_an_older_version, "doubt"),
        (by_a_resume_and_another_halt, "not_yours"),
    ],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_a_halt_stays(proposed: EngineHarness, spoil: Callable[[EngineHarness], None], why: str) -> None:
    given_at = halt(proposed)
    spoil(proposed)
    with pytest.raises(HaltStands) as refused:
        take_back(proposed, given_at)
    assert refused.value.facts["why"] == why
    assert state(proposed) is DeskState.HALTED
    assert proposed.told_of(HaltTakenBack) == []


def test_nobody_takes_back_the_halt_of_another_not_even_an_admin(proposed: EngineHarness) -> None:
    given_at = halt(proposed)
    with pytest.raises(HaltStands):
        take_back(proposed, given_at, EngineHarness.ADMIN)
    assert state(proposed) is DeskState.HALTED


def test_an_active_desk_has_no_halt_to_take_back(proposed: EngineHarness) -> None:
    given_at = halt(proposed)
    take_back(proposed, given_at)
    with pytest.raises(HaltStands, match="not_halted"):
        take_back(proposed, given_at, replace(CLICK, id="a second click"))


def test_one_click_that_is_delivered_twice_takes_back_once(proposed: EngineHarness) -> None:
    given_at = halt(proposed)
    take_back(proposed, given_at)
    with pytest.raises(RequestRefused):
        take_back(proposed, given_at)
    assert len(proposed.told_of(HaltTakenBack)) == 1


def test_a_desk_that_took_exits_only_before_the_halt_is_for_an_admin_to_resume(proposed: EngineHarness) -> None:
    two = a_process(proposed)
    two.kill_switch.reduce(OWN_ACCORD, "truth_unknown")
    given_at = halt(proposed)
    with pytest.raises(HaltStands, match="doubt"):
        take_back(proposed, given_at)


def test_what_the_risk_monitor_would_have_halted_for_stays_halted(proposed: EngineHarness) -> None:
    proposed.engine.commands.approve(proposed.trade().id, EngineHarness.TRADER)
    given_at = halt(proposed)

    def is_noted() -> bool:  # until the entry's own events are heard, each puts the stop back to the broker's
        proposed.put_stop(proposed.trade(), Decimal(60))
        proposed.engine.jobs.monitor_risk()
        with proposed.store.reading() as reader:
            return reader.setting(HALTED_TOO) == ENGINE

    until(is_noted)
    with pytest.raises(HaltStands, match="halted_too"):
        take_back(proposed, given_at)
    assert state(proposed) is DeskState.HALTED


@pytest.fixture(name="two")
def _two(proposed: EngineHarness) -> tuple[Process, Process]:
    return a_process(proposed), a_process(proposed)


def test_the_halt_of_another_process_that_waits_for_the_database_holds(
    proposed: EngineHarness, two: tuple[Process, Process]
) -> None:
    one, other = two
    halted_without_books(one, BEN, flatten=False)
    given_at = other.kill_switch.halt(ANN, "").since
    assert given_at is not None
    with pytest.raises(HaltStands, match="halted_too"):
        other.kill_switch.take_back(CLICK, given_at)
    assert state(proposed) is DeskState.HALTED


def test_a_halt_that_another_process_asked_for_before_the_taking_back_holds_however_late_it_is_written(
    proposed: EngineHarness, two: tuple[Process, Process]
) -> None:
    one, other = two
    given_at = other.kill_switch.halt(ANN, "").since
    assert given_at is not None
    halted_without_books(one, BEN, flatten=False)
    with pytest.raises(HaltStands, match="halt_waits"):
        other.kill_switch.take_back(CLICK, given_at)
    one.kill_switch.flush_pending_halts()
    assert state(proposed) is DeskState.HALTED


def test_another_process_may_serve_the_click(proposed: EngineHarness, two: tuple[Process, Process]) -> None:
    one, other = two
    given_at = one.kill_switch.halt(ANN, "").since
    assert given_at is not None
    assert other.kill_switch.take_back(CLICK, given_at).state is DeskState.ACTIVE
    for process in two:
        process.kill_switch.hold_to_memory()  # which knows of no halt that the database lost
    assert state(proposed) is DeskState.ACTIVE


def test_a_database_that_fails_leaves_the_halt(proposed: EngineHarness, two: tuple[Process, Process]) -> None:
    one, _ = two
    given_at = one.kill_switch.halt(ANN, "").since
    assert given_at is not None
    one.store.is_away = True
    with pytest.raises(StoreUnavailable):
        one.kill_switch.take_back(CLICK, given_at)
    one.store.is_away = False
    assert state(proposed) is DeskState.HALTED


def test_a_second_halt_adds_its_reason_and_keeps_who_halted(proposed: EngineHarness) -> None:
    halt(proposed, ANN, "CPI at 8:30")
    halt(proposed, BEN, "for_data TSLA frozen")
    desk = proposed.engine.queries.desk()
    assert (desk.by, desk.reason) == ("U0ANN", "CPI at 8:30; for_data TSLA frozen")
    assert len(proposed.told_of(DeskHalted)) == 1
    assert [(told.by, str(told.reason)) for told in proposed.told_of(HaltReasonAdded)] == [
        ("U0BEN", "for_data TSLA frozen")
    ]


@pytest.mark.parametrize("reason", ["", "CPI at 8:30"])
def test_a_second_halt_without_a_new_reason_tells_nothing(proposed: EngineHarness, reason: str) -> None:
    halt(proposed, ANN, "CPI at 8:30")
    halt(proposed, BEN, reason)
    assert proposed.engine.queries.desk().reason == "CPI at 8:30"
    assert proposed.told_of(HaltReasonAdded) == []


def test_a_reason_joins_a_halt_that_had_none(proposed: EngineHarness) -> None:
    halt(proposed)
    halt(proposed, BEN, "CPI")
    assert proposed.engine.queries.desk().reason == "CPI"


@pytest.mark.parametrize(
    "text", ["for_news", "for_news CPI at 8:30", "CPI; for_data TSLA", "for_news; more", "a; b", "clock_differs 45"]
)
def test_a_reason_is_kept_and_read_as_the_same(text: str) -> None:
    assert str(Reason.read(text)) == text
