"""Which exits would sell more than a trade holds; on numbers alone."""

from dataclasses import replace
from decimal import Decimal

import pytest

from engine.common.orders import HAND, Orders
from engine.execution.oversized import excess, sales_to_end
from engine.model.trade import PENDING_CANCEL, Order, OrderRole, OrderState
from tests.engine.execution.test_parted_exits import a_bought_trade, order


def entry(*legs: Order, state: OrderState = OrderState.FILLED) -> Order:
    return replace(order(OrderRole.ENTRY, 100, filled=100, legs=legs), state=state)


def held(shares: int) -> Order:
    return replace(order(OrderRole.STOP, shares), state=OrderState.HELD)


def by_hand(shares: int) -> Order:
    return replace(order(OrderRole.EXIT, shares, filled=shares, key=f"T-{HAND}-1"), reason=HAND)


def sells_too_much(part: Decimal | None, orders: Orders) -> bool:
    trade = a_bought_trade(part)
    return excess(trade, orders, orders.held_shares(trade)) > 0


def test_a_rest_whose_stop_sells_more_than_is_left_is_too_much() -> None:
    both = order(OrderRole.TARGET, 30, filled=30, legs=(order(OrderRole.STOP, 30, filled=30),), key="T-stop-1")
    rest = order(OrderRole.STOP, 70, key="T-stop-2")
    assert sells_too_much(Decimal("0.3"), Orders(entry=entry(), lone=(both, rest)))
    once = order(OrderRole.TARGET, 30, filled=30, key="T-stop-1")
    assert not sells_too_much(Decimal("0.3"), Orders(entry=entry(), lone=(once, rest)))


def test_a_stop_that_is_held_beside_a_target_that_filled_is_not_too_much() -> None:
    """The broker ends it a moment later; until then the stop of the rest must stay where it is."""
    sold = order(OrderRole.TARGET, 50, filled=50, legs=(held(50),), key="T-stop-1")
    rest = order(OrderRole.STOP, 50, key="T-stop-2")
    assert not sells_too_much(Decimal("0.5"), Orders(entry=entry(), lone=(sold, rest)))


@pytest.mark.parametrize(
    "exits",
    [
        Orders(entry=entry(held(100), order(OrderRole.TARGET, 100)), lone=()),
        Orders(entry=entry(), lone=(order(OrderRole.STOP, 100, key="T-stop-1"),)),
        Orders(entry=entry(), lone=(order(OrderRole.TARGET, 100, legs=(held(100),), key="T-stop-1"),)),
        Orders(entry=entry(), lone=tuple(order(OrderRole.STOP, 50, key=f"T-stop-{number}") for number in (1, 2))),
    ],
    ids=["the legs of the entry", "a stop alone", "a stop with a target", "two stops"],
)
def test_exits_for_all_shares_are_too_much_once_somebody_sold_of_them(exits: Orders) -> None:
    assert not sells_too_much(None, exits)
    assert sells_too_much(None, replace(exits, lone=(*exits.lone, by_hand(20))))


def test_a_target_that_sold_a_part_is_not_too_much_though_the_stop_beside_it_was_not_reduced_yet() -> None:
    target = order(OrderRole.TARGET, 100, filled=20)
    for stop in (held(100), order(OrderRole.STOP, 100)):
        assert not sells_too_much(None, Orders(entry=entry(stop, target), lone=()))


def test_the_legs_of_an_entry_that_still_buys_are_not_too_much() -> None:
    buying = entry(order(OrderRole.STOP, 200), order(OrderRole.TARGET, 200), state=OrderState.PARTLY_FILLED)
    assert not sells_too_much(None, Orders(entry=buying, lone=()))


def test_what_is_being_cancelled_is_not_too_much() -> None:
    leaving = replace(order(OrderRole.STOP, 100, key="T-stop-1"), reason=PENDING_CANCEL)
    assert not sells_too_much(None, Orders(entry=entry(), lone=(leaving, by_hand(20))))


def test_a_group_of_which_one_has_sold_all_sells_no_more_though_the_other_still_stands() -> None:
    gone = order(OrderRole.TARGET, 40, legs=(order(OrderRole.STOP, 40, filled=40),), key="T-stop-1")
    other = order(OrderRole.TARGET, 60, legs=(order(OrderRole.STOP, 60),), key="T-stop-2")
    assert not sells_too_much(None, Orders(entry=entry(), lone=(gone, other)))


def test_sales_of_the_desk_for_more_than_is_held_are_to_be_ended_but_for_those_that_are_being_cancelled() -> None:
    sale = order(OrderRole.EXIT, 100, key="T-exit-1")
    leaving = replace(sale, reason=PENDING_CANCEL)
    assert sales_to_end(Orders(entry=entry(), lone=(sale,)), 100) == []
    assert sales_to_end(Orders(entry=entry(), lone=(sale,)), 99) == [sale]
    assert sales_to_end(Orders(entry=entry(), lone=(leaving,)), 99) == []
