"""How long the price of an approval holds: two minutes of the market, and some real seconds in a fast replay."""

from datetime import timedelta

import pytest

from engine.common.approvals import Approvals
from engine.model.trade import Trade, TradeState
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.trades import PROPOSED_AT, a_trade

SPEED = 160
"""The demo's: two minutes of its market are less than a real second."""
LONG = timedelta(days=1)


def approved(life: timedelta = LONG) -> Trade:
    return a_trade(state=TradeState.APPROVED, decided_at=PROPOSED_AT, expires_at=PROPOSED_AT + life)


def is_young(trade: Trade, *, speed: float, real_seconds: float) -> bool:
    clock = ManualClock(PROPOSED_AT, speed)
    approvals = Approvals(clock=clock)
    approvals.given(trade.id, clock.steady())
    clock.advance(real_seconds * speed)
    return approvals.are_young(trade, clock.now())


@pytest.mark.parametrize(("speed", "real_seconds"), [(1, 120), (20, 6), (SPEED, 6)])
def test_an_approval_is_young_for_two_minutes_of_the_market_and_at_least_six_real_seconds(
    speed: float, real_seconds: float
) -> None:
    assert is_young(approved(), speed=speed, real_seconds=real_seconds - 0.1)
    assert not is_young(approved(), speed=speed, real_seconds=real_seconds + 0.1)


def test_in_a_fast_replay_an_approval_is_no_longer_young_once_its_proposal_is_over() -> None:
    short = approved(timedelta(minutes=8))  # three real seconds
    assert is_young(short, speed=SPEED, real_seconds=2.9)
    assert not is_young(short, speed=SPEED, real_seconds=3.1)


def test_at_the_speed_of_the_wall_two_minutes_hold_though_the_proposal_is_over_before() -> None:
    assert is_young(approved(timedelta(seconds=30)), speed=1, real_seconds=119)


def test_an_approval_known_from_elsewhere_is_as_young() -> None:
    trade, clock = approved(), ManualClock(PROPOSED_AT + timedelta(minutes=8), SPEED)
    assert Approvals(clock=clock).are_young(trade, clock.now())
    clock.advance(3_600)
    assert not Approvals(clock=clock).are_young(trade, clock.now())
