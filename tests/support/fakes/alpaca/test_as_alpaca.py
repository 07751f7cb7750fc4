"""What the fake once let through, and Alpaca does not."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import requests
from alpaca.common.exceptions import APIError
from alpaca.data.requests import StockBarsRequest
from alpaca.data.timeframe import TimeFrame, TimeFrameUnit
from alpaca.trading.requests import ReplaceOrderRequest

from tests.support.fakes.alpaca.conftest import NOW, Customer
from tests.support.fakes.alpaca.market import Bar
from tests.support.fakes.alpaca.test_stream import Listener
from tests.support.waiting import until

FIVE = TimeFrame(5, TimeFrameUnit.Minute)


def ask(customer: Customer, path: str, **query: str) -> requests.Response:
    keys = {"APCA-API-KEY-ID": customer.server.key, "APCA-API-SECRET-KEY": customer.server.secret}
    return requests.get(customer.server.trading_url + path, query, headers=keys, timeout=5)


# Ids


@pytest.mark.parametrize("verb", ["get", "delete"])
def test_an_order_s_own_route_does_not_know_the_client_s_id(customer: Customer, verb: str) -> None:
    customer.buy(limit_price=140, client_order_id="mine")
    with pytest.raises(APIError, match="order not found") as missing:
        getattr(customer.trading, verb)("/orders/mine")
    assert missing.value.status_code == 404
    assert len(customer.trading.get_orders()) == 1


def test_a_replacement_does_not_know_the_client_s_id(customer: Customer) -> None:
    client_order_id = str(uuid.uuid4())
    customer.buy(limit_price=140, client_order_id=client_order_id)
    with pytest.raises(APIError, match="order not found"):
        customer.trading.replace_order_by_id(client_order_id, ReplaceOrderRequest(limit_price=141))


def test_the_client_s_route_does_not_know_alpaca_s_id(customer: Customer) -> None:
    order = customer.buy(limit_price=140, client_order_id="mine")
    with pytest.raises(APIError, match="order not found"):
        customer.trading.get_order_by_client_id(str(order.id))


# Cancels and replacements


def test_a_cancel_is_taken_and_then_done(customer: Customer) -> None:
    order = customer.buy(limit_price=140)
    customer.server.hold_cancels()
    customer.trading.cancel_order_by_id(order.id)
    assert customer.now(order).status.value == "pending_cancel"
    assert len(customer.trading.get_orders()) == 1
    customer.server.release_cancels()
    assert customer.now(order).status.value == "canceled"


def test_an_order_whose_cancel_is_pending_still_fills_and_binds_its_shares(customer: Customer) -> None:
    order = customer.bracket()
    customer.server.hold_cancels()
    customer.trading.cancel_order_by_id(customer.leg(order, "limit").id)
    assert customer.trading.get_open_position("AAPL").qty_available == "0"
    customer.server.price("AAPL", "155")
    assert (customer.leg(order, "limit").status.value, customer.shares()) == ("filled", {})


def test_a_pending_cancel_is_neither_cancelled_again_nor_replaced(customer: Customer) -> None:
    order = customer.buy(limit_price=140)
    customer.server.hold_cancels()
    customer.trading.cancel_order_by_id(order.id)
    with pytest.raises(APIError, match="pending_cancel"):
        customer.trading.cancel_order_by_id(order.id)
    with pytest.raises(APIError, match="pending_cancel"):
        customer.trading.replace_order_by_id(order.id, ReplaceOrderRequest(limit_price=141))


def test_an_order_that_waits_for_the_open_is_not_replaced(customer: Customer) -> None:
    customer.server.close_market()
    order = customer.buy(limit_price=140)
    with pytest.raises(APIError, match="accepted"):
        customer.trading.replace_order_by_id(order.id, ReplaceOrderRequest(limit_price=141))


def test_a_replacement_that_came_to_nothing_is_told(customer: Customer) -> None:
    order = customer.buy(limit_price=140)
    with Listener(customer) as listener:
        until(lambda: customer.server.is_listened_to)
        customer.server.reject_next()
        customer.trading.replace_order_by_id(order.id, ReplaceOrderRequest(limit_price=141))
        assert [listener.next()[0] for _ in range(2)] == ["rejected", "order_replace_rejected"]


# Rates


def test_every_answer_says_how_many_requests_are_left(customer: Customer) -> None:
    customer.server.limit_requests(200)
    first, second = ask(customer, "/v2/account"), ask(customer, "/v2/stocks/snapshots", symbols="AAPL")
    assert first.headers["X-RateLimit-Limit"] == "200"
    assert (first.headers["X-RateLimit-Remaining"], second.headers["X-RateLimit-Remaining"]) == ("199", "198")
    assert int(first.headers["X-RateLimit-Reset"]) == (NOW + timedelta(minutes=1)).replace(second=0).timestamp()


def test_beyond_the_limit_nothing_is_done_until_the_minute_is_over(customer: Customer) -> None:
    customer.server.limit_requests(2)
    assert [ask(customer, "/v2/clock").status_code for _ in range(3)] == [200, 200, 429]
    customer.clock.advance(60)
    assert ask(customer, "/v2/clock").status_code == 200


# Market data


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v2/stocks/snapshots", {"feed": "the best"}),
        ("/v2/stocks/bars", {"timeframe": "5Min", "feed": "delayed_sip"}),
        ("/v2/stocks/bars", {"timeframe": "5Min", "adjustment": "splits"}),
        ("/v2/stocks/bars", {"timeframe": "60Min"}),
        ("/v2/stocks/bars", {}),
        ("/v2/stocks/bars", {"timeframe": "5Min", "sort": "up"}),
        ("/v2/stocks/bars", {"timeframe": "5Min", "limit": "10001"}),
        ("/v1beta1/news", {"sort": "up"}),
    ],
)
def test_data_that_does_not_exist_is_refused(customer: Customer, path: str, query: dict[str, str]) -> None:
    refused = ask(customer, path, symbols="AAPL", **query)
    assert (refused.status_code, "message" in refused.json()) == (400, True)


@pytest.mark.parametrize(("adjustment", "open_"), [("raw", 150), ("dividend", 150), ("split", 75), ("all", 75)])
def test_bars_of_before_a_split_are_adjusted_where_that_is_asked_for(
    customer: Customer, adjustment: Any, open_: float
) -> None:
    before = Bar(at=NOW - timedelta(minutes=5), open=150, high=151, low=149, close=150.5, volume=1_000)
    customer.server.bars("AAPL", [before])
    customer.server.split("AAPL", 2)
    request = StockBarsRequest(symbol_or_symbols="AAPL", timeframe=FIVE, start=before.at, adjustment=adjustment)
    (bar,) = customer.stocks.get_stock_bars(request).data["AAPL"]
    assert bar.open == open_


# The stream


def test_to_hang_up_on_a_listener_that_has_just_gone_is_no_error(customer: Customer) -> None:
    for _ in range(20):
        with Listener(customer):
            until(lambda: customer.server.is_listened_to)
            customer.server.drop_streams()
            customer.server.drop_streams()
