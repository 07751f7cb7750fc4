from typing import Any

import pytest
import requests
from alpaca.common.exceptions import APIError
from alpaca.data.requests import NewsRequest
from alpaca.trading.client import TradingClient
from alpaca.trading.enums import TimeInForce
from alpaca.trading.requests import ReplaceOrderRequest

from tests.support.fakes.alpaca.conftest import Customer
from tests.support.fakes.alpaca.server import FakeAlpaca

SHAPES = [
    ("no shares", {"shares": 0}, "qty must be > 0"),
    ("stop over the price", {"stop": 150.40}, "stop_loss.stop_price must be <= base_price - 0.01"),
    ("target under the price", {"target": 150.10}, "take_profit.limit_price must be >= base_price"),
    ("stop over the limit", {"stop": 149.5, "limit_price": 149.5}, "stop_loss.stop_price must be <="),
    ("stop between cents", {"stop": 147.995}, "sub-penny"),
    ("target between cents", {"target": 154.755}, "sub-penny"),
    ("the sum of floats", {"limit_price": 150.1 + 0.2}, "sub-penny"),
    ("parts of shares", {"shares": 1.5}, "fractional orders must be simple"),
    ("immediate or cancel", {"time_in_force": TimeInForce.IOC}, "must be day or gtc"),
    ("extended hours", {"limit_price": 150, "extended_hours": True}, "extended hours order must be"),
    ("long id", {"client_order_id": "x" * 129}, "no more than 128"),
    ("unknown symbol", {"symbol": "NOSUCH"}, r"asset ..NOSUCH.. not found"),
]


@pytest.mark.parametrize(("terms", "words"), [shape[1:] for shape in SHAPES], ids=[shape[0] for shape in SHAPES])
def test_a_wrong_bracket_is_unprocessable(customer: Customer, terms: dict[str, Any], words: str) -> None:
    with pytest.raises(APIError, match=words) as refused:
        customer.bracket(**terms)
    assert refused.value.status_code == 422
    assert customer.server.reader == ()


def test_more_than_the_buying_power_is_forbidden(customer: Customer) -> None:
    with pytest.raises(APIError, match="insufficient buying power") as refused:
        customer.bracket(1_332)
    assert (refused.value.status_code, refused.value.code) == (403, 40310000)


def test_what_rests_binds_buying_power(customer: Customer) -> None:
    customer.buy(1_000, limit_price=150)
    with pytest.raises(APIError, match="insufficient buying power"):
        customer.bracket(400)


def test_an_id_stays_taken_after_a_cancel(customer: Customer) -> None:
    order = customer.buy(limit_price=140, client_order_id="mine")
    customer.trading.cancel_order_by_id(order.id)
    with pytest.raises(APIError, match="client_order_id must be unique") as refused:
        customer.buy(client_order_id="mine")
    assert refused.value.status_code == 422


def test_an_order_at_the_market_for_extended_hours_is_refused(customer: Customer) -> None:
    with pytest.raises(APIError, match="extended hours order must be"):
        customer.buy(extended_hours=True)


def test_more_than_is_held_is_not_sold_but_nothing_held_is_sold_short(customer: Customer) -> None:
    customer.buy(10)
    with pytest.raises(APIError, match="insufficient qty"):
        customer.sell(11)
    customer.sell(10)
    customer.sell(5)
    assert customer.shares() == {"AAPL": "-5"}


def test_an_order_against_a_resting_one_of_our_own_is_a_wash_trade(customer: Customer) -> None:
    customer.buy(10)
    customer.buy(10, limit_price=149)
    with pytest.raises(APIError, match="potential wash trade detected"):
        customer.sell(10)


def test_a_bracket_must_open_something(customer: Customer) -> None:
    customer.buy(10)
    with pytest.raises(APIError, match="bracket orders must be entry orders"):
        customer.bracket(10, side="sell", stop=155, target=140)


def test_what_is_over_is_neither_cancelled_nor_replaced(customer: Customer) -> None:
    order = customer.buy()
    with pytest.raises(APIError, match="order is already in") as refused:
        customer.trading.cancel_order_by_id(order.id)
    assert refused.value.status_code == 422
    with pytest.raises(APIError, match="order is already in"):
        customer.trading.replace_order_by_id(order.id, ReplaceOrderRequest(limit_price=150))


def test_what_does_not_exist_is_not_found(customer: Customer) -> None:
    with pytest.raises(APIError, match="order not found") as missing:
        customer.trading.get_order_by_client_id("nobody")
    assert (missing.value.status_code, missing.value.code) == (404, 40410000)
    with pytest.raises(APIError, match="position does not exist"):
        customer.trading.get_open_position("AAPL")
    with pytest.raises(APIError, match="asset not found"):
        customer.trading.get_asset("NOSUCH")


def test_a_refusal_on_command_comes_once(customer: Customer) -> None:
    customer.server.refuse_next("account is restricted")
    with pytest.raises(APIError, match="account is restricted"):
        customer.buy()
    customer.buy()
    assert customer.shares() == {"AAPL": "100"}


def test_a_rejection_on_command_comes_after_the_answer(customer: Customer) -> None:
    customer.server.reject_next()
    order = customer.bracket()
    assert order.status.value == "pending_new"
    assert customer.now(order).status.value == "rejected"
    assert customer.legs(order) == {"limit": "canceled", "stop": "canceled"}


def test_a_refusal_and_a_rejection_on_command_can_be_taken_back(customer: Customer) -> None:
    customer.server.refuse_next("account is restricted")
    customer.server.reject_next()
    customer.server.accept_next()
    customer.buy()
    assert customer.shares() == {"AAPL": "100"}


def test_a_symbol_can_be_taken_out_of_trading(customer: Customer) -> None:
    customer.server.make_untradable("AAPL")
    assert not customer.trading.get_asset("AAPL").tradable
    with pytest.raises(APIError, match="not tradable"):
        customer.buy()


def test_wrong_keys_are_forbidden_without_a_code(customer: Customer) -> None:
    stranger = TradingClient("wrong", "wrong", url_override=customer.server.trading_url)
    with pytest.raises(APIError, match="forbidden") as refused:
        stranger.get_account()
    assert refused.value.status_code == 403
    with pytest.raises(KeyError):
        _ = refused.value.code


def test_no_keys_are_not_authorized(customer: Customer) -> None:
    with requests.get(customer.server.trading_url + "/v2/account", timeout=5) as answer:
        assert (answer.status_code, answer.json()["code"]) == (401, 40110000)


def test_an_answer_that_breaks_the_specification_becomes_an_error_and_is_remembered(customer: Customer) -> None:
    with FakeAlpaca(customer.clock) as server:
        server.news("", "AAPL")
        with pytest.raises(APIError) as failed:
            Customer.of(server, customer.clock).news.get_news(NewsRequest(symbols="AAPL"))
        assert failed.value.status_code == 500
        assert any("headline" in violation for violation in server.violations)
