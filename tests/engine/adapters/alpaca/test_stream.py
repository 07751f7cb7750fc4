import logging
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from queue import Queue
from typing import Any

import pytest

from engine.adapters.alpaca.broker import AlpacaBroker
from engine.adapters.alpaca.client import AlpacaAccess
from engine.adapters.alpaca.stream import TradeUpdates
from engine.model.trade import Entry, OrderRole
from tests.engine.adapters.alpaca.access import access_to
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.waiting import until

ENTRY = Entry(
    client_order_id="AAPL_20250819_234515",
    symbol="AAPL",
    shares=100,
    stop=Decimal("147.99"),
    target=Decimal("154.75"),
)


class Ear:
    """What a stream tells, and a stream that is stopped in the end."""

    def __init__(self, access: AlpacaAccess) -> None:
        self.updates: Queue[dict[str, Any]] = Queue()
        self.returns: Queue[bool] = Queue()
        self.stream = TradeUpdates(
            access, on_update=self.updates.put, on_return=lambda: self.returns.put(True), waits=(0.01, 0.05)
        )


@pytest.fixture
def ear(fake: FakeAlpaca) -> Iterator[Ear]:
    ear = Ear(access_to(fake))
    yield ear
    ear.stream.stop()


def test_a_fill_is_heard(ear: Ear, fake: FakeAlpaca, broker: AlpacaBroker) -> None:
    assert ear.stream.start()
    fake.fill_by_hand()
    broker.submit(ENTRY)
    fake.fill(ENTRY.client_order_id)
    heard = [ear.updates.get(timeout=10)]
    while heard[-1]["status"] != "filled":
        heard.append(ear.updates.get(timeout=10))
    assert heard[-1]["client_order_id"] == ENTRY.client_order_id


def test_trap_after_a_lost_connection_it_connects_again_and_says_so(ear: Ear, fake: FakeAlpaca) -> None:
    assert ear.stream.start()
    assert ear.returns.empty()
    fake.drop_streams()
    assert ear.returns.get(timeout=10)
    assert ear.stream.is_connected
    assert fake.streams == 2


def test_it_outlives_a_server_that_is_away(ear: Ear, fake: FakeAlpaca) -> None:
    ear.stream.start()
    fake.stop()
    until(lambda: not ear.stream.is_connected)
    fake.start()
    assert ear.returns.get(timeout=10)


def test_trap_bad_keys_are_not_tried_for_ever(fake: FakeAlpaca) -> None:
    ear = Ear(access_to(fake, secret="wrong", timeouts=(0.1, 0.1)))
    assert not ear.stream.start()
    until(lambda: fake.streams == 5)
    ear.stream.stop()
    assert fake.streams == 5


def test_the_keys_are_in_no_log(ear: Ear, fake: FakeAlpaca, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ear.stream.start()
    assert fake.secret not in caplog.text
    assert fake.key not in caplog.text


def test_trap_stopping_before_the_start_is_harmless(fake: FakeAlpaca) -> None:
    Ear(access_to(fake)).stream.stop()


def test_trap_an_account_has_one_connection_and_it_serves_every_listener(
    broker: AlpacaBroker, fake: FakeAlpaca
) -> None:
    first: Queue[str] = Queue()
    second: Queue[str] = Queue()
    broker.listen(first.put)
    broker.listen(second.put)
    broker.submit(ENTRY)
    assert first.get(timeout=10) == second.get(timeout=10) == ENTRY.client_order_id
    assert fake.streams == 1


def test_trap_an_update_in_an_unknown_status_is_not_lost(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    heard: Queue[str] = Queue()
    fake.fill_by_hand()
    broker.submit(ENTRY)
    broker.listen(heard.put)
    fake.tell_of_unknown_status(ENTRY.client_order_id)
    assert heard.get(timeout=10) == ENTRY.client_order_id


def test_a_leg_that_was_replaced_is_still_told_by_the_id_of_its_entry(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    heard: Queue[str] = Queue()
    target = broker.submit(ENTRY).leg(OrderRole.TARGET)
    assert target is not None
    broker.replace(target, Decimal("154.78"))
    broker.listen(heard.put)
    fake.price("AAPL", "155.00")
    assert heard.get(timeout=10) == ENTRY.client_order_id


def test_trap_what_was_missed_while_nothing_was_heard_is_asked_for(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    heard: Queue[str] = Queue()
    broker.submit(ENTRY)
    broker.listen(heard.put)
    fake.stop()
    fake.price("AAPL", "147.50")  # the stop is filled, and nobody hears of it
    fake.start()
    assert heard.get(timeout=10) == ENTRY.client_order_id
    order = broker.order(ENTRY.client_order_id)
    assert order is not None
    stop = order.leg(OrderRole.STOP)
    assert stop is not None
    assert stop.filled_shares == 100


def test_a_listener_that_fails_does_not_end_the_listening(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    heard: Queue[str] = Queue()

    def failing(client_order_id: str) -> None:
        heard.put(client_order_id)
        raise RuntimeError("a listener failed")

    broker.submit(ENTRY)
    broker.listen(failing)
    fake.price("AAPL", "147.50")
    assert heard.get(timeout=10) == ENTRY.client_order_id
    later = broker.submit(replace(ENTRY, client_order_id="AAPL_20250819_234530", stop=Decimal(140))).client_order_id
    until(lambda: heard.get(timeout=10) == later)


def test_trap_the_deprecated_part_of_websockets_is_not_needed() -> None:
    program = "import sys, engine.adapters.alpaca.broker; sys.exit('websockets.legacy' in sys.modules)"
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)  # noqa: S603 - a program of our own
