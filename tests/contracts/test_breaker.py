"""What every Breaker promises."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from engine.adapters.redis import RedisBreaker, connect
from engine.errors import StreamUnavailable
from engine.ports import Breaker, Passing
from tests.contracts.samples import valkey_server
from tests.fakes.breaker import FakeBreaker

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


def test_a_server_out_of_reach_is_said() -> None:
    with connect("redis://127.0.0.1:1/0") as client, pytest.raises(StreamUnavailable):
        RedisBreaker(client, "broker").is_closed()
