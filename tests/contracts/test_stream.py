"""What every SignalStream promises. A harness opens streams of any consumer on one and the same server."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Protocol

import pytest

from engine.adapters.redis import RedisSignalStream, connect
from engine.errors import StreamUnavailable
from engine.ports.stream import SignalStream
from tests.contracts.samples import a_proposal, valkey_server
from tests.support.fakes.stream import FakeServer, FakeSignalStream


class Open(Protocol):
    """Opens the stream of a consumer, which takes over what lay unacknowledged for some seconds."""

    def __call__(self, consumer: str = "desk-1", *, idle_seconds: float = 15) -> SignalStream: ...


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with valkey_server(tmp_path_factory.mktemp("valkey")) as url:
        yield url


def opens_fakes() -> Open:
    server = FakeServer()

    def open_stream(consumer: str = "desk-1", *, idle_seconds: float = 15) -> SignalStream:
        return FakeSignalStream(server, consumer, idle_seconds=idle_seconds)

    return open_stream


@pytest.fixture(params=["fake", "redis"])
def open_stream(request: pytest.FixtureRequest) -> Iterator[Open]:
    if request.param == "fake":
        yield opens_fakes()
        return
    with connect(request.getfixturevalue("url")) as client:
        client.flushall()

        def open_redis(consumer: str = "desk-1", *, idle_seconds: float = 15) -> SignalStream:
            return RedisSignalStream(client, consumer, min_idle=timedelta(seconds=idle_seconds))

        yield open_redis


def trade_ids(entries: tuple[tuple[str, str], ...]) -> list[str]:
    return [trade_id for _, trade_id in entries]


def test_an_empty_stream_gives_nothing(open_stream: Open) -> None:
    assert open_stream().read() == ()


def test_proposals_come_in_the_order_in_which_they_were_published(open_stream: Open) -> None:
    stream = open_stream()
    for symbol in ("AAPL", "MSFT", "IBM"):
        stream.publish(a_proposal(symbol))
    assert trade_ids(stream.read()) == [a_proposal(symbol).id for symbol in ("AAPL", "MSFT", "IBM")]


def test_what_was_published_before_the_first_reader_came_is_read(open_stream: Open) -> None:
    open_stream("publisher").publish(a_proposal())
    assert trade_ids(open_stream("reader").read()) == [a_proposal().id]


def test_a_running_reader_gets_an_entry_once(open_stream: Open) -> None:
    stream = open_stream()
    stream.publish(a_proposal())
    stream.read()
    assert stream.read() == ()


def test_two_readers_share_the_work(open_stream: Open) -> None:
    first, second = open_stream("desk-1"), open_stream("desk-2")
    first.publish(a_proposal())
    assert trade_ids(first.read()) == [a_proposal().id]
    assert second.read() == ()


def test_a_reader_that_starts_again_gets_what_it_never_acknowledged(open_stream: Open) -> None:
    before = open_stream("desk-1")
    before.publish(a_proposal())
    entries = before.read()
    assert open_stream("desk-1").read() == entries


def test_an_acknowledged_entry_never_comes_again(open_stream: Open) -> None:
    before = open_stream("desk-1")
    before.publish(a_proposal())
    before.acknowledge([entry for entry, _ in before.read()])
    assert open_stream("desk-1").read() == ()
    assert open_stream("desk-2", idle_seconds=0).read() == ()


def test_another_reader_takes_over_what_a_dead_one_left(open_stream: Open) -> None:
    dead = open_stream("desk-1")
    dead.publish(a_proposal())
    entries = dead.read()
    assert open_stream("desk-2", idle_seconds=0).read() == entries


def test_nothing_is_taken_from_a_reader_that_is_still_at_work(open_stream: Open) -> None:
    busy = open_stream("desk-1")
    busy.publish(a_proposal())
    busy.read()
    assert open_stream("desk-2", idle_seconds=3600).read() == ()


def test_left_over_entries_come_before_new_ones(open_stream: Open) -> None:
    before = open_stream("desk-1")
    before.publish(a_proposal("AAPL"))
    before.read()
    before.publish(a_proposal("MSFT"))
    assert trade_ids(open_stream("desk-1").read()) == [a_proposal("AAPL").id, a_proposal("MSFT").id]


def test_what_is_set_aside_never_comes_again(open_stream: Open) -> None:
    before = open_stream("desk-1")
    before.publish(a_proposal())
    before.set_aside([entry for entry, _ in before.read()])
    assert open_stream("desk-1").read() == ()
    assert open_stream("desk-2", idle_seconds=0).read() == ()


def test_acknowledging_nothing_is_harmless(open_stream: Open) -> None:
    open_stream().acknowledge([])


def a_lost_fake() -> FakeSignalStream:
    return FakeSignalStream(FakeServer(is_down=True))


def a_lost_redis() -> RedisSignalStream:
    return RedisSignalStream(connect("unix:///nowhere/valkey.sock"), "desk-1")


@pytest.mark.parametrize("lost", [a_lost_fake, a_lost_redis])
def test_a_lost_server_is_unavailable(lost: Callable[[], SignalStream]) -> None:
    stream = lost()
    with pytest.raises(StreamUnavailable):
        stream.publish(a_proposal())
    with pytest.raises(StreamUnavailable):
        stream.read()
    with pytest.raises(StreamUnavailable):
        stream.acknowledge(["1-0"])
    with pytest.raises(StreamUnavailable):
        stream.set_aside(["1-0"])


def test_what_waits_is_counted_whether_somebody_read_it_or_not(open_stream: Open) -> None:
    stream = open_stream()
    assert stream.depth() == 0
    stream.publish(a_proposal("AAPL"))
    (read,) = [entry for entry, _ in stream.read()]
    stream.publish(a_proposal("MSFT"))
    assert stream.depth() == 2
    stream.acknowledge([read])
    assert stream.depth() == 1
