from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from engine.errors import DeskNotActive, Fenced, LookedTooLongAgo
from engine.execution.entry_hold import EntryHold
from engine.execution.last_look import LastLook, Look
from engine.model.desk import Term
from engine.model.market import Session
from engine.ports.store import LOOK_HOLDS
from tests.support.fakes.clock import ManualClock

TERM = Term(number=7, holder="this process")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2025, 8, 19, 14, 45, tzinfo=UTC))


@pytest.fixture
def hold() -> EntryHold:
    return EntryHold()


@pytest.fixture
def look(clock: ManualClock) -> Look:
    return Look(session=Session.REGULAR, term=TERM, at=clock.steady())


def last(look: Look, hold: EntryHold, clock: ManualClock, again: Callable[[], Look] | None = None) -> LastLook:
    def not_again() -> Look:
        pytest.fail("looked at again")

    return LastLook(look=look, again=again or not_again, hold=hold, clock=clock)


def test_what_was_looked_at_in_time_leaves_and_is_not_looked_at_again(
    look: Look, hold: EntryHold, clock: ManualClock
) -> None:
    clock.advance(LOOK_HOLDS)
    last(look, hold, clock)()


def test_what_was_looked_at_too_long_ago_leaves_after_another_look(
    look: Look, hold: EntryHold, clock: ManualClock
) -> None:
    clock.advance(LOOK_HOLDS * 2)
    last(look, hold, clock, lambda: Look(session=look.session, term=TERM, at=clock.steady()))()


def test_what_the_other_look_refuses_does_not_leave(look: Look, hold: EntryHold, clock: ManualClock) -> None:
    def refusing() -> Look:
        raise Fenced("term 7 is over")

    clock.advance(LOOK_HOLDS * 2)
    with pytest.raises(Fenced):
        last(look, hold, clock, refusing)()


def test_an_order_of_another_session_does_not_leave(look: Look, hold: EntryHold, clock: ManualClock) -> None:
    clock.advance(LOOK_HOLDS * 2)
    with pytest.raises(LookedTooLongAgo):
        last(look, hold, clock, lambda: Look(session=Session.AFTER, term=TERM, at=clock.steady()))()


def test_where_the_other_look_takes_too_long_as_well_nothing_leaves(
    look: Look, hold: EntryHold, clock: ManualClock
) -> None:
    def slow() -> Look:
        at = clock.steady()
        clock.advance(LOOK_HOLDS * 2)
        return Look(session=look.session, term=TERM, at=at)

    clock.advance(LOOK_HOLDS * 2)
    with pytest.raises(LookedTooLongAgo):
        last(look, hold, clock, slow)()


def test_a_halt_that_could_not_be_written_keeps_an_order_back_until_it_is_released(
    look: Look, hold: EntryHold, clock: ManualClock
) -> None:
    hold.hold("U0ADMIN1", "fire in the building")
    with pytest.raises(DeskNotActive, match="fire in the building"):
        last(look, hold, clock)()
    hold.release()
    last(look, hold, clock)()


def test_a_halt_that_comes_while_it_is_looked_again_keeps_the_order_back(
    look: Look, hold: EntryHold, clock: ManualClock
) -> None:
    def halted_meanwhile() -> Look:
        hold.hold("U0ADMIN1", "")
        return Look(session=look.session, term=TERM, at=clock.steady())

    clock.advance(LOOK_HOLDS * 2)
    with pytest.raises(DeskNotActive):
        last(look, hold, clock, halted_meanwhile)()
