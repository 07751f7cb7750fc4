"""What every PriceCache promises."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from engine.adapters.redis import RedisPriceCache, connect
from engine.errors import StreamUnavailable
from engine.ports.stream import PriceCache
from tests.contracts.samples import AT, a_snapshot, valkey_server
from tests.support.fakes.stream import FakePriceCache

SEOUL = ZoneInfo("Asia/Seoul")
OLDEST = timedelta(seconds=90)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with valkey_server(tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture(params=["fake", "redis"])
def cache(request: pytest.FixtureRequest) -> Iterator[PriceCache]:
    if request.param == "fake":
        yield FakePriceCache()
        return
    with connect(request.getfixturevalue("url")) as client:
        client.flushall()
        yield RedisPriceCache(client, zone=SEOUL, keep=timedelta(hours=1))


def test_a_symbol_without_a_price_has_no_latest(cache: PriceCache) -> None:
    cache.put([a_snapshot("MSFT")], AT, OLDEST)
    assert cache.latest("AAPL") is None


def test_a_snapshot_comes_back_exactly_as_it_was(cache: PriceCache) -> None:
    snapshot = a_snapshot(price="150.2500")
    cache.put([snapshot], AT, OLDEST)
    assert cache.latest("AAPL") == snapshot
    assert str(snapshot.price) == "150.2500"


def test_a_snapshot_comes_back_with_all_its_parts(cache: PriceCache) -> None:
    snapshot = replace(
        a_snapshot(),
        quoted_at=AT - timedelta(hours=12),
        day=date(2025, 8, 18),
        bid_size=300,
        ask_size=100,
        previous_close=Decimal("149.80"),
    )
    cache.put([snapshot], AT, OLDEST)
    assert cache.latest("AAPL") == snapshot


def test_the_last_one_stored_is_the_latest(cache: PriceCache) -> None:
    later = replace(a_snapshot(price="150.28"), at=AT + timedelta(seconds=30))
    cache.put([a_snapshot()], AT, OLDEST)
    cache.put([later], AT, OLDEST)
    assert cache.latest("AAPL") == later


def test_many_symbols_are_stored_at_once(cache: PriceCache) -> None:
    snapshots = [a_snapshot(f"S{number}") for number in range(2_500)]
    cache.put(snapshots, AT, OLDEST)
    assert cache.latest("S0") == snapshots[0]
    assert cache.latest("S2499") == snapshots[-1]


def test_storing_nothing_is_harmless(cache: PriceCache) -> None:
    cache.put([], AT, OLDEST)


def a_lost_fake() -> FakePriceCache:
    cache = FakePriceCache()
    cache.is_down = True
    return cache


def a_lost_redis() -> RedisPriceCache:
    return RedisPriceCache(connect("unix:///nowhere/valkey.sock"), zone=SEOUL, keep=timedelta(hours=1))


@pytest.mark.parametrize("lost", [a_lost_fake, a_lost_redis])
def test_a_lost_cache_is_unavailable(lost: Callable[[], PriceCache]) -> None:
    cache = lost()
    with pytest.raises(StreamUnavailable):
        cache.put([a_snapshot()], AT, OLDEST)
    with pytest.raises(StreamUnavailable):
        cache.latest("AAPL")
