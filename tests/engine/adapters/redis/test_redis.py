from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import redis

from engine.adapters.redis import RedisPriceCache, RedisSignalStream, connect
from tests.contracts.samples import a_proposal, a_snapshot, valkey_server

SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with valkey_server(tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture
def client(url: str) -> Iterator[redis.Redis]:
    with connect(url) as client:
        client.flushall()
        yield client


LOOK = datetime(2025, 8, 19, 14, 45, 17, 300_000, tzinfo=UTC)
"""The last 30-second mark before it is 23:45:00 in Seoul."""
OLDEST = timedelta(seconds=90)


def cache_on(client: redis.Redis) -> RedisPriceCache:
    return RedisPriceCache(client, zone=SEOUL, keep=timedelta(hours=1))


@pytest.mark.parametrize(
    ("second", "mark"), [(0, "234500"), (29.9, "234500"), (30, "234530"), (59.9, "234530"), (60, "234600")]
)
def test_a_price_stands_under_the_30_second_mark_before_the_look_in_the_time_zone_of_the_desk(
    client: redis.Redis, second: float, mark: str
) -> None:
    look = datetime(2025, 8, 19, 14, 45, tzinfo=UTC) + timedelta(seconds=second)
    cache_on(client).put([a_snapshot(at=look - timedelta(seconds=12.3))], look, OLDEST)
    kept = client.hgetall(f"prices:AAPL:20250819:{mark}")
    assert kept == {"price": "150.25", "volume": "51200", "spread_bp": "1"}


def test_the_change_of_the_day_is_kept_where_the_close_before_is_known(client: redis.Redis) -> None:
    cache_on(client).put([replace(a_snapshot(), previous_close=Decimal("148.00"))], LOOK, OLDEST)
    assert client.hget("prices:AAPL:20250819:234500", "change") == "0.0152"
    cache_on(client).put([replace(a_snapshot(), previous_close=Decimal("151.00"))], LOOK, OLDEST)
    assert client.hget("prices:AAPL:latest", "change") == "-0.0050"


def test_an_old_quote_gives_no_spread_and_yesterdays_bar_no_volume(client: redis.Redis) -> None:
    fresh = a_snapshot()
    old = replace(fresh, quoted_at=LOOK - timedelta(hours=12), day=date(2025, 8, 18))
    cache_on(client).put([fresh], LOOK, OLDEST)
    cache_on(client).put([old], LOOK, OLDEST)
    assert client.hgetall("prices:AAPL:20250819:234500") == {"price": "150.25"}
    assert {"spread_bp", "volume"}.isdisjoint(str(field) for field in client.hgetall("prices:AAPL:latest"))
    assert cache_on(client).latest("AAPL") == old


def test_a_price_expires_and_the_latest_does_not(client: redis.Redis) -> None:
    cache_on(client).put([a_snapshot()], LOOK, OLDEST)
    assert 3590 <= int(str(client.ttl("prices:AAPL:20250819:234500"))) <= 3600
    assert client.ttl("prices:AAPL:latest") == -1


def test_of_many_prices_each_stands_whole_under_its_own_keys_and_expires(client: redis.Redis) -> None:
    snapshots = [
        replace(a_snapshot(f"S{number}", at=datetime(2025, 8, 19, 14, 45, tzinfo=UTC)), volume=number)
        for number in range(2_500)
    ]
    cache_on(client).put(snapshots, LOOK, OLDEST)
    assert client.dbsize() == 5_000
    for snapshot in snapshots:
        mark = f"prices:{snapshot.symbol}:20250819:234500"
        fields = {"price": "150.25", "volume": str(snapshot.volume), "spread_bp": "1"}
        rest = {"at": "2025-08-19T14:45:00+00:00", "bid": "150.24", "ask": "150.26", "shares": str(snapshot.volume)}
        assert client.hgetall(mark) == fields
        assert client.hgetall(f"prices:{snapshot.symbol}:latest") == fields | rest
        assert 3590 <= int(str(client.ttl(mark))) <= 3600


def test_of_two_looks_within_a_mark_the_later_one_stands(client: redis.Redis) -> None:
    cache_on(client).put([a_snapshot()], LOOK, OLDEST)
    cache_on(client).put([replace(a_snapshot(), volume=51_300)], LOOK + timedelta(seconds=5), OLDEST)
    assert client.hget("prices:AAPL:20250819:234500", "volume") == "51300"


def test_prices_are_stored_at_a_server_that_was_started_again(client: redis.Redis) -> None:
    cache = cache_on(client)
    cache.put([a_snapshot()], LOOK, OLDEST)
    client.flushall()
    client.script_flush()
    cache.put([a_snapshot()], LOOK, OLDEST)
    assert cache.latest("AAPL") == a_snapshot()


def test_the_stream_has_the_fields_that_other_readers_expect(client: redis.Redis) -> None:
    RedisSignalStream(client, "desk-1").publish(a_proposal())
    entries: Any = client.xrange("trading_signals")
    assert entries[0][1] == {
        "trade_id": "AAPL_20250819_234515",
        "ticker": "AAPL",
        "score": "1.5",
        "entry_price": "150.25",
        "risk_approved": "true",
    }


def test_the_group_is_made_again_after_the_server_lost_its_data(client: redis.Redis) -> None:
    stream = RedisSignalStream(client, "desk-1")
    stream.publish(a_proposal("AAPL"))
    stream.read()
    client.flushall()
    assert stream.read() == ()
    stream.publish(a_proposal("MSFT"))
    assert [trade_id for _, trade_id in stream.read()] == [a_proposal("MSFT").id]


def test_an_entry_that_was_trimmed_while_it_was_pending_is_passed_over(client: redis.Redis) -> None:
    stream = RedisSignalStream(client, "desk-1")
    stream.publish(a_proposal())
    stream.read()
    client.xtrim("trading_signals", maxlen=0, approximate=False)
    assert RedisSignalStream(client, "desk-1").read() == ()


def test_the_stream_does_not_grow_without_end(client: redis.Redis) -> None:
    with client.pipeline(transaction=False) as pipeline:
        for _ in range(11_000):
            pipeline.xadd("trading_signals", {"trade_id": "old"})
        pipeline.execute()
    RedisSignalStream(client, "desk-1").publish(a_proposal())
    assert int(str(client.xlen("trading_signals"))) <= 10_200


def test_a_client_finds_a_server_that_came_back(url: str) -> None:
    with connect(url) as client, connect(url) as other:
        stream = RedisSignalStream(client, "desk-1")
        stream.read()
        other.client_kill_filter(_type="normal", skipme=True)
        assert stream.read() == ()
