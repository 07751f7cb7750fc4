"""Orders of a trade that the database lacks, because an older copy was put back: they are found, and stops go on."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from engine.common.orders import unacknowledged_orders
from engine.model.notices.base import NoticeKind
from engine.model.trade import ExitReason, Order, OrderRole, TradeState
from tests.support.alpaca_desk import AtAlpaca
from tests.support.fakes.worked_example import TRADE_ID


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    """The example's desk at Alpaca, which holds 512 AAPL at 150.25, with a stop at 147.99 and a target at 154.75."""
    with AtAlpaca.open(tmp_path) as desk:
        desk.buy()
        yield desk


def test_a_stop_that_sold_is_no_hand_where_the_database_lacks_several_orders_of_the_trade(desk: AtAlpaca) -> None:
    desk.end()
    desk.fake.cancel_by_hand(desk.live(OrderRole.TARGET).broker_id)
    for number in (1, 2, 3):  # what another life sent, which a restored database does not know
        name = f"{TRADE_ID}-stop-{number}"
        sent = desk.broker.protect(name, "AAPL", 512, Decimal("147.99"), Decimal("154.75"))
        if number < 3:
            desk.fake.cancel_by_hand(sent.broker_id)
    desk.fake.move_by_hand(desk.live(OrderRole.STOP).broker_id, stop="149.00")
    desk.price("AAPL", "148.90")
    with desk.next_life() as life:
        life.look()
        life.harness.clock.advance(31)
        life.look()
    trade = desk.harness.trade()
    assert (trade.state, trade.exit_price, trade.exit_reason) == (
        TradeState.CLOSED,
        Decimal("148.90"),
        ExitReason.STOP,
    )
    assert NoticeKind.SOLD_BY_HAND not in {notice.kind for notice in desk.harness.told()}


def test_a_stop_is_renewed_where_the_books_know_the_last_one_and_lack_one_before_it(desk: AtAlpaca) -> None:
    desk.fake.cancel_by_hand(desk.live(OrderRole.TARGET).broker_id)
    for number in (1, 2):  # a restored database found the second, which was alive, and nothing of the first
        name = f"{TRADE_ID}-stop-{number}"
        sent = desk.broker.protect(name, "AAPL", 512, Decimal("147.99"), Decimal("154.75"))
        if number == 1:
            desk.fake.cancel_by_hand(sent.broker_id)
    desk.look()
    desk.fake.cancel_by_hand(desk.live(OrderRole.STOP).broker_id)
    desk.look()
    assert desk.live(OrderRole.STOP).shares == 512
    assert desk.orders_of_the_trade()[-1] == f"{TRADE_ID}-stop-3"


@pytest.mark.parametrize("lost", [(1,), (2,), (1, 2)])
def test_orders_that_the_books_lack_are_found_before_and_after_those_that_they_have(
    desk: AtAlpaca, lost: tuple[int, ...]
) -> None:
    desk.fake.cancel_by_hand(desk.live(OrderRole.TARGET).broker_id)
    sent = list[Order]()
    for number in (1, 2, 3):
        order = desk.broker.protect(f"{TRADE_ID}-stop-{number}", "AAPL", 512, Decimal("147.99"), Decimal("154.75"))
        desk.fake.cancel_by_hand(order.broker_id)
        sent.append(order)
    kept = [order for number, order in enumerate(sent, 1) if number not in lost]
    found = unacknowledged_orders(desk.broker, TRADE_ID, kept)
    assert [order.client_order_id for order in found] == [f"{TRADE_ID}-stop-{number}" for number in lost]
