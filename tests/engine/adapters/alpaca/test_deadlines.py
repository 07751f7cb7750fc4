"""A total deadline: a server that sends a byte now and then holds nobody."""

import socket
from collections.abc import Callable

import pytest

from engine.adapters.alpaca.broker import AlpacaBroker
from engine.adapters.alpaca.market import AlpacaMarket
from engine.adapters.alpaca.news import AlpacaNews
from engine.errors import BrokerUnavailable, MarketUnavailable, NewsUnavailable, OrderUnclear
from engine.model.signal import Side
from engine.model.trade import Order, OrderRole, OrderState
from tests.contracts.brokers import ENTRY
from tests.engine.adapters.alpaca.access import access_to
from tests.engine.adapters.sql.raw import HEAD, TRICKLES, Answer, RawServer, raw_server
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.clock import ManualClock
from tests.support.waiting import until

QUICK = (0.1, 0.1)
"""Seconds to connect, and between two bytes: an answer may take both together."""
SLOWLY = pytest.mark.parametrize("answer", TRICKLES.values(), ids=TRICKLES.keys())
STOP = Order(
    broker_id="8a1f",
    client_order_id="leg",
    role=OrderRole.STOP,
    symbol="AAPL",
    side=Side.SELL,
    shares=100,
    state=OrderState.HELD,
)


def promptly(server: RawServer, connection: socket.socket) -> None:
    while server.read(connection):
        connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n[]")


@SLOWLY
@pytest.mark.parametrize("read", [AlpacaBroker.account, AlpacaBroker.positions], ids=["account", "positions"])
def test_a_read_ends_and_says_that_there_was_no_answer(
    answer: Answer, read: Callable[[AlpacaBroker], object], fake: FakeAlpaca, clock: ManualClock
) -> None:
    with raw_server(answer) as server:
        broker = AlpacaBroker(access_to(fake, trading_url=server.url, timeouts=QUICK), clock, WeekdayCalendar())
        with pytest.raises(BrokerUnavailable, match=r"no answer within 0\.2 s"):
            read(broker)
        until(server.hung_up.is_set)
        broker.stop()


@SLOWLY
@pytest.mark.parametrize(
    "send",
    [
        lambda broker: broker.submit(ENTRY),
        lambda broker: broker.protect("stop-1", "AAPL", 100, ENTRY.stop),
        lambda broker: broker.cancel(STOP),
        lambda broker: broker.close_all(),
    ],
    ids=["submit", "protect", "cancel", "close all"],
)
def test_an_order_ends_and_is_unclear(
    answer: Answer, send: Callable[[AlpacaBroker], object], fake: FakeAlpaca, clock: ManualClock
) -> None:
    with raw_server(answer) as server:
        broker = AlpacaBroker(access_to(fake, trading_url=server.url, timeouts=QUICK), clock, WeekdayCalendar())
        with pytest.raises(OrderUnclear):
            send(broker)
        until(server.hung_up.is_set)
        broker.stop()


@SLOWLY
def test_prices_and_news_end_too(answer: Answer, fake: FakeAlpaca, clock: ManualClock) -> None:
    with raw_server(answer) as server:
        access = access_to(fake, data_url=server.url, timeouts=QUICK)
        market, news = AlpacaMarket(access, clock, WeekdayCalendar()), AlpacaNews(access, clock)
        with pytest.raises(MarketUnavailable):
            market.snapshots(["AAPL"])
        with pytest.raises(NewsUnavailable):
            news.headlines(["AAPL"], clock.now())
        market.stop()
        news.stop()


def test_an_answer_in_time_leaves_the_connection_for_the_next_request(fake: FakeAlpaca, clock: ManualClock) -> None:
    with raw_server(promptly) as server:
        broker = AlpacaBroker(access_to(fake, trading_url=server.url), clock, WeekdayCalendar())
        for _ in range(3):
            assert broker.positions() == ()
        assert server.connections == 1
        broker.stop()
