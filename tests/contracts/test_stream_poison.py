"""What somebody else may put on the stream, or in its place; on a real server."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis

from engine.adapters.redis import GROUP, RedisSignalStream, connect
from engine.ports.stream import SIGNAL_STREAM
from tests.contracts.samples import a_proposal, valkey_server

OURS = a_proposal().id
FOREIGN: tuple[tuple[str | bytes, ...], ...] = (
    ("ticker", "AAPL", "score", "1.5"),
    ("trade_id", ""),
    ("trade_id", "AAPL_20250819_234515", "trade_id", "MSFT_20250819_234515"),
    ("TRADE_ID", OURS),
    ("trade_id ", OURS),
    ("trade", '{"id": "AAPL_20250819_234515"}', "version", "7"),
    ("trade_id", "two words"),
    ("trade_id", "nul\x00inside"),
    ("trade_id", b"\xff\xfe\x00"),
    (b"\xff", b"\xff"),
    ("trade_id", "A" * 100_000),
    ("trade_id", "애플_20250819_234515"),
    ("trade_id", OURS + "\n"),
    ("", ""),
)
"""Fields and values of entries that name no trade, or more than one."""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with valkey_server(tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture
def raw(url: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(url, protocol=2) as client:
        client.flushall()
        yield client


@pytest.fixture
def stream(url: str, raw: redis.Redis) -> Iterator[RedisSignalStream]:
    raw.ping()  # and everything is gone
    with connect(url) as client:
        yield RedisSignalStream(client, "desk-1", min_idle=timedelta(0))


def put(raw: redis.Redis, *fields: str | bytes, at: str = "*") -> None:
    command: Any = raw.execute_command
    command("XADD", SIGNAL_STREAM, at, *fields)


def pending(raw: redis.Redis) -> int:
    about: Any = raw.xpending(SIGNAL_STREAM, GROUP)
    return int(about["pending"])


@pytest.mark.parametrize("fields", FOREIGN, ids=range(len(FOREIGN)))
def test_an_entry_that_names_no_trade_comes_without_one_and_holds_up_nothing(
    raw: redis.Redis, stream: RedisSignalStream, fields: tuple[str | bytes, ...]
) -> None:
    put(raw, *fields)
    stream.publish(a_proposal())
    assert [trade_id for _, trade_id in stream.read()] == ["", OURS]


def test_a_newer_version_may_say_more_of_a_trade(raw: redis.Redis, stream: RedisSignalStream) -> None:
    put(raw, "version", "9", "trade_id", OURS, "risk_approved", "7")
    assert [trade_id for _, trade_id in stream.read()] == [OURS]


def test_what_is_set_aside_is_kept_as_it_was_and_comes_no_more(raw: redis.Redis, stream: RedisSignalStream) -> None:
    put(raw, "trade_id", "A", "trade_id", "B", b"\xff", b"\x00")
    entries = stream.read()
    stream.set_aside([entry_id for entry_id, _ in entries])
    assert stream.read() == ()
    assert pending(raw) == 0
    kept: Any = raw.xrange(f"{SIGNAL_STREAM}:aside")
    assert kept[0][1] == {
        b"entry": entries[0][0].encode(),
        b"trade_id": b"A",
        b"trade_id#2": b"B",
        rb"\xff": b"\x00",
    }


def test_a_flood_of_foreign_entries_is_set_aside_and_does_not_grow_without_end(
    raw: redis.Redis, stream: RedisSignalStream
) -> None:
    with raw.pipeline(transaction=False) as pipeline:
        for number in range(5_000):
            pipeline.xadd(SIGNAL_STREAM, {"number": number})
        pipeline.execute()
    stream.set_aside([entry_id for entry_id, _ in stream.read()])
    assert pending(raw) == 0
    assert int(str(raw.xlen(f"{SIGNAL_STREAM}:aside"))) <= 1_200


def test_what_was_trimmed_meanwhile_is_only_acknowledged(raw: redis.Redis, stream: RedisSignalStream) -> None:
    put(raw, "ticker", "AAPL")
    entries = stream.read()
    raw.xtrim(SIGNAL_STREAM, maxlen=0, approximate=False)
    stream.set_aside([entry_id for entry_id, _ in entries])
    assert pending(raw) == 0
    assert raw.exists(f"{SIGNAL_STREAM}:aside") == 0


def test_setting_nothing_aside_is_harmless(stream: RedisSignalStream) -> None:
    stream.set_aside([])


def test_a_group_that_is_gone_is_made_again_and_nothing_is_lost(raw: redis.Redis, stream: RedisSignalStream) -> None:
    stream.read()
    stream.publish(a_proposal())
    raw.xgroup_destroy(SIGNAL_STREAM, GROUP)
    assert [trade_id for _, trade_id in stream.read()] == [OURS]


@pytest.mark.parametrize("begin", ["read", "publish"])
@pytest.mark.parametrize("kind", ["text", "list", "hash"])
def test_a_key_of_another_type_in_the_stream_s_place_is_moved_away(
    raw: redis.Redis, stream: RedisSignalStream, kind: str, begin: str
) -> None:
    if kind == "text":
        raw.set(SIGNAL_STREAM, "garbage")
    elif kind == "list":
        raw.rpush(SIGNAL_STREAM, "garbage")
    else:
        raw.hset(SIGNAL_STREAM, "trade_id", OURS)
    if begin == "read":
        assert stream.read() == ()
    stream.publish(a_proposal())
    assert [trade_id for _, trade_id in stream.read()] == [OURS]
    aside: Any = raw.keys(f"{SIGNAL_STREAM}:aside:*")
    assert len(aside) == 1


def test_a_stream_whose_ids_somebody_used_up_is_begun_anew(raw: redis.Redis, stream: RedisSignalStream) -> None:
    put(raw, "ticker", "AAPL", at="18446744073709551615-18446744073709551615")
    stream.publish(a_proposal())
    assert [trade_id for _, trade_id in stream.read()] == [OURS]
