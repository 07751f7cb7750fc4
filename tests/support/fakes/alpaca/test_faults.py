import threading

import pytest
import requests
from alpaca.common.exceptions import APIError
from pydantic import ValidationError

from tests.support.fakes.alpaca.conftest import Customer
from tests.support.fakes.alpaca.faults import Fault
from tests.support.waiting import until


def ask(customer: Customer, path: str, patience: float = 5) -> requests.Response:
    """Ask without the SDK, which would ask again by itself."""
    keys = {"APCA-API-KEY-ID": customer.server.key, "APCA-API-SECRET-KEY": customer.server.secret}
    with requests.get(customer.server.trading_url + path, headers=keys, timeout=patience) as answer:
        return answer


def test_a_dropped_order_was_never_taken(customer: Customer) -> None:
    customer.server.fault("POST", "/v2/orders", Fault.DROP)
    with pytest.raises(requests.ConnectionError):
        customer.buy(client_order_id="mine")
    assert customer.server.reader == ()


def test_an_order_whose_answer_is_lost_was_taken(customer: Customer) -> None:
    customer.server.fault("POST", "/v2/orders", Fault.DROP, handled=True)
    with pytest.raises(requests.ConnectionError):
        customer.buy(client_order_id="mine")
    assert [entry.client_order_id for entry in customer.server.reader] == ["mine"]
    assert customer.trading.get_order_by_client_id("mine").status.value == "filled"


@pytest.mark.parametrize("fault", [Fault.BROKEN, Fault.UNAVAILABLE])
def test_a_broken_server_says_so_as_often_as_it_was_told(customer: Customer, fault: Fault) -> None:
    customer.server.fault("GET", "/v2/*", fault, times=2)
    for _ in range(2):
        with pytest.raises(APIError) as failed:
            customer.trading.get_account()
        assert failed.value.status_code == int(fault)
    customer.trading.get_account()


def test_too_many_requests_come_with_a_time_to_wait(customer: Customer) -> None:
    customer.server.fault("*", "/v2/account", Fault.TOO_MANY)
    failed = ask(customer, "/v2/account")
    assert (failed.status_code, failed.headers["Retry-After"]) == (429, "1")


def test_a_gateway_gives_up_though_the_server_did_its_work(customer: Customer) -> None:
    customer.server.fault("GET", "/v2/positions", Fault.TIMED_OUT, handled=True)
    assert ask(customer, "/v2/positions").status_code == 504


@pytest.mark.parametrize("fault", [Fault.HTML, Fault.GARBAGE])
def test_an_answer_that_is_no_json_is_an_error(customer: Customer, fault: Fault) -> None:
    customer.server.fault("GET", "/v2/account", fault)
    with pytest.raises(requests.JSONDecodeError):
        customer.trading.get_account()


def test_an_error_of_html_has_no_code(customer: Customer) -> None:
    customer.server.fault("GET", "/v2/account", Fault.HTML, status=502)
    with pytest.raises(APIError) as failed:
        customer.trading.get_account()
    assert failed.value.status_code == 502
    with pytest.raises(ValueError, match="Expecting value"):
        _ = failed.value.code


def test_an_empty_answer_is_nothing(customer: Customer) -> None:
    customer.server.fault("GET", "/v2/positions", Fault.EMPTY)
    with pytest.raises(ValidationError):
        customer.trading.get_all_positions()


def test_an_error_may_come_without_a_code(customer: Customer) -> None:
    customer.server.fault("GET", "/v2/account", Fault.NO_CODE, status=422)
    with pytest.raises(APIError, match="forbidden") as failed:
        customer.trading.get_account()
    with pytest.raises(KeyError):
        _ = failed.value.code


def test_an_unknown_status_spoils_the_answer_for_the_sdk(customer: Customer) -> None:
    customer.server.fault("POST", "/v2/orders", Fault.UNKNOWN_STATUS)
    with pytest.raises(ValidationError, match="surprised"):
        customer.buy()
    assert len(customer.server.reader) == 1


def test_a_request_hangs_until_it_is_let_go(customer: Customer) -> None:
    customer.server.fault("GET", "/v2/account", Fault.HANG)
    failed: list[bool] = []

    def hang() -> None:
        with pytest.raises(requests.ConnectionError):
            customer.trading.get_account()
        failed.append(True)

    hanging = threading.Thread(target=hang)
    hanging.start()
    until(lambda: customer.server.requests)
    assert ask(customer, "/v2/clock").json()["is_open"]
    assert not failed
    customer.server.mend()
    hanging.join(5)
    assert failed


def test_an_impatient_client_ends_its_own_waiting(customer: Customer) -> None:
    customer.server.fault("GET", "/v2/account", Fault.HANG)
    with pytest.raises(requests.Timeout):
        ask(customer, "/v2/account", patience=0.1)


def test_the_server_stops_though_a_request_hangs_and_comes_back_as_it_was(customer: Customer) -> None:
    customer.buy(client_order_id="mine")
    customer.server.fault("GET", "/v2/account", Fault.HANG)
    with pytest.raises(requests.Timeout):
        ask(customer, "/v2/account", patience=0.1)
    customer.server.stop()
    with pytest.raises(requests.ConnectionError):
        customer.trading.get_account()
    customer.server.start()
    assert customer.trading.get_order_by_client_id("mine").status.value == "filled"
