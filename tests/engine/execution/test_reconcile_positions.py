"""What somebody does at the broker by hand: said once, followed by the trades, never sold twice."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from engine.bootstrap import Engine, wire
from engine.errors import BrokerUnavailable, OrderRefused
from engine.model.desk import DeskState
from engine.model.notices.account import ForeignPosition, SoldByHand
from engine.model.notices.base import NoticeKind
from engine.model.trade import ExitReason, OrderRole, OrderState, TradeState
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.broker import TroubledBroker
from tests.support.fakes.worked_example import TRADE_ID


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    """The example's desk at Alpaca, AAPL bought and everything protected."""
    with AtAlpaca.open(tmp_path) as desk:
        desk.buy()
        yield desk


def look_twice(desk: AtAlpaca) -> None:
    desk.harness.engine.jobs.reconcile()
    desk.harness.clock.advance(3)
    desk.harness.engine.jobs.poll_unconfirmed()


def told(desk: AtAlpaca) -> list[tuple[NoticeKind, str, str]]:
    """Return what was told of shares that are not ours, or were sold by hand: of which kind and symbol, and what."""
    found = list[tuple[NoticeKind, str, str]]()
    for notice in desk.harness.told():
        match notice:
            case ForeignPosition(symbol=symbol, shares=shares):
                found.append((notice.kind, symbol, f"{shares}"))
            case SoldByHand(shares=shares, price=price, is_estimate=is_estimate):
                sureness = "estimate" if is_estimate else "exact"
                found.append((notice.kind, notice.trade_id.split("_")[0], f"{shares} {price} {sureness}"))
    return found


def sell_by_hand(desk: AtAlpaca, shares: int) -> None:
    """Cancel what protects AAPL, as one must at Alpaca, and sell some of it."""
    order = desk.broker.order(TRADE_ID)
    assert order
    for leg in order.legs:
        if not leg.state.is_over:
            desk.broker.cancel(leg)
    desk.broker.close("by-hand", "AAPL", shares)


def stop_shares(desk: AtAlpaca) -> int:
    return sum(part.shares for part in desk.parts() if part.role is OrderRole.STOP and not part.state.is_over)


def test_a_desk_whose_positions_are_its_trades_says_nothing(desk: AtAlpaca) -> None:
    look_twice(desk)
    assert told(desk) == []


def test_shares_that_were_never_ours_are_said_once_and_again_when_they_change(desk: AtAlpaca) -> None:
    desk.fake.hold("NVDA", 40, "100")
    for _ in range(3):
        look_twice(desk)
    desk.fake.hold("NVDA", 15, "100")
    look_twice(desk)
    assert told(desk) == [(NoticeKind.FOREIGN, "NVDA", "40"), (NoticeKind.FOREIGN, "NVDA", "15")]


def test_a_restart_does_not_say_the_same_again(desk: AtAlpaca) -> None:
    desk.fake.hold("NVDA", 40, "100")
    look_twice(desk)
    desk.restart()
    look_twice(desk)
    assert len(told(desk)) == 1


def test_a_difference_that_is_gone_at_the_second_look_was_a_fill_on_its_way(desk: AtAlpaca) -> None:
    desk.fake.hold("AAPL", 400, "150")
    desk.harness.engine.jobs.reconcile()
    desk.fake.hold("AAPL", 512, "150")
    desk.harness.clock.advance(3)
    desk.harness.engine.jobs.poll_unconfirmed()
    assert (told(desk), desk.harness.trade().held_shares) == ([], 512)


def test_after_a_part_was_sold_by_hand_the_trade_holds_the_rest_and_the_rest_has_a_stop(desk: AtAlpaca) -> None:
    sell_by_hand(desk, 200)
    look_twice(desk)
    desk.harness.engine.jobs.housekeeping()
    assert (desk.harness.trade().state, desk.harness.trade().held_shares) == (TradeState.OPEN, 312)
    assert told(desk) == [(NoticeKind.SOLD_BY_HAND, "AAPL", "200 150.25 exact")]
    assert stop_shares(desk) == 312


def test_before_the_sale_by_hand_is_booked_no_stop_is_sent_for_shares_that_are_gone(desk: AtAlpaca) -> None:
    sell_by_hand(desk, 200)
    desk.harness.engine.jobs.housekeeping()
    assert stop_shares(desk) == 312
    look_twice(desk)
    desk.harness.engine.jobs.housekeeping()
    assert stop_shares(desk) == 312


def test_a_position_that_was_sold_by_hand_ends_its_trade_and_leaves_no_order(desk: AtAlpaca) -> None:
    sell_by_hand(desk, 512)
    look_twice(desk)
    desk.harness.engine.jobs.housekeeping()
    assert desk.harness.trade().state is TradeState.CLOSED
    assert stop_shares(desk) == 0
    assert told(desk) == [(NoticeKind.SOLD_BY_HAND, "AAPL", "512 150.25 exact")]


def test_a_position_sold_by_hand_is_booked_at_what_it_was_sold_for_wherever_the_price_goes_then(desk: AtAlpaca) -> None:
    desk.fake.sell_by_hand("AAPL", 512, "149.10")
    desk.price("AAPL", "152.00")
    look_twice(desk)
    assert (desk.harness.trade().state, desk.harness.trade().exit_price) == (TradeState.CLOSED, Decimal("149.10"))


def test_each_execution_by_hand_is_booked_at_its_own_price(desk: AtAlpaca) -> None:
    desk.fake.sell_by_hand("AAPL", 100, "149.00")
    desk.fake.sell_by_hand("AAPL", 300, "150.00")
    look_twice(desk)
    assert (desk.harness.trade().held_shares, desk.harness.trade().exit_price) == (112, Decimal("149.75"))


def test_a_position_sold_by_hand_before_the_start_is_booked_at_what_it_was_sold_for(desk: AtAlpaca) -> None:
    desk.fake.sell_by_hand("AAPL", 512, "149.10")
    next_life = wire(desk.harness.settings, desk.adapters)
    next_life.jobs.start()
    desk.harness.clock.advance(3)
    next_life.jobs.poll_unconfirmed()
    assert desk.harness.trade().exit_price == Decimal("149.10")


def test_a_position_sold_and_bought_again_by_hand_is_not_the_trades_any_more(desk: AtAlpaca) -> None:
    desk.fake.sell_by_hand("AAPL", 512, "149.00")
    desk.harness.clock.advance(1)
    desk.fake.buy_by_hand("AAPL", 512, "149.50")
    look_twice(desk)
    assert (desk.harness.trade().state, desk.harness.trade().exit_price) == (TradeState.CLOSED, Decimal("149.00"))
    assert (NoticeKind.FOREIGN, "AAPL", "512") in told(desk)


def test_who_sells_by_hand_sells_first_what_was_never_ours(desk: AtAlpaca) -> None:
    desk.fake.buy_by_hand("AAPL", 50)
    look_twice(desk)
    desk.fake.sell_by_hand("AAPL", 80, "149.00")
    look_twice(desk)
    assert desk.harness.trade().held_shares == 512 - 30
    assert told(desk)[1:] == [(NoticeKind.SOLD_BY_HAND, "AAPL", "30 149 exact"), (NoticeKind.FOREIGN, "AAPL", "0")]


def test_shares_that_are_gone_without_an_execution_are_booked_at_a_guess_that_is_called_one(desk: AtAlpaca) -> None:
    desk.price("AAPL", "149.10")
    look_twice(desk)
    desk.fake.hold("AAPL", 312, "150.28")
    look_twice(desk)
    assert desk.harness.trade().held_shares == 512
    for _ in range(12):
        desk.harness.clock.advance(3)
        desk.harness.engine.jobs.poll_unconfirmed()
    assert desk.harness.trade().held_shares == 312
    assert told(desk) == [(NoticeKind.SOLD_BY_HAND, "AAPL", "200 149.1 estimate")]


def sold_behind_a_line(desk: AtAlpaca) -> tuple[TroubledBroker, Engine]:
    """Give an engine whose line to the broker can be troubled, and which saw 200 shares go; it is to look once more."""
    line = TroubledBroker(desk.broker)
    engine = wire(desk.harness.settings, replace(desk.adapters, broker=line))
    engine.jobs.start()
    desk.fake.sell_by_hand("AAPL", 200)
    engine.jobs.reconcile()
    desk.harness.clock.advance(3)
    return line, engine


def test_a_sale_by_hand_is_booked_though_its_exits_cannot_be_cancelled_and_that_is_tried_again(desk: AtAlpaca) -> None:
    line, engine = sold_behind_a_line(desk)
    line.cancel_fails = BrokerUnavailable("the line is cut")
    engine.jobs.poll_unconfirmed()
    assert (desk.harness.trade().held_shares, stop_shares(desk)) == (312, 512)
    line.cancel_fails = None
    engine.jobs.reconcile()
    engine.jobs.housekeeping()
    assert (desk.harness.trade().held_shares, stop_shares(desk)) == (312, 312)


def test_an_exit_that_cannot_be_cancelled_does_not_keep_a_sale_by_hand_from_being_booked(desk: AtAlpaca) -> None:
    line, engine = sold_behind_a_line(desk)
    line.cancel_fails = OrderRefused("it is being filled")
    engine.jobs.reconcile()
    assert desk.harness.trade().held_shares == 312


def test_a_sale_by_hand_is_booked_once_though_a_restart_comes_between(desk: AtAlpaca) -> None:
    sell_by_hand(desk, 200)
    look_twice(desk)
    desk.restart()
    look_twice(desk)
    assert desk.harness.trade().held_shares == 312


def test_a_sale_of_ours_whose_answer_was_lost_with_the_bot_is_not_taken_for_one_by_hand(desk: AtAlpaca) -> None:
    with desk.harness.store.writing() as transaction:
        transaction.move(replace(desk.harness.trade(), exit_reason=ExitReason.DESK), TradeState.CLOSING)
    desk.broker.close(f"{TRADE_ID}-exit-1", "AAPL", 512)
    look_twice(desk)
    trade = desk.harness.trade()
    assert (trade.state, trade.exit_price, trade.exit_reason) == (TradeState.CLOSED, Decimal("150.25"), ExitReason.DESK)
    assert told(desk) == []


def test_a_new_stop_that_was_hit_before_we_heard_of_it_is_not_taken_for_a_sale_by_hand(desk: AtAlpaca) -> None:
    desk.broker.close("by-hand", "AAPL", 1)  # ends the bracket
    desk.broker.protect(f"{TRADE_ID}-stop-1", "AAPL", 511, Decimal("147.99"), Decimal("154.75"))
    desk.price("AAPL", "147.90")
    look_twice(desk)
    trade = desk.harness.trade()
    assert (trade.state, trade.exit_reason) == (TradeState.CLOSED, ExitReason.STOP)
    assert told(desk) == [(NoticeKind.SOLD_BY_HAND, "AAPL", "1 150.25 exact")]


def test_a_stop_that_somebody_cancelled_is_renewed_and_nothing_is_booked(desk: AtAlpaca) -> None:
    order = desk.broker.order(TRADE_ID)
    stop = order and order.leg(OrderRole.STOP)
    assert stop
    desk.broker.cancel(stop)
    desk.harness.engine.jobs.housekeeping()
    look_twice(desk)
    assert (stop_shares(desk), told(desk)) == (512, [])


def test_an_account_that_knows_nothing_of_our_orders_makes_the_desk_take_exits_only(desk: AtAlpaca) -> None:
    with desk.another_account() as engine:
        engine.jobs.start()
        desk.harness.clock.advance(3)
        engine.jobs.poll_unconfirmed()
        assert (engine.queries.desk().state, engine.queries.desk().reason) == (DeskState.REDUCING, "truth_contradicts")
        assert desk.harness.trade().state is TradeState.OPEN
        engine.commands.resume(EngineHarness.ADMIN)
        engine.jobs.reconcile()
        assert engine.queries.desk().state is DeskState.ACTIVE
        assert desk.harness.trade().state is TradeState.CLOSED


def test_the_right_account_again_gives_the_desk_back_what_it_was(desk: AtAlpaca) -> None:
    with desk.another_account() as engine:
        engine.jobs.start()
        desk.harness.clock.advance(3)
        engine.jobs.poll_unconfirmed()
    desk.restart()
    assert desk.harness.engine.queries.desk().state is DeskState.ACTIVE
    assert desk.harness.trade().held_shares == 512


def test_an_entry_that_comes_after_its_trade_was_given_up_is_cancelled(tmp_path: Path) -> None:
    with AtAlpaca.open(tmp_path) as desk:
        desk.harness.play_the_signal()
        desk.fake.fill_by_hand()
        trade = desk.harness.approved_but_not_sent()
        with desk.harness.store.writing() as transaction:
            failed = transaction.move(transaction.move(trade, TradeState.SUBMITTED), TradeState.FAILED)
        desk.send(failed)
        desk.harness.engine.jobs.reconcile()
        order = desk.broker.order(TRADE_ID)
        assert order
        assert order.state is OrderState.CANCELLED
