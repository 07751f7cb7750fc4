"""What every Broker promises."""

from dataclasses import replace
from decimal import Decimal
from queue import Queue
from typing import cast

import pytest

from engine.errors import OrderExists, OrderRefused
from engine.model.signal import Side
from engine.model.trade import Entry, Order, OrderRole, OrderState
from tests.contracts.brokers import ENTRY, Harness, bought, found, held, leg, unfinished


def test_a_new_account_has_its_cash_and_nothing_else(harness: Harness) -> None:
    account = harness.broker.account()
    assert account.equity == account.cash == 100_000
    assert account.margin
    assert harness.broker.positions() == ()
    assert harness.broker.orders() == ()


def test_a_symbol_is_tradable_where_the_broker_knows_it(harness: Harness) -> None:
    assert harness.broker.is_tradable("MSFT")
    assert not harness.broker.is_tradable("NOPE")


def test_a_submitted_bracket_is_found_by_its_own_id(harness: Harness) -> None:
    answer = harness.broker.submit(ENTRY)
    order = found(harness)
    assert (order.broker_id, order.client_order_id) == (answer.broker_id, ENTRY.client_order_id)
    assert (order.role, order.side, order.symbol, order.shares) == (OrderRole.ENTRY, Side.BUY, "AAPL", 100)


def test_a_bracket_has_a_stop_and_a_target_for_all_of_its_shares(harness: Harness) -> None:
    harness.broker.submit(ENTRY)
    stop, target = leg(found(harness), OrderRole.STOP), leg(found(harness), OrderRole.TARGET)
    assert (stop.price, stop.side, stop.shares) == (ENTRY.stop, Side.SELL, 100)
    assert (target.price, target.side, target.shares) == (ENTRY.target, Side.SELL, 100)


def test_an_order_that_was_never_sent_is_not_found(harness: Harness) -> None:
    assert harness.broker.order("nobody-sent-this") is None


def test_what_is_looked_up_is_shown_as_it_is_when_asked_for_by_itself(harness: Harness) -> None:
    names = [f"AAPL_20250819_23451{number}" for number in range(6)]
    for name in names:
        harness.broker.submit(replace(ENTRY, client_order_id=name, shares=10))
    harness.price("AAPL", "147.50")  # all are over
    harness.broker.submit(replace(ENTRY, client_order_id="AAPL_20250819_234530", stop=Decimal(140), shares=10))
    wanted = [*names, "AAPL_20250819_234530"]
    assert harness.broker.find_orders([*wanted, "nobody-sent-this"]) == {name: found(harness, name) for name in wanted}


def test_nothing_is_looked_up_where_nothing_is_looked_for(harness: Harness) -> None:
    assert harness.broker.find_orders([]) == {}


def test_an_entry_at_the_market_is_filled(harness: Harness) -> None:
    order = bought(harness)
    assert (order.state, order.filled_shares) == (OrderState.FILLED, 100)
    assert order.fill_price == pytest.approx(Decimal("150.25"), rel=Decimal("0.001"))
    assert order.filled_at is not None
    assert order.filled_at.tzinfo is not None


def test_a_filled_entry_is_a_position_that_was_paid_for(harness: Harness) -> None:
    fill = bought(harness).fill_price
    assert fill is not None
    (position,) = harness.broker.positions()
    assert (position.symbol, position.shares, position.cost) == ("AAPL", 100, fill)
    assert harness.broker.account().cash == 100_000 - 100 * fill


def test_the_legs_of_a_filled_entry_are_alive(harness: Harness) -> None:
    bought(harness)
    assert {order.role for order in unfinished(harness)} == {OrderRole.STOP, OrderRole.TARGET}


def test_a_limit_entry_waits_for_its_price(harness: Harness) -> None:
    harness.broker.submit(replace(ENTRY, limit=Decimal("149.50")))
    harness.price("AAPL", "149.51")
    assert found(harness).filled_shares == 0
    harness.price("AAPL", "149.40")
    order = found(harness)
    assert order.state is OrderState.FILLED
    assert order.fill_price is not None
    assert order.fill_price <= Decimal("149.50")


def test_the_stop_sells_everything_and_cancels_the_target(harness: Harness) -> None:
    bought(harness)
    harness.price("AAPL", "147.50")
    order = found(harness)
    assert (leg(order, OrderRole.STOP).state, leg(order, OrderRole.STOP).filled_shares) == (OrderState.FILLED, 100)
    assert leg(order, OrderRole.TARGET).state is OrderState.CANCELLED
    assert held(harness) == 0
    assert unfinished(harness) == []


def test_the_target_sells_at_its_price_or_better_and_cancels_the_stop(harness: Harness) -> None:
    bought(harness)
    harness.price("AAPL", "155.00")
    order = found(harness)
    got = leg(order, OrderRole.TARGET).fill_price
    assert got is not None
    assert got >= ENTRY.target
    assert leg(order, OrderRole.STOP).state is OrderState.CANCELLED
    assert held(harness) == 0


def test_no_leg_sells_before_the_entry_is_filled(harness: Harness) -> None:
    harness.broker.submit(replace(ENTRY, limit=Decimal("149.50")))
    harness.price("AAPL", "155.00")
    assert leg(found(harness), OrderRole.TARGET).filled_shares == 0
    assert held(harness) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        replace(ENTRY, shares=0),
        replace(ENTRY, shares=cast("int", 1.5)),
        replace(ENTRY, shares=cast("int", float("nan"))),
        replace(ENTRY, symbol="aapl"),
        replace(ENTRY, stop=Decimal("150.40")),
        replace(ENTRY, target=Decimal("150.10")),
        replace(ENTRY, stop=Decimal("147.995")),
        replace(ENTRY, target=Decimal("154.755")),
        replace(ENTRY, limit=Decimal("150.255")),
        replace(ENTRY, stop=Decimal("NaN")),
        replace(ENTRY, client_order_id="x" * 129),
        replace(ENTRY, shares=10_000),
    ],
    ids=[
        "no shares",
        "shares that are no whole number",
        "shares that are no number",
        "symbol that is no ticker",
        "stop above the price",
        "target under the price",
        "stop between cents",
        "target between cents",
        "limit between cents",
        "stop that is no number",
        "id too long",
        "more than the buying power",
    ],
)
def test_a_wrong_bracket_is_refused_and_leaves_nothing_behind(harness: Harness, wrong: Entry) -> None:
    with pytest.raises(OrderRefused):
        harness.broker.submit(wrong)
    assert harness.broker.orders() == ()


@pytest.mark.parametrize(
    ("client_order_id", "symbol", "shares"),
    [
        ("", "AAPL", 10),
        ("exit-1", "aapl", 10),
        ("exit-1", "AAPL", 0),
        ("exit-1", "AAPL", cast("int", 1.5)),
        ("exit-1", "AAPL", cast("int", float("nan"))),
    ],
    ids=["no id", "no ticker", "no shares", "no whole shares", "no number"],
)
def test_a_wrong_sale_or_purchase_is_refused_and_leaves_everything_as_it_is(
    harness: Harness, client_order_id: str, symbol: str, shares: int
) -> None:
    bought(harness)
    before = harness.broker.orders()
    with pytest.raises(OrderRefused):
        harness.broker.close(client_order_id, symbol, shares)
    with pytest.raises(OrderRefused):
        harness.broker.protect(client_order_id, symbol, shares, Decimal("148.50"))
    with pytest.raises(OrderRefused):
        harness.broker.buy_back(client_order_id, symbol, shares)
    assert harness.broker.orders() == before


def test_the_same_id_is_never_sent_twice(harness: Harness) -> None:
    first = harness.broker.submit(ENTRY)
    with pytest.raises(OrderExists):
        harness.broker.submit(ENTRY)
    assert found(harness).broker_id == first.broker_id
    harness.price("AAPL", "150.25")
    assert held(harness) == 100


def test_trap_an_id_stays_taken_after_a_cancel(harness: Harness) -> None:
    harness.broker.submit(replace(ENTRY, limit=Decimal("140.00"), stop=Decimal("139.00")))
    harness.broker.cancel(found(harness))
    with pytest.raises(OrderExists):
        harness.broker.submit(ENTRY)


def test_cancelling_an_entry_that_waits_cancels_its_legs(harness: Harness) -> None:
    harness.broker.submit(replace(ENTRY, limit=Decimal("149.50")))
    harness.broker.cancel(found(harness))
    harness.price("AAPL", "149.00")
    assert found(harness).state is OrderState.CANCELLED
    assert unfinished(harness) == []
    assert held(harness) == 0


def test_cancelling_what_is_over_is_no_error(harness: Harness) -> None:
    harness.broker.cancel(bought(harness))
    assert found(harness).state is OrderState.FILLED


@pytest.mark.parametrize(("role", "price"), [(OrderRole.STOP, "149.00"), (OrderRole.TARGET, "154.78")])
def test_a_leg_gets_another_price_under_a_new_id(harness: Harness, role: OrderRole, price: str) -> None:
    before = leg(bought(harness), role)
    answer = harness.broker.replace(before, Decimal(price))
    now = leg(found(harness), role)
    assert (now.broker_id, now.price, now.shares) == (answer.broker_id, Decimal(price), 100)
    assert now.broker_id != before.broker_id


def test_a_replaced_stop_sells_at_its_new_price_and_not_before(harness: Harness) -> None:
    harness.broker.replace(leg(bought(harness), OrderRole.STOP), Decimal("149.00"))
    harness.price("AAPL", "149.01")
    assert held(harness) == 100
    harness.price("AAPL", "148.90")
    assert held(harness) == 0
    assert unfinished(harness) == []


def test_a_leg_that_is_over_is_not_replaced(harness: Harness) -> None:
    stop = leg(bought(harness), OrderRole.STOP)
    harness.price("AAPL", "147.50")
    with pytest.raises(OrderRefused):
        harness.broker.replace(stop, Decimal("147.00"))


def test_closing_sells_everything_and_leaves_no_order(harness: Harness) -> None:
    bought(harness)
    harness.broker.close("exit-1", "AAPL", 100)
    harness.price("AAPL", "150.25")
    order = found(harness, "exit-1")
    assert (order.role, order.side, order.state) == (OrderRole.EXIT, Side.SELL, OrderState.FILLED)
    assert order.filled_shares == 100
    assert held(harness) == 0
    assert unfinished(harness) == []


def test_closing_twice_with_the_same_id_sells_once(harness: Harness) -> None:
    bought(harness)
    harness.broker.close("exit-1", "AAPL", 60)
    with pytest.raises(OrderExists):
        harness.broker.close("exit-1", "AAPL", 40)
    harness.price("AAPL", "150.25")
    assert held(harness) == 40


def test_no_more_is_sold_than_is_held(harness: Harness) -> None:
    bought(harness)
    with pytest.raises(OrderRefused):
        harness.broker.close("exit-1", "AAPL", 101)
    with pytest.raises(OrderRefused):
        harness.broker.close("exit-2", "MSFT", 1)
    assert held(harness) == 100


def test_shares_without_a_stop_get_one(harness: Harness) -> None:
    harness.broker.cancel(leg(bought(harness), OrderRole.STOP))
    for left in unfinished(harness):  # nothing at Alpaca, where the target went with the stop
        harness.broker.cancel(left)
    harness.broker.protect("protect-1", "AAPL", 100, Decimal("148.50"))
    stop = found(harness, "protect-1")
    assert (stop.role, stop.side, stop.price, stop.shares) == (OrderRole.STOP, Side.SELL, Decimal("148.50"), 100)
    harness.price("AAPL", "148.40")
    assert held(harness) == 0


def test_shares_that_have_a_stop_get_no_second_one(harness: Harness) -> None:
    bought(harness)
    with pytest.raises(OrderRefused):
        harness.broker.protect("protect-1", "AAPL", 100, Decimal("148.50"))


def test_listeners_learn_of_a_fill_and_of_a_leg_by_the_id_of_the_entry(harness: Harness) -> None:
    heard: Queue[str] = Queue()
    bought(harness)
    harness.broker.listen(heard.put)
    harness.price("AAPL", "147.50")
    assert heard.get(timeout=10) == ENTRY.client_order_id


def test_a_listener_may_ask_the_broker(harness: Harness) -> None:
    seen: Queue[Order | None] = Queue()
    bought(harness)
    harness.broker.listen(lambda client_order_id: seen.put(harness.broker.order(client_order_id)))
    harness.price("AAPL", "147.50")
    order = seen.get(timeout=10)
    assert order is not None
    assert leg(order, OrderRole.STOP).state is OrderState.FILLED
