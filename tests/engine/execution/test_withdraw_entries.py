import pytest

from engine.common.orders import entry_of
from engine.model.market import Session
from engine.model.trade import OrderState, TradeState
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID


@pytest.mark.parametrize("verb", ["start", "housekeeping"])
def test_an_approval_that_grew_old_before_it_was_sent_is_cancelled(proposed: EngineHarness, verb: str) -> None:
    proposed.approved_but_not_sent()
    proposed.clock.advance(180)
    getattr(proposed.engine.jobs, verb)()
    assert (proposed.trade().state, proposed.trade().reason) == (TradeState.CANCELLED, "expired")
    assert proposed.broker.order(TRADE_ID) is None


def test_an_entry_that_a_halt_could_not_cancel_is_cancelled_once_the_broker_is_back(proposed: EngineHarness) -> None:
    approved = proposed.approved_but_not_sent()
    with proposed.store.writing() as transaction:
        transaction.move(approved, TradeState.SUBMITTED)
    proposed.line.is_away = True
    proposed.broker.submit(entry_of(approved, Session.REGULAR))
    proposed.market.is_down = True
    proposed.engine.commands.halt(EngineHarness.TRADER, "news")
    proposed.line.is_away = False
    proposed.engine.jobs.housekeeping()
    order = proposed.broker.order(TRADE_ID)
    assert order is not None
    assert order.state is OrderState.CANCELLED
