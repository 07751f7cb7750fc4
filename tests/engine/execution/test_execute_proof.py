"""An order that may exist is never given up by one look, and one that was proven to exist never at all."""

import pytest

from engine.errors import BrokerUnavailable, OrderExists
from engine.model.trade import TradeState
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID


def test_an_order_that_the_broker_says_it_has_is_looked_for_until_it_is_found(proposed: EngineHarness) -> None:
    proposed.line.loses_answer = True
    proposed.line.hides = True
    proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    proposed.line.loses_answer = False
    proposed.line.exists = True
    proposed.look_for_it(200)
    assert proposed.trade().state is TradeState.SUBMITTED
    proposed.line.hides = False
    proposed.engine.jobs.poll_unconfirmed()
    assert (proposed.trade().state, proposed.trade().filled_shares) == (TradeState.OPEN, 512)


def test_a_restart_knows_the_proof(proposed: EngineHarness) -> None:
    proposed.line.hides = proposed.line.exists = True
    proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    another_life = proposed.born_again()
    for _ in range(10):
        proposed.clock.advance(30)
        another_life.jobs.reconcile()
    assert proposed.trade().state is TradeState.SUBMITTED


@pytest.mark.parametrize("seconds", [0, 1])
def test_looks_that_follow_each_other_at_once_are_one(proposed: EngineHarness, seconds: int) -> None:
    proposed.line.loses_request = True
    proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    proposed.clock.advance(130)
    for _ in range(3):
        proposed.clock.advance(seconds / 3)
        proposed.engine.jobs.poll_unconfirmed()
    assert proposed.trade().state is TradeState.SUBMITTED


def test_an_order_that_only_the_list_shows_is_not_given_up(proposed: EngineHarness) -> None:
    proposed.line.loses_answer = True
    proposed.line.hides = True
    proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    proposed.clock.advance(130)
    proposed.look_for_it(20)
    assert proposed.trade().state is TradeState.SUBMITTED


def test_a_second_attempt_that_is_refused_ends_nothing_before_the_first_was_looked_for(proposed: EngineHarness) -> None:
    proposed.line.loses_answer = True
    proposed.line.hides = True
    proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    proposed.line.loses_answer = False
    proposed.line.refuses = "insufficient buying power"
    proposed.clock.advance(2)
    proposed.engine.jobs.poll_unconfirmed()
    assert proposed.trade().state is TradeState.SUBMITTED
    proposed.line.hides = False
    proposed.engine.jobs.poll_unconfirmed()
    assert proposed.trade().state is TradeState.OPEN


def test_an_order_that_exists_is_no_loss_of_the_broker() -> None:
    assert not issubclass(OrderExists, BrokerUnavailable)
