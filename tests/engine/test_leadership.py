from typing import Self

import pytest

from engine.control.leadership import MARGIN, SECONDS, Leadership
from engine.errors import StoreUnavailable
from engine.ports.lease import Held
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.trades import PROPOSED_AT


class FakeLease:
    """A lease that a test gives and takes; `asking` runs while it is asked for."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.answer: int | None = 1
        self.is_lost = False
        self.answers_after = 0.0
        self.given_up = 0

    def take(self, seconds: float) -> int | None:
        assert seconds == SECONDS
        self.clock.advance(self.answers_after)
        if self.is_lost:
            raise StoreUnavailable("gone")
        return self.answer

    def give_up(self) -> None:
        self.given_up += 1

    def held(self) -> Held | None:
        return None

    def named(self, name: str) -> Self:
        raise NotImplementedError(name)


@pytest.fixture(name="clock")
def _clock() -> ManualClock:
    return ManualClock(PROPOSED_AT)


def test_without_a_lease_this_process_is_the_only_one_and_begins_once(clock: ManualClock) -> None:
    leadership = Leadership(lease=None, clock=clock)
    assert [leadership.renew(), leadership.renew()] == [True, False]
    assert leadership.leads()


def test_it_stops_before_its_lease_ends_counted_from_before_it_asked(clock: ManualClock) -> None:
    lease = FakeLease(clock)
    lease.answers_after = 3.0
    leadership = Leadership(lease=lease, clock=clock)
    assert leadership.renew()
    assert leadership.leads()
    clock.advance(SECONDS - MARGIN - 3.0)
    assert not leadership.leads()


def test_a_database_that_is_lost_ends_it_only_with_its_time(clock: ManualClock) -> None:
    lease = FakeLease(clock)
    leadership = Leadership(lease=lease, clock=clock)
    leadership.renew()
    lease.is_lost = True
    assert not leadership.renew()
    assert leadership.leads()
    clock.advance(SECONDS)
    assert not leadership.leads()


def test_it_begins_anew_in_each_term(clock: ManualClock) -> None:
    lease = FakeLease(clock)
    leadership = Leadership(lease=lease, clock=clock)
    begun = []
    for lease.answer in (1, 1, None, 3, 3):
        begun.append((leadership.renew(), leadership.leads()))
    assert begun == [(True, True), (False, True), (False, False), (True, True), (False, True)]


def test_who_gives_it_up_leads_no_more(clock: ManualClock) -> None:
    lease = FakeLease(clock)
    leadership = Leadership(lease=lease, clock=clock)
    leadership.renew()
    leadership.give_up()
    assert not leadership.leads()
    assert lease.given_up == 1
