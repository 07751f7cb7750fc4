from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.model.trade import Entry, OrderState, Trade, TradeState
from tests.fakes.worked_example import TRADE_ID
from tests.rig import Rig


def entry_of(trade: Trade) -> Entry:
    return Entry(
        client_order_id=trade.id, symbol=trade.symbol, shares=trade.shares, stop=trade.stop, target=trade.target
    )


def shares_held(rig: Rig) -> list[int]:
    return [held.shares for held in rig.broker.positions() if held.symbol == "AAPL"]


def test_a_first_attempt_that_arrives_late_is_the_order_when_the_second_is_refused(proposed: Rig) -> None:
    proposed.line.meanwhile = lambda: proposed.broker.submit(entry_of(proposed.trade()))
    proposed.engine.approve(TRADE_ID, Rig.TRADER)
    assert proposed.trade().state is TradeState.OPEN
    assert shares_held(proposed) == [512]


def test_an_order_that_is_on_its_way_is_not_given_up(proposed: Rig) -> None:
    with ThreadPoolExecutor(1) as another_thread:

        def look_meanwhile() -> None:
            proposed.clock.advance(300)
            wait([another_thread.submit(proposed.engine.reconcile)], timeout=0.5)

        proposed.line.meanwhile = look_meanwhile
        proposed.engine.approve(TRADE_ID, Rig.TRADER)
    assert proposed.trade().state is TradeState.OPEN
    assert shares_held(proposed) == [512]


def test_an_approval_of_the_last_minute_is_not_sent_after_the_close(proposed: Rig) -> None:
    proposed.clock.set(proposed.clock.now().replace(hour=19, minute=59, second=30))
    with proposed.store.writing() as book:
        book.update(replace(proposed.trade(), expires_at=proposed.clock.now() + timedelta(minutes=10)))
    proposed.approved_but_not_sent()
    proposed.clock.advance(60)
    proposed.engine.start()
    assert (proposed.trade().state, proposed.trade().reason) == (TradeState.CANCELLED, "outside_regular_hours")
    assert proposed.broker.order(TRADE_ID) is None


def test_an_order_lost_before_the_close_is_not_sent_again_after_it(proposed: Rig) -> None:
    proposed.clock.set(proposed.clock.now().replace(hour=19, minute=59, second=30))
    approved = proposed.approved_but_not_sent()
    with proposed.store.writing() as book:
        book.move(approved, TradeState.SUBMITTED)
    proposed.clock.advance(60)
    proposed.engine.reconcile()
    assert (proposed.trade().state, proposed.trade().reason) == (TradeState.CANCELLED, "outside_regular_hours")
    assert proposed.broker.order(TRADE_ID) is None


def test_an_order_that_was_filled_while_the_engine_asked_for_it_is_not_forgotten(proposed: Rig) -> None:
    proposed.clock.set(proposed.clock.now().replace(hour=19, minute=59, second=30))
    approved = proposed.approved_but_not_sent()
    with proposed.store.writing() as book:
        book.move(approved, TradeState.SUBMITTED)

    def filled_just_before_the_close() -> None:
        proposed.line.while_asked = lambda: None
        proposed.broker.submit(entry_of(approved))
        proposed.broker.look()
        proposed.clock.advance(60)

    proposed.line.while_asked = filled_just_before_the_close
    proposed.engine.reconcile()
    proposed.engine.reconcile()
    assert proposed.trade().state is TradeState.OPEN
    assert shares_held(proposed) == [512]


@pytest.mark.parametrize("verb", ["start", "tidy"])
def test_an_approval_that_grew_old_before_it_was_sent_is_cancelled(proposed: Rig, verb: str) -> None:
    proposed.approved_but_not_sent()
    proposed.clock.advance(180)
    getattr(proposed.engine, verb)()
    assert (proposed.trade().state, proposed.trade().reason) == (TradeState.CANCELLED, "expired")
    assert proposed.broker.order(TRADE_ID) is None


def test_an_entry_that_a_halt_could_not_cancel_is_cancelled_once_the_broker_is_back(proposed: Rig) -> None:
    approved = proposed.approved_but_not_sent()
    with proposed.store.writing() as book:
        book.move(approved, TradeState.SUBMITTED)
    proposed.line.is_away = True
    proposed.broker.submit(entry_of(approved))
    proposed.market.is_down = True
    proposed.engine.halt(Rig.TRADER, "news")
    proposed.line.is_away = False
    proposed.engine.tidy()
    order = proposed.broker.order(TRADE_ID)
    assert order is not None
    assert order.state is OrderState.CANCELLED
