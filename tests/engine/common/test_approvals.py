"""How long the price of an approval holds: two real minutes, in a replay that runs fast too."""

from datetime import timedelta

import pytest

from engine.common.approvals import Approvals
from engine.model.trade import Trade, TradeState
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.trades import PROPOSED_AT, a_trade

SPEED = 160
"""The demo's: two real minutes are more than five hours of its market."""
LONG = timedelta(days=1)


def approved(life: timedelta = LONG) -> Trade:
    return a_trade(state=TradeState.APPROVED, decided_at=PROPOSED_AT, expires_at=PROPOSED_AT + life)


def is_young(trade: Trade, *, speed: float, real_seconds: float) -> bool:
    clock = ManualClock(PROPOSED_AT, speed)
    approvals = Approvals(clock=clock)
    approvals.given(trade.id, clock.steady())
    clock.advance(real_seconds * speed)
    return approvals.are_young(trade, clock.now())


@pytest.mark.parametrize("speed", [1, SPEED])
def test_an_approval_is_young_for_two_real_minutes_however_fast_the_market_runs(speed: float) -> None:
    assert is_young(approved(), speed=speed, real_seconds=119)
    assert not is_young(approved(), speed=speed, real_seconds=121)


def test_in_a_fast_replay_an_approval_is_no_longer_young_once_its_proposal_is_over() -> None:
    hour = approved(timedelta(hours=1))
    assert is_young(hour, speed=SPEED, real_seconds=22)
    assert not is_young(hour, speed=SPEED, real_seconds=23)


def test_at_the_speed_of_the_wall_two_minutes_hold_though_the_proposal_is_over_before() -> None:
    assert is_young(approved(timedelta(seconds=30)), speed=1, real_seconds=119)


def test_an_approval_known_from_elsewhere_has_the_same_two_minutes() -> None:
    trade, clock = approved(), ManualClock(PROPOSED_AT + timedelta(hours=5), SPEED)
    assert Approvals(clock=clock).are_young(trade, clock.now())
    clock.advance(3_600)
    assert not Approvals(clock=clock).are_young(trade, clock.now())
