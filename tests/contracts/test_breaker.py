"""What every Breaker promises."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis

from engine.adapters.redis import RedisBreaker, connect
from engine.errors import StreamUnavailable
from engine.ports.circuit_breaker import Breaker, Passing
from tests.contracts.samples import valkey_server
from tests.support.fakes.breaker import FakeBreaker

Open = Callable[[float], Breaker]
"""Opens a breaker that stays open for some seconds."""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with valkey_server(tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture(params=["fake", "redis"])
def open_breaker(request: pytest.FixtureRequest) -> Iterator[Open]:
    if request.param == "fake":
        yield lambda seconds: FakeBreaker(open_seconds=seconds)
        return
    with connect(request.getfixturevalue("url")) as client:
        client.flushall()
        yield lambda seconds: RedisBreaker(client, "broker", open_for=timedelta(seconds=seconds))


def failed(breaker: Breaker, times: int = 5) -> Breaker:
    for _ in range(times):
        breaker.failed()
    return breaker


def after_the_rest(breaker: Breaker) -> Passing:
    """Ask until the breaker has been open for long enough; the loop ends with the key's expiry."""
    while (passing := breaker.passing()) is Passing.SHUT:
        pass
    return passing


def test_calls_pass_until_five_have_failed_in_a_row(open_breaker: Open) -> None:
    breaker = failed(open_breaker(30), times=4)
    assert breaker.passing() is Passing.FREE
    assert breaker.is_closed()
    breaker.failed()
    assert breaker.passing() is Passing.SHUT
    assert not breaker.is_closed()


def test_an_answer_ends_the_row(open_breaker: Open) -> None:
    breaker = failed(open_breaker(30), times=4)
    breaker.worked()
    failed(breaker, times=4)
    assert breaker.passing() is Passing.FREE


def test_after_a_rest_one_probe_passes_and_no_second_beside_it(open_breaker: Open) -> None:
    breaker = failed(open_breaker(0.05))
    assert after_the_rest(breaker) is Passing.PROBE
    assert breaker.passing() is Passing.SHUT
    assert not breaker.is_closed()


def test_a_probe_that_is_answered_closes_the_breaker(open_breaker: Open) -> None:
    breaker = failed(open_breaker(0.05))
    after_the_rest(breaker)
    breaker.worked()
    assert breaker.passing() is Passing.FREE


def test_a_probe_that_fails_opens_it_again(open_breaker: Open) -> None:
    breaker = failed(open_breaker(0.05))
    after_the_rest(breaker)
    breaker.failed()
    assert breaker.passing() is Passing.SHUT
    assert after_the_rest(breaker) is Passing.PROBE


def test_two_processes_share_what_they_know(url: str) -> None:
    with connect(url) as one, connect(url) as other:
        one.flushall()
        failed(RedisBreaker(one, "market"))
        assert not RedisBreaker(other, "market").is_closed()
        assert RedisBreaker(other, "news").is_closed()


@pytest.fixture
def shared(url: str) -> Iterator[redis.Redis]:
    with connect(url) as client:
        client.flushall()
        yield client


def left(client: redis.Redis, part: str) -> int:
    """Return the milliseconds after which a key of the breaker is gone, -1 for one that stays, -2 where it is gone."""
    return int(str(client.pttl(f"breaker:broker:{part}")))


def test_every_key_ends_by_itself_from_the_first(shared: redis.Redis) -> None:
    breaker = failed(RedisBreaker(shared, "broker", open_for=timedelta(milliseconds=50)), times=1)
    assert 0 < left(shared, "failures") <= 3_600_000
    failed(breaker, times=4)
    assert left(shared, "open") in {-2, *range(51)}
    after_the_rest(breaker)
    assert 0 < left(shared, "probe") <= 15_000


def test_a_probe_that_failed_stands_in_nobodys_way(shared: redis.Redis) -> None:
    breaker = failed(RedisBreaker(shared, "broker", open_for=timedelta(milliseconds=50)))
    after_the_rest(breaker)
    breaker.failed()
    assert left(shared, "probe") == -2


@pytest.mark.parametrize(("part", "longest"), [("open", 50), ("probe", 15_000), ("failures", 3_600_000)])
@pytest.mark.parametrize("stays", ["for ever", "for a year"])
def test_a_key_that_stays_too_long_gets_its_expiry_back(
    shared: redis.Redis, part: str, longest: int, stays: str
) -> None:
    breaker = failed(RedisBreaker(shared, "broker", open_for=timedelta(milliseconds=50)))
    if part == "probe":
        after_the_rest(breaker)
    value = 9 if part == "failures" else 1
    shared.set(f"breaker:broker:{part}", value, ex=None if stays == "for ever" else timedelta(days=365))
    breaker.passing()
    assert left(shared, part) in range(-2, longest + 1)
    assert left(shared, part) != -1


def test_a_breaker_that_somebody_left_open_for_ever_lets_a_probe_through(shared: redis.Redis) -> None:
    shared.set("breaker:broker:failures", 5)
    shared.set("breaker:broker:open", 1)
    breaker = RedisBreaker(shared, "broker", open_for=timedelta(milliseconds=50))
    assert breaker.passing() is Passing.SHUT
    assert after_the_rest(breaker) is Passing.PROBE
    breaker.worked()
    assert breaker.is_closed()


@pytest.mark.parametrize("garbage", ["abc", "", "-7", "1e3", " 5", "٥", "9" * 30, b"\xff\x00", ["a", "list"]], ids=repr)
def test_a_count_that_is_no_number_lets_nothing_but_a_probe_through(shared: redis.Redis, garbage: Any) -> None:
    if isinstance(garbage, list):
        shared.rpush("breaker:broker:failures", *garbage)
    else:
        shared.set("breaker:broker:failures", garbage)
    breaker = RedisBreaker(shared, "broker")
    assert not breaker.is_closed()
    assert breaker.passing() is Passing.PROBE
    breaker.worked()
    assert breaker.passing() is Passing.FREE


def test_a_failure_after_garbage_opens_the_breaker(shared: redis.Redis) -> None:
    shared.set("breaker:broker:failures", "abc")
    breaker = failed(RedisBreaker(shared, "broker"), times=1)
    assert breaker.passing() is Passing.SHUT


@pytest.mark.parametrize("part", ["open", "probe"])
def test_a_key_of_another_type_is_a_key(shared: redis.Redis, part: str) -> None:
    breaker = failed(RedisBreaker(shared, "broker", open_for=timedelta(milliseconds=50)))
    after_the_rest(breaker)
    shared.delete(f"breaker:broker:{part}")
    shared.rpush(f"breaker:broker:{part}", "garbage")
    assert breaker.passing() is Passing.SHUT
    assert left(shared, part) > 0
    breaker.worked()
    assert breaker.passing() is Passing.FREE


def test_a_server_out_of_reach_is_said() -> None:
    with connect("redis://127.0.0.1:1/0") as client, pytest.raises(StreamUnavailable):
        RedisBreaker(client, "broker").is_closed()
