from datetime import timedelta
from decimal import Decimal

import pytest
from alpaca.common.exceptions import APIError
from alpaca.trading.enums import OrderClass, OrderSide, QueryOrderStatus, TimeInForce
from alpaca.trading.requests import (
    ClosePositionRequest,
    GetOrdersRequest,
    LimitOrderRequest,
    ReplaceOrderRequest,
    StopLossRequest,
    StopOrderRequest,
    TakeProfitRequest,
)

from tests.support.fakes.alpaca.conftest import Customer
from tests.support.fakes.alpaca.server import FakeAlpaca


def test_a_new_account_has_its_cash_and_twice_that_to_buy_with(customer: Customer) -> None:
    account = customer.trading.get_account()
    assert (account.cash, account.equity, account.buying_power) == ("100000", "100000", "200000")
    assert customer.trading.get_all_positions() == []


def test_the_answer_promises_nothing_and_the_fill_comes_after(customer: Customer) -> None:
    order = customer.buy()
    assert order.status.value == "pending_new"
    assert (customer.now(order).status.value, customer.now(order).filled_avg_price) == ("filled", "150.25")
    assert customer.shares() == {"AAPL": "100"}
    assert customer.trading.get_account().cash == "84975"


def test_an_order_at_the_market_slips(customer: Customer) -> None:
    customer.server.slip("2")
    assert customer.now(customer.buy()).filled_avg_price == "150.28"
    assert customer.now(customer.sell(100)).filled_avg_price == "150.22"


def test_the_legs_are_held_until_the_entry_is_filled_and_then_the_target_is_new(customer: Customer) -> None:
    order = customer.bracket(limit_price=150)
    assert customer.legs(order) == {"limit": "held", "stop": "held"}
    customer.server.price("AAPL", "149.90")
    assert customer.legs(order) == {"limit": "new", "stop": "held"}


def test_a_held_stop_is_not_among_the_open_orders_and_a_filled_bracket_is_not_among_the_nested(
    customer: Customer,
) -> None:
    order = customer.bracket()
    assert [found.type.value for found in customer.trading.get_orders() if found.type] == ["limit"]
    assert customer.trading.get_orders(GetOrdersRequest(nested=True)) == []
    (found,) = customer.trading.get_orders(GetOrdersRequest(nested=True, status=QueryOrderStatus.ALL))
    assert (found.id, len(found.legs or [])) == (order.id, 2)


def test_a_bracket_is_found_by_the_client_s_id_but_without_legs(customer: Customer) -> None:
    order = customer.bracket(client_order_id="mine")
    found = customer.trading.get_order_by_client_id("mine")
    assert (found.id, found.legs) == (order.id, None)


def test_the_stop_sells_and_cancels_the_target(customer: Customer) -> None:
    order = customer.bracket()
    customer.server.price("AAPL", "147.50")
    assert customer.legs(order) == {"limit": "canceled", "stop": "filled"}
    assert customer.shares() == {}


def test_the_target_sells_and_cancels_the_stop(customer: Customer) -> None:
    order = customer.bracket()
    customer.server.price("AAPL", "155")
    assert customer.legs(order) == {"limit": "filled", "stop": "canceled"}
    assert customer.leg(order, "limit").filled_avg_price == "155"


def test_a_partly_filled_entry_leaves_its_legs_held_until_the_rest_came(customer: Customer) -> None:
    customer.server.partly_fill(40)
    order = customer.bracket()
    assert (customer.now(order).status.value, customer.shares()) == ("partially_filled", {"AAPL": "40"})
    assert customer.legs(order) == {"limit": "held", "stop": "held"}
    customer.server.price("AAPL", "150.25")
    assert (customer.now(order).status.value, customer.legs(order)["limit"]) == ("filled", "new")


def test_what_was_to_be_filled_in_part_is_filled_wholly_once_that_is_taken_back(customer: Customer) -> None:
    customer.server.partly_fill(40)
    customer.server.fill_wholly()
    customer.buy(client_order_id="mine")
    assert customer.trading.get_order_by_client_id("mine").status.value == "filled"


def test_cancelling_a_partly_filled_entry_leaves_its_shares_without_protection(customer: Customer) -> None:
    customer.server.partly_fill(40)
    order = customer.bracket()
    customer.trading.cancel_order_by_id(order.id)
    assert customer.legs(order) == {"limit": "canceled", "stop": "canceled"}
    assert customer.shares() == {"AAPL": "40"}


def test_a_partly_filled_target_shrinks_the_stop(customer: Customer) -> None:
    order = customer.bracket()
    customer.server.fill(str(customer.leg(order, "limit").id), 30)
    assert customer.leg(order, "stop").qty == "70"


def test_legs_can_be_kept_held(customer: Customer) -> None:
    customer.server.hold_legs()
    order = customer.bracket()
    assert customer.legs(order) == {"limit": "held", "stop": "held"}
    customer.server.release_legs()
    assert customer.legs(order) == {"limit": "new", "stop": "held"}


def test_a_replacement_has_a_new_id_and_the_old_order_says_so(customer: Customer) -> None:
    order = customer.bracket()
    old = customer.leg(order, "limit")
    new = customer.trading.replace_order_by_id(old.id, ReplaceOrderRequest(limit_price=154.78))
    assert (new.replaces, new.limit_price) == (old.id, "154.78")
    assert (customer.now(old).status.value, customer.now(old).replaced_by) == ("replaced", new.id)
    assert customer.legs(order) == {"limit": "new", "stop": "held"}
    customer.server.price("AAPL", "147.50")
    assert customer.legs(order) == {"limit": "canceled", "stop": "filled"}


def test_a_held_stop_is_replaced_too(customer: Customer) -> None:
    order = customer.bracket()
    customer.trading.replace_order_by_id(customer.leg(order, "stop").id, ReplaceOrderRequest(stop_price=149))
    customer.server.price("AAPL", "148.90")
    assert customer.legs(order) == {"limit": "canceled", "stop": "filled"}


def test_the_answer_to_a_replacement_does_not_promise_it(customer: Customer) -> None:
    order = customer.bracket()
    old = customer.leg(order, "limit")
    customer.server.reject_next()
    new = customer.trading.replace_order_by_id(old.id, ReplaceOrderRequest(limit_price=154.78))
    assert (customer.now(new).status.value, customer.now(old).status.value) == ("rejected", "new")


def test_replacing_a_partly_filled_order_asks_for_all_of_its_shares_again(customer: Customer) -> None:
    customer.server.partly_fill(40)
    order = customer.buy(limit_price=150.30)
    new = customer.trading.replace_order_by_id(order.id, ReplaceOrderRequest(limit_price=150.31))
    assert (new.qty, new.filled_qty) == ("100", "0")


def test_an_order_waits_for_the_open(customer: Customer) -> None:
    customer.server.close_market()
    order = customer.bracket()
    assert (order.status.value, customer.now(order).status.value) == ("accepted", "accepted")
    customer.server.open_market()
    assert customer.now(order).status.value == "filled"


def test_a_limit_order_for_extended_hours_fills_before_the_open(customer: Customer) -> None:
    customer.clock.advance(-2 * 3600)
    order = customer.buy(limit_price=150.30, extended_hours=True)
    assert customer.now(order).status.value == "filled"


def test_a_day_order_and_its_legs_expire_at_the_close(customer: Customer) -> None:
    order = customer.bracket(limit_price=149, time_in_force=TimeInForce.DAY)
    customer.clock.advance(timedelta(hours=6).total_seconds())
    assert customer.now(order).status.value == "expired"
    assert customer.legs(order) == {"limit": "canceled", "stop": "canceled"}


def test_a_stop_alone_is_an_oto(customer: Customer) -> None:
    order = customer.buy(order_class=OrderClass.OTO, stop_loss=StopLossRequest(stop_price=147.99))
    assert customer.legs(order) == {"stop": "new"}


def test_an_oco_protects_what_is_held(customer: Customer) -> None:
    customer.buy()
    terms = {"symbol": "AAPL", "qty": 100, "side": OrderSide.SELL, "time_in_force": TimeInForce.GTC}
    exits = {
        "take_profit": TakeProfitRequest(limit_price=154.75),
        "stop_loss": StopLossRequest(stop_price=147.99),
    }
    order = customer.trading.submit_order(LimitOrderRequest(**terms, **exits, order_class=OrderClass.OCO))
    assert customer.legs(order) == {"stop": "held"}
    customer.server.price("AAPL", "147.50")
    assert (customer.now(order).status.value, customer.shares()) == ("canceled", {})


def test_a_stop_protects_what_has_none(customer: Customer) -> None:
    customer.buy()
    terms = {"symbol": "AAPL", "qty": 100, "side": OrderSide.SELL, "time_in_force": TimeInForce.GTC}
    order = customer.trading.submit_order(StopOrderRequest(**terms, stop_price=147.99))
    customer.server.price("AAPL", "147.50")
    assert customer.now(order).status.value == "filled"


def test_shares_bound_by_a_target_cannot_be_closed(customer: Customer) -> None:
    order = customer.bracket()
    with pytest.raises(APIError, match="insufficient qty available for order") as refused:
        customer.trading.close_position("AAPL")
    assert (refused.value.status_code, refused.value.code) == (403, 40310000)
    customer.trading.cancel_order_by_id(customer.leg(order, "limit").id)
    closing = customer.trading.close_position("AAPL", ClosePositionRequest(qty="60"))
    assert (customer.now(closing).status.value, customer.shares()) == ("filled", {"AAPL": "40"})


def test_closing_everything_answers_for_each_position(customer: Customer) -> None:
    customer.server.price("MSFT", "420.80")
    customer.server.hold("MSFT", 10, "400")
    customer.bracket()
    answers = customer.trading.close_all_positions()
    assert {answer.symbol: answer.status for answer in answers} == {"MSFT": 200, "AAPL": 403}
    assert [answer.status for answer in customer.trading.close_all_positions(cancel_orders=True)] == [200]
    assert customer.shares() == {}


def test_cancelling_everything_answers_for_each_order(customer: Customer) -> None:
    customer.buy(limit_price=140)
    customer.buy(limit_price=141)
    assert [answer.status for answer in customer.trading.cancel_orders()] == [200, 200]
    assert customer.trading.get_orders() == []


def test_a_list_of_orders_is_cut_newest_first_and_filtered(customer: Customer) -> None:
    orders = []
    for price in (140, 141, 142):
        customer.clock.advance(1)
        orders.append(customer.buy(limit_price=price).id)
    assert [order.id for order in customer.trading.get_orders(GetOrdersRequest(limit=2))] == [orders[2], orders[1]]
    after = customer.clock.now() - timedelta(seconds=1)
    assert [order.id for order in customer.trading.get_orders(GetOrdersRequest(after=after))] == [orders[2]]
    assert customer.trading.get_orders(GetOrdersRequest(symbols=["MSFT"])) == []
    with pytest.raises(APIError):
        customer.trading.get_orders(GetOrdersRequest(limit=501))


def test_what_was_taken_stands_in_the_ledger_and_what_was_asked_among_the_requests(customer: Customer) -> None:
    customer.bracket(client_order_id="mine")
    (entry,) = customer.server.reader
    assert (entry.client_order_id, int(entry.shares), entry.at) == ("mine", 100, customer.clock.now())
    (seen,) = customer.server.requests
    assert (seen.method, seen.path, seen.body["client_order_id"]) == ("POST", "/v2/orders", "mine")


def test_the_worked_example_has_its_money_and_its_slip(customer: Customer) -> None:
    with FakeAlpaca(customer.clock, cash="66788", slippage_bp="2") as server:
        server.hold("MSFT", 300, "420.80")
        server.hold("TSLA", 150, "255.60")
        server.price("AAPL", "150.25")
        desk = Customer.of(server, customer.clock)
        account = desk.trading.get_account()
        assert (account.equity, account.buying_power) == ("231368", "298156")
        order = desk.bracket(512)
        assert desk.now(order).filled_avg_price == "150.28"
        assert desk.trading.get_account().cash == str(Decimal(66_788) - Decimal("76943.36"))


def test_an_account_without_margin_buys_with_its_cash(customer: Customer) -> None:
    with FakeAlpaca(customer.clock, cash="66788", margin=False) as server:
        server.price("AAPL", "150.25")
        desk = Customer.of(server, customer.clock)
        assert desk.trading.get_account().multiplier == "1"
        with pytest.raises(APIError, match="insufficient buying power"):
            desk.bracket(445)
        desk.bracket(444)


def test_a_hand_can_fill_and_expire_orders(customer: Customer) -> None:
    customer.server.fill_by_hand()
    customer.bracket(client_order_id="mine")
    customer.server.fill("mine", 40, "150.20")
    customer.server.fill("mine")
    assert customer.trading.get_order_by_client_id("mine").filled_avg_price == "150.23"
    target = customer.leg(customer.trading.get_order_by_client_id("mine"), "limit")
    customer.server.expire(str(target.id))
    assert {order["status"] for order in customer.server.orders} == {"filled", "expired", "canceled"}
