"""The last look before an order: after all waiting, on a connection that is made, before its first byte."""

from collections.abc import Iterator

import pytest

from engine.adapters.alpaca.broker import AlpacaBroker
from engine.errors import BrokerUnavailable, DeskNotActive
from tests.contracts.brokers import ENTRY
from tests.engine.adapters.alpaca.access import access_to
from tests.engine.adapters.sql.raw import RawServer, raw_server, silently
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.clock import ManualClock
from tests.support.waiting import until


@pytest.fixture
def counting() -> Iterator[RawServer]:
    with raw_server(silently) as server:
        yield server


@pytest.fixture
def before(counting: RawServer, fake: FakeAlpaca, clock: ManualClock) -> Iterator[AlpacaBroker]:
    """A broker before a server that counts bytes."""
    broker = AlpacaBroker(access_to(fake, trading_url=counting.url, timeouts=(1.0, 0.2)), clock, WeekdayCalendar())
    yield broker
    broker.stop()


@pytest.mark.parametrize(
    "error",
    [DeskNotActive("halted"), ValueError("no number"), OSError("no disk"), KeyError("gone"), TimeoutError("late")],
    ids=lambda error: type(error).__name__,
)
def test_what_the_last_look_raises_is_raised_and_not_one_byte_has_left(
    before: AlpacaBroker, counting: RawServer, error: Exception
) -> None:
    def look() -> None:
        until(lambda: counting.connections)
        raise error

    with pytest.raises(type(error)) as caught:
        before.submit(ENTRY, look)
    assert caught.value is error
    until(counting.hung_up.is_set)
    assert (counting.connections, counting.received) == (1, b"")


def test_the_last_look_is_taken_once_with_the_connection_made_and_nothing_sent(
    before: AlpacaBroker, counting: RawServer
) -> None:
    seen = []

    def look() -> None:
        until(lambda: counting.connections)
        seen.append(counting.received)

    with pytest.raises(Exception, match="no clear answer"):
        before.submit(ENTRY, look)
    assert seen == [b""]
    assert ENTRY.client_order_id.encode() in counting.received


def test_the_last_look_is_taken_on_a_connection_that_was_used_before(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    broker.account()
    looks: list[int] = []
    broker.submit(ENTRY, lambda: looks.append(len(fake.requests)))
    assert looks == [1]
    assert [request.method for request in fake.requests] == ["GET", "POST"]


def test_no_look_is_taken_where_nothing_can_be_reached(fake: FakeAlpaca, clock: ManualClock) -> None:
    broker = AlpacaBroker(access_to(fake, trading_url="http://127.0.0.1:9"), clock, WeekdayCalendar())
    looks: list[str] = []
    with pytest.raises(BrokerUnavailable):
        broker.submit(ENTRY, lambda: looks.append("looked"))
    broker.stop()
    assert looks == []


def test_after_a_look_that_stopped_an_order_the_next_one_leaves(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    def stop() -> None:
        raise DeskNotActive("halted")

    broker.account()
    with pytest.raises(DeskNotActive):
        broker.submit(ENTRY, stop)
    assert broker.order(ENTRY.client_order_id) is None
    broker.submit(ENTRY)
    assert [order.client_order_id for order in fake.reader] == [ENTRY.client_order_id]
