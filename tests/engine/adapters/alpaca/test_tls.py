"""The last look and the deadline on connections with TLS, as they are in earnest."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from engine.adapters.alpaca.broker import AlpacaBroker
from engine.errors import BrokerUnavailable, DeskNotActive, OrderUnclear
from tests.contracts.brokers import ENTRY
from tests.engine.adapters.alpaca.access import access_to
from tests.engine.adapters.sql.raw import TRICKLES, raw_server, silently, trickling
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.clock import ManualClock
from tests.support.servers import behind_tls
from tests.support.waiting import until

Secured = Callable[..., AbstractContextManager[AlpacaBroker]]


@pytest.fixture
def secured(fake: FakeAlpaca, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Secured:
    """Open a broker that reaches a local server over TLS, whose authority it trusts."""

    @contextmanager
    def opened(url: str, timeouts: tuple[float, float] = (2.0, 5.0)) -> Iterator[AlpacaBroker]:
        with behind_tls(urlsplit(url).port or 0, tmp_path) as (port, authority):
            monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority))
            access = access_to(fake, trading_url=f"https://127.0.0.1:{port}", timeouts=timeouts)
            broker = AlpacaBroker(access, clock, WeekdayCalendar())
            yield broker
            broker.stop()

    return opened


def test_an_order_leaves_over_tls_after_its_last_look(secured: Secured, fake: FakeAlpaca) -> None:
    looks = list[int]()
    with secured(fake.trading_url) as broker:
        broker.submit(ENTRY, lambda: looks.append(len(fake.requests)))
    assert looks == [0]
    assert [order.client_order_id for order in fake.reader] == [ENTRY.client_order_id]


def test_a_look_that_stops_an_order_lets_not_one_byte_of_it_into_the_tunnel(secured: Secured) -> None:
    def stop() -> None:
        raise DeskNotActive("halted")

    with raw_server(silently) as server, secured(server.url) as broker:
        with pytest.raises(DeskNotActive):
            broker.submit(ENTRY, stop)
        until(server.hung_up.is_set)
        assert (server.connections, server.received) == (1, b"")


@pytest.mark.parametrize("name", ["a head without end", "a body without end"])
def test_an_answer_that_trickles_through_tls_ends(secured: Secured, name: str) -> None:
    with raw_server(TRICKLES[name]) as server, secured(server.url, timeouts=(0.5, 0.5)) as broker:
        with pytest.raises(OrderUnclear):
            broker.submit(ENTRY)
        with pytest.raises(BrokerUnavailable):
            broker.account()


def test_a_handshake_without_end_ends_and_the_order_was_certainly_not_sent(
    fake: FakeAlpaca, clock: ManualClock
) -> None:
    with raw_server(trickling(b"\x16\x03\x03\x40\x00", b"\x00")) as server:
        access = access_to(fake, trading_url=server.url.replace("http", "https"), timeouts=(0.3, 0.3))
        broker = AlpacaBroker(access, clock, WeekdayCalendar())
        looks = list[str]()
        with pytest.raises(BrokerUnavailable):
            broker.submit(ENTRY, lambda: looks.append("looked"))
        until(server.hung_up.is_set)
        broker.stop()
    assert looks == []
