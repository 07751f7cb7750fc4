import threading
from collections.abc import Iterator
from queue import Queue
from typing import Any, Self

import pytest
from alpaca.trading.models import TradeUpdate
from alpaca.trading.stream import TradingStream

from tests.support.fakes.alpaca.conftest import Customer
from tests.support.waiting import until


class Listener:
    """Alpaca's own stream client in a thread, its updates in a queue."""

    def __init__(self, customer: Customer, **given: Any) -> None:
        self.heard: Queue[TradeUpdate] = Queue()
        self._server = customer.server
        keys = {"api_key": customer.server.key, "secret_key": customer.server.secret} | given
        self._stream = TradingStream(**keys, url_override=customer.server.stream_url)
        self._stream.subscribe_trade_updates(self._hear)
        self._thread = threading.Thread(target=self._stream.run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stream.stop()
        self._server.drop_streams()  # or it would notice within five seconds
        self._thread.join(10)

    def next(self) -> tuple[str, str]:
        update = self.heard.get(timeout=10)
        return str(getattr(update.event, "value", update.event)), str(update.order.type and update.order.type.value)

    async def _hear(self, update: TradeUpdate) -> None:
        self.heard.put(update)


@pytest.fixture
def listener(customer: Customer) -> Iterator[Listener]:
    with Listener(customer) as listener:
        until(lambda: customer.server.is_listened_to)
        yield listener


def test_a_bracket_s_life_is_told(customer: Customer, listener: Listener) -> None:
    customer.bracket()
    customer.server.price("AAPL", "147.50")
    heard = [listener.next() for _ in range(7)]
    assert heard[:4] == [("pending_new", "market"), ("new", "market"), ("fill", "market"), ("new", "limit")]
    assert heard[4:] == [("canceled", "limit"), ("new", "stop"), ("fill", "stop")]


def test_a_fill_says_how_many_at_which_price_and_what_is_held(customer: Customer, listener: Listener) -> None:
    customer.server.partly_fill(40)
    customer.buy(client_order_id="mine")
    update = next(found for found in iter(listener.heard.get, None) if found.event == "partial_fill")
    assert (update.qty, update.price, update.position_qty) == (40, 150.25, 40)
    assert (update.order.client_order_id, update.order.filled_qty) == ("mine", "40")


def test_what_happens_without_a_listener_is_never_told(customer: Customer, listener: Listener) -> None:
    customer.server.drop_streams()
    order = customer.buy(limit_price=140)
    until(lambda: customer.server.is_listened_to)
    customer.trading.cancel_order_by_id(order.id)
    assert [listener.next() for _ in range(2)] == [("pending_cancel", "limit"), ("canceled", "limit")]
    assert customer.server.streams == 2


def test_an_unknown_status_loses_that_update_only(customer: Customer, listener: Listener) -> None:
    order = customer.buy(limit_price=140)
    customer.server.tell_of_unknown_status(str(order.id))
    customer.trading.cancel_order_by_id(order.id)
    assert [listener.next()[0] for _ in range(4)] == ["pending_new", "new", "pending_cancel", "canceled"]


def test_a_second_connection_is_turned_away(customer: Customer, listener: Listener) -> None:
    with Listener(customer) as second:
        until(lambda: customer.server.streams_turned_away)
        customer.buy(limit_price=140)
        assert listener.next() == ("pending_new", "limit")
        assert second.heard.empty()


def test_wrong_keys_are_not_authorized(customer: Customer) -> None:
    with Listener(customer, secret_key="wrong"):
        until(lambda: customer.server.streams)
        assert not customer.server.is_listened_to
