from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from engine.errors import OrderRefused
from engine.model.corporate_action import ActionKind, CorporateAction
from engine.model.market import BarHistory
from engine.model.notices.base import NoticeKind
from engine.model.notices.trades import TradeUnprotected
from engine.model.trade import Entry, ExitReason, Order, OrderRole, TradeState
from tests.support.duty import BOTH_LINES, put_on_duty
from tests.support.engine_harness import EngineHarness
from tests.support.fakes import worked_example
from tests.support.fakes.worked_example import AT, TRADE_ID, history, looks


def unprotected(harness: EngineHarness) -> list[str]:
    told = [notice for notice in harness.told() if notice.kind is NoticeKind.UNPROTECTED]
    return [notice.trade_id.split("_")[0] for notice in told]


def lose_the_stop(harness: EngineHarness) -> None:
    order = harness.broker.order(TRADE_ID)
    stop = order and order.leg(OrderRole.STOP)
    assert stop
    harness.broker.cancel(stop)


def is_stop_of_aapl(order: Order) -> bool:
    return order.symbol == "AAPL" and order.role is OrderRole.STOP and not order.state.is_over


def close_without_a_fill(harness: EngineHarness) -> None:
    """Let the desk close the trade while the market stands still."""
    harness.market.is_down = True
    harness.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    assert harness.trade().state is TradeState.CLOSING


def play_the_opposite(harness: EngineHarness) -> None:
    """Let the example's prices come in upside down, a day later: they speak for a sale."""
    over, top = AT + timedelta(days=1), Decimal("300.50")
    bars = history(over)
    upside_down = 300.5 - np.array([bars.open, bars.low, bars.high, bars.close])
    harness.market.recorded = BarHistory.of(bars.symbols, bars.starts, np.concatenate([upside_down, bars.volume[None]]))
    for at, seen in looks(over):
        harness.clock.set(at)
        price = top - seen.price
        harness.market.put(replace(seen, price=price, bid=price, ask=price))
        harness.engine.jobs.tick()
        harness.engine.jobs.process_bars()


@pytest.fixture
def bought_without_news(harness: EngineHarness) -> EngineHarness:
    """AAPL bought by AUTO_MODE on its technical score alone."""
    harness.news.is_down = True
    harness.engine.commands.set_auto(on=True, request=EngineHarness.ADMIN)
    harness.play_the_signal()
    assert harness.trade().state is TradeState.OPEN
    return harness


def test_in_auto_mode_an_opposite_signal_sells(bought_without_news: EngineHarness) -> None:
    play_the_opposite(bought_without_news)
    bought_without_news.engine.jobs.reconcile()
    trade = bought_without_news.trade()
    assert (trade.state, trade.exit_reason) == (TradeState.CLOSED, ExitReason.SIGNAL)


def test_an_opposite_signal_sells_no_shares_that_are_being_exchanged_for_others_but_asks(
    bought_without_news: EngineHarness,
) -> None:
    harness = bought_without_news
    today = (AT + timedelta(days=1)).date()
    harness.actions.announced.append(
        CorporateAction(
            id="ca-1",
            kind=ActionKind.SPLIT,
            symbol="AAPL",
            ex_date=today,
            new_shares=Decimal(2),
            old_shares=Decimal(1),
        )
    )
    harness.engine.jobs.learn_corporate_actions()
    play_the_opposite(harness)
    assert harness.trade().state is TradeState.OPEN
    assert TRADE_ID in {told.trade_id for told in harness.told() if told.kind is NoticeKind.EXIT_ASKED}


def test_trap_a_halted_desk_sells_nothing_by_itself_but_asks(bought_without_news: EngineHarness) -> None:
    bought_without_news.engine.commands.halt(EngineHarness.TRADER, "news")
    play_the_opposite(bought_without_news)
    assert bought_without_news.trade().state is TradeState.OPEN
    assert TRADE_ID in {told.trade_id for told in bought_without_news.told() if told.kind is NoticeKind.EXIT_ASKED}


def test_a_sale_that_the_broker_refuses_does_not_stop_the_round(bought_without_news: EngineHarness) -> None:
    bought_without_news.line.refuses = "the account is restricted"
    play_the_opposite(bought_without_news)
    assert bought_without_news.trade().state is TradeState.CLOSING


@pytest.mark.parametrize(("unclear", "other"), [("MSFT", "TSLA"), ("TSLA", "MSFT")])
def test_a_stop_without_an_answer_leaves_no_other_trade_unprotected(tmp_path: Path, unclear: str, other: str) -> None:
    harness = EngineHarness.build(tmp_path, cash=worked_example.CASH)
    harness.line.protects_unclearly = unclear
    harness.begin_the_example()
    assert {order.symbol for order in harness.broker.orders()} == {other}
    harness.close()


def test_an_exit_that_expired_at_the_close_is_sent_again(filled: EngineHarness) -> None:
    close_without_a_fill(filled)
    filled.clock.advance(23 * 3600)
    filled.broker.look()
    filled.market.is_down = False
    filled.market.price("AAPL", "151.00")
    filled.engine.jobs.housekeeping()
    filled.engine.jobs.reconcile()
    assert (filled.trade().state, filled.trade().exit_reason) == (TradeState.CLOSED, ExitReason.DESK)


def test_an_exit_that_someone_cancelled_at_the_broker_is_sent_again_once(filled: EngineHarness) -> None:
    close_without_a_fill(filled)
    [order] = [order for order in filled.broker.orders() if order.role is OrderRole.EXIT]
    filled.broker.cancel(order)
    filled.engine.jobs.housekeeping()
    filled.engine.jobs.housekeeping()
    exits = [order for order in filled.broker.orders() if order.role is OrderRole.EXIT]
    assert [order.shares for order in exits] == [512]


def test_a_refused_exit_is_told_and_leaves_no_other_position_unprotected(filled: EngineHarness) -> None:
    filled.line.refuses = "the account is restricted"
    with pytest.raises(OrderRefused):
        filled.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    filled.engine.jobs.housekeeping()
    assert sorted(unprotected(filled)) == ["AAPL", "MSFT", "TSLA"]


def test_a_stop_that_is_refused_again_after_one_was_sent_calls_again(filled: EngineHarness) -> None:
    def refused() -> None:
        raise OrderRefused("the account is restricted")

    put_on_duty(filled, BOTH_LINES)
    for _ in range(2):
        [stop] = [part for order in filled.broker.orders() for part in order.parts if is_stop_of_aapl(part)]
        filled.broker.cancel(stop)
        for taken in (refused, lambda: None):
            filled.line.while_protecting = taken
            filled.engine.jobs.housekeeping()
    told = [told for told in filled.told_of(TradeUnprotected) if told.trade_id == TRADE_ID]
    assert [bool(each.trouble) for each in told] == [True, False, True, False]
    assert {each.called for each in told} == {("U0TRADER", "U0ADMIN")}


def test_a_close_while_the_stop_is_hit_sells_no_shares_of_others(proposed: EngineHarness) -> None:
    proposed.engine.commands.resize(TRADE_ID, 300, EngineHarness.TRADER)
    proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    by_hand = Entry(client_order_id="by-hand", symbol="AAPL", shares=400, stop=Decimal(100), target=Decimal(200))
    proposed.broker.submit(by_hand)
    proposed.broker.look()
    proposed.market.price("AAPL", "147.90")
    proposed.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    assert (proposed.trade().state, proposed.trade().exit_reason) == (TradeState.CLOSED, ExitReason.STOP)
    assert [held.shares for held in proposed.broker.positions() if held.symbol == "AAPL"] == [400]


def test_a_stop_that_is_hit_while_the_engine_looks_after_it_raises_no_alarm(filled: EngineHarness) -> None:
    filled.market.price("AAPL", "147.90")
    filled.engine.jobs.housekeeping()
    assert "AAPL" not in unprotected(filled)


def test_a_renewed_stop_whose_answer_was_lost_is_found_and_followed(filled: EngineHarness) -> None:
    lose_the_stop(filled)
    filled.line.loses_answer = True
    for _ in range(3):  # each look gets as far as the first position without a stop
        filled.engine.jobs.housekeeping()
    filled.line.loses_answer = False
    filled.engine.jobs.housekeeping()
    filled.market.price("AAPL", "147.90")
    filled.engine.jobs.reconcile()
    assert (filled.trade().state, filled.trade().exit_reason) == (TradeState.CLOSED, ExitReason.STOP)


def test_a_trade_that_the_desk_closes_during_a_look_is_followed_as_it_is_now(filled: EngineHarness) -> None:
    def closed_meanwhile() -> None:
        filled.line.while_asked = lambda: None
        with filled.store.writing() as transaction:
            transaction.move(filled.trade(), TradeState.CLOSING)

    filled.market.price("AAPL", "147.90")
    filled.broker.look()  # hits the stop, which the next look sells
    filled.line.while_asked = closed_meanwhile
    filled.engine.jobs.order_changed(TRADE_ID)
    assert filled.trade().state is TradeState.CLOSED


def test_a_renewed_stop_whose_answer_was_lost_with_the_bot_is_known_to_the_next_life(filled: EngineHarness) -> None:
    lose_the_stop(filled)
    filled.line.loses_answer = True
    for _ in range(3):
        filled.engine.jobs.housekeeping()
    filled.line.loses_answer = False
    filled.born_again().jobs.start()
    with filled.store.reading() as reader:
        assert f"{TRADE_ID}-stop-1" in {order.client_order_id for order in reader.orders(TRADE_ID)}
