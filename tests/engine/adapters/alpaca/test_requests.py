"""What becomes of an order, and of a read, when the line or the server is in trouble."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import requests
from alpaca.common.exceptions import APIError
from alpaca.common.rest import RESTClient

from engine.adapters.alpaca.broker import AlpacaBroker
from engine.adapters.alpaca.client import AlpacaClient, RestClient
from engine.adapters.alpaca.error_mapping import NoAnswer, failure_of
from engine.adapters.alpaca.rate_limiter import RateLimiter
from engine.errors import BrokerUnavailable, OrderExists, OrderRefused, OrderUnclear
from engine.model.trade import Entry, OrderState
from tests.engine.adapters.alpaca.access import access_to
from tests.engine.adapters.alpaca.replies import replies
from tests.support.fakes.alpaca.faults import Fault
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.clock import ManualClock

ENTRY = Entry(
    client_order_id="AAPL_20250819_234515",
    symbol="AAPL",
    shares=100,
    stop=Decimal("147.99"),
    target=Decimal("154.75"),
)
UNCLEAR = [Fault.HANG, Fault.DROP, Fault.BROKEN, Fault.UNAVAILABLE, Fault.TIMED_OUT, Fault.HTML, Fault.EMPTY]


@pytest.fixture
def broker(fake: FakeAlpaca, clock: ManualClock) -> Iterator[AlpacaBroker]:
    """A broker that does not wait long for a silent server."""
    broker = AlpacaBroker(access_to(fake, timeouts=(1.0, 1.0)), clock, WeekdayCalendar(), patience=5.0)
    yield broker
    broker.stop()


def sent(fake: FakeAlpaca, method: str = "POST") -> int:
    return sum(request.method == method for request in fake.requests)


def test_trap_time_outs_and_retries_are_private_parts_of_the_sdk_that_still_exist(fake: FakeAlpaca) -> None:
    plain = RESTClient(fake.trading_url, "key", "secret")
    assert isinstance(vars(plain)["_session"], requests.Session)
    assert vars(plain)["_retry"] == 3
    ours = RestClient(fake.trading_url, "v2", access_to(fake))
    assert vars(ours)["_retry"] == 0
    assert vars(vars(ours)["_session"])["request"].keywords == {"timeout": (2.0, 5.0)}
    ours.stop()


@pytest.mark.parametrize("fault", [*UNCLEAR, Fault.GARBAGE])
def test_trap_the_sdk_would_send_an_order_again_on_a_504_or_hang_and_ours_is_unclear_and_sent_once(
    broker: AlpacaBroker, fake: FakeAlpaca, fault: Fault
) -> None:
    fake.fault("POST", "/v2/orders", fault, times=9)
    with pytest.raises(OrderUnclear) as caught:
        broker.submit(ENTRY)
    assert caught.value.client_order_id == ENTRY.client_order_id
    assert sent(fake) == 1


@pytest.mark.parametrize("status", [502, 403, 404, 408])
def test_trap_an_error_in_html_says_nothing_about_the_order(
    broker: AlpacaBroker, fake: FakeAlpaca, status: int
) -> None:
    fake.fault("POST", "/v2/orders", Fault.HTML, status=status)
    with pytest.raises(OrderUnclear):
        broker.submit(ENTRY)


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.DROP, Fault.TIMED_OUT])
def test_trap_an_order_that_arrived_though_its_answer_was_lost_is_found_and_never_doubled(
    broker: AlpacaBroker, fake: FakeAlpaca, fault: Fault
) -> None:
    fake.fault("POST", "/v2/orders", fault, handled=True)
    with pytest.raises(OrderUnclear):
        broker.submit(ENTRY)
    found = broker.order(ENTRY.client_order_id)
    assert found is not None
    with pytest.raises(OrderExists):
        broker.submit(ENTRY)
    assert sum(position.shares for position in broker.positions()) == 100


def test_trap_the_sdk_would_repeat_an_order_that_the_rate_limit_turned_away_and_ours_is_not(
    broker: AlpacaBroker, fake: FakeAlpaca
) -> None:
    fake.fault("POST", "/v2/orders", Fault.TOO_MANY)
    with pytest.raises(BrokerUnavailable):
        broker.submit(ENTRY)
    assert sent(fake) == 1


def test_a_refusal_carries_alpacas_words(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    fake.refuse_next("account is restricted to liquidation")
    with pytest.raises(OrderRefused) as caught:
        broker.submit(ENTRY)
    assert caught.value.facts["reason"] == "account is restricted to liquidation"


def test_trap_a_refusal_without_a_code_is_still_a_refusal(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    fake.fault("POST", "/v2/orders", Fault.NO_CODE)
    with pytest.raises(OrderRefused) as caught:
        broker.submit(ENTRY)
    assert caught.value.facts["reason"] == "forbidden."


@pytest.fixture
def unreached(clock: ManualClock, fake: FakeAlpaca) -> Iterator[AlpacaBroker]:
    """A broker whose server does not listen any more."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    broker = AlpacaBroker(access_to(fake, trading_url=f"http://127.0.0.1:{port}"), clock, WeekdayCalendar())
    yield broker
    broker.stop()


def test_an_order_that_met_no_server_was_certainly_not_sent(unreached: AlpacaBroker) -> None:
    with pytest.raises(BrokerUnavailable):
        unreached.submit(ENTRY)
    with pytest.raises(BrokerUnavailable):
        unreached.account()


def test_an_order_to_a_server_without_an_address_was_certainly_not_sent(fake: FakeAlpaca, clock: ManualClock) -> None:
    broker = AlpacaBroker(access_to(fake, trading_url="http://no-such-host.invalid"), clock, WeekdayCalendar())
    with pytest.raises(BrokerUnavailable):
        broker.submit(ENTRY)
    broker.stop()


@pytest.mark.parametrize("fault", [*UNCLEAR, Fault.GARBAGE])
def test_trap_the_sdk_tries_nothing_again_after_a_500_or_a_lost_line_so_our_reads_are_tried_again(
    broker: AlpacaBroker, fake: FakeAlpaca, fault: Fault
) -> None:
    fake.fault("GET", "/v2/account", fault)
    assert broker.account().cash == 100_000


def test_reads_are_not_tried_for_ever(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    fake.fault("GET", "/v2/account", Fault.BROKEN, times=99)
    with pytest.raises(BrokerUnavailable):
        broker.account()
    assert sent(fake, "GET") == 3


def test_a_read_that_met_the_rate_limit_is_not_tried_again(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    fake.fault("GET", "/v2/account", Fault.TOO_MANY, times=99)
    with pytest.raises(BrokerUnavailable):
        broker.account()
    assert sent(fake, "GET") == 1


@pytest.mark.parametrize("fault", [Fault.DROP, Fault.BROKEN, Fault.HTML, Fault.EMPTY, Fault.NO_CODE])
def test_an_order_that_cannot_be_looked_up_is_not_called_missing(
    broker: AlpacaBroker, fake: FakeAlpaca, fault: Fault
) -> None:
    broker.submit(ENTRY)
    fake.fault("GET", "/v2/orders*", fault, times=99)
    with pytest.raises(BrokerUnavailable):
        broker.order(ENTRY.client_order_id)
    with pytest.raises(BrokerUnavailable):
        broker.order("never-sent")


@pytest.mark.parametrize("body", ["", "moved", "null", "{}", "[]", '"text"'])
@pytest.mark.parametrize("status", [200, 302])
def test_trap_a_redirection_or_a_strange_body_is_no_answer(clock: ManualClock, body: str, status: int) -> None:
    with replies((status, body)) as server, FakeAlpaca(clock) as fake:
        broker = AlpacaBroker(access_to(fake, trading_url=server.url), clock, WeekdayCalendar())
        with pytest.raises(BrokerUnavailable):
            broker.order(ENTRY.client_order_id)
        with pytest.raises(OrderUnclear):
            broker.submit(ENTRY)
        broker.stop()


@pytest.mark.parametrize("body", ["", "<html>", "[]", "null", '"text"', "{"])
def test_trap_reading_an_error_never_raises(body: str) -> None:
    error = APIError(body)  # type: ignore[no-untyped-call]  # the SDK has no types here
    assert isinstance(failure_of(error), NoAnswer)


def test_trap_one_unknown_status_does_not_lose_the_other_orders(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    broker.submit(ENTRY)
    broker.submit(replace(ENTRY, client_order_id="second", symbol="MSFT", stop=Decimal(400), target=Decimal(450)))
    fake.fault("GET", "/v2/orders*", Fault.UNKNOWN_STATUS, times=2)
    assert {order.client_order_id: order.state for order in broker.orders()} == {
        ENTRY.client_order_id: OrderState.UNKNOWN,
        "second": OrderState.UNKNOWN,
    }


def test_an_unknown_status_of_a_new_order_is_no_lost_answer(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    fake.fault("POST", "/v2/orders", Fault.UNKNOWN_STATUS)
    assert broker.submit(ENTRY).state is OrderState.UNKNOWN


def test_trap_of_200_requests_a_minute_some_are_kept_for_orders_and_cancels(
    fake: FakeAlpaca, clock: ManualClock
) -> None:
    budget = RateLimiter(200, patience=0.0)
    broker = AlpacaBroker(access_to(fake, budget=budget), clock, WeekdayCalendar())
    for _ in range(160):
        budget.wait()
    with pytest.raises(BrokerUnavailable):
        broker.account()
    order = broker.submit(ENTRY)
    broker.close("exit-1", "AAPL", 100)
    broker.cancel(order)
    broker.stop()


def test_trap_a_line_of_netrc_about_the_host_would_come_along_and_does_not(
    tmp_path: Path, fake: FakeAlpaca, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with replies((200, "[]")) as server:
        client = AlpacaClient(server.url, "v2", access_to(fake))
        assert client.read("/orders") == []
        client.stop()
        assert "Authorization" not in server.headers
        assert server.headers["APCA-API-KEY-ID"] == fake.key
        requests.get(server.url, timeout=5)
        assert "Authorization" in server.headers


def test_requests_go_by_the_proxy_that_the_environment_names_at_the_start(
    fake: FakeAlpaca, monkeypatch: pytest.MonkeyPatch
) -> None:
    with replies((200, "[]")) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        client = AlpacaClient("http://alpaca.invalid", "v2", access_to(fake))
        assert client.read("/orders") == []
        client.stop()
        assert proxy.asked == ["http://alpaca.invalid/v2/orders"]
