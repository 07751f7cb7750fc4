import pytest

from engine.control.leadership import LEASE_SECONDS, MARGIN, Leadership
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.lease import FakeLease
from tests.support.fakes.trades import PROPOSED_AT
from tests.support.waiting import until


@pytest.fixture(name="clock")
def _clock() -> ManualClock:
    return ManualClock(PROPOSED_AT)


def test_without_a_lease_this_process_is_the_only_one_in_one_term(clock: ManualClock) -> None:
    leadership = Leadership(lease=None, clock=clock)
    assert (leadership.renew(), leadership.leading_term()) == (False, 1)
    leadership.give_up(rest=60.0)
    assert leadership.leading_term() == 1


def test_it_stops_before_its_lease_ends_counted_from_before_it_asked(clock: ManualClock) -> None:
    lease = FakeLease(clock)
    lease.answers_after = 3.0
    leadership = Leadership(lease=lease, clock=clock)
    assert leadership.renew()
    assert leadership.leads()
    clock.advance(LEASE_SECONDS - MARGIN - 3.0)
    assert not leadership.leads()


def test_a_database_that_is_lost_ends_it_only_with_its_time(clock: ManualClock) -> None:
    lease = FakeLease(clock)
    leadership = Leadership(lease=lease, clock=clock)
    leadership.renew()
    lease.is_lost = True
    assert not leadership.renew()
    assert leadership.leads()
    clock.advance(LEASE_SECONDS)
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


def test_who_gives_it_up_to_rest_lets_others_ask_first(clock: ManualClock) -> None:
    leadership = Leadership(lease=FakeLease(clock), clock=clock)
    leadership.renew()
    leadership.give_up(rest=15.0)
    clock.advance(14)
    assert not leadership.renew()
    clock.advance(1)
    leadership.renew()
    assert leadership.leads()


def test_it_is_renewed_beside_whatever_the_leader_does(clock: ManualClock) -> None:
    lease = FakeLease(clock)
    leadership = Leadership(lease=lease, clock=clock)
    leadership.start()
    clock.advance(LEASE_SECONDS)
    assert until(leadership.leads)
    leadership.stop()
    assert (leadership.leads(), lease.given_up) == (False, 1)
