"""The summary is worked out once for all who ask at the same time, and is never older than a second."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
from fastapi.testclient import TestClient

from bot.http.app import build_http
from bot.http.single_flight import MOMENT, SingleFlight
from engine.errors import BrokerUnavailable
from tests.support.http_desk import HttpDesk

T = TypeVar("T")


class Work:
    """Counts how often it is done; where `gate` is shut it waits there."""

    def __init__(self) -> None:
        self.at = 0.0
        self.done = count(1)
        self.trouble: Exception | None = None
        self.begun = threading.Event()
        self.gate = threading.Event()
        self.gate.set()
        self.shared = SingleFlight(self, timer=lambda: self.at)

    def __call__(self) -> int:
        self.begun.set()
        assert self.gate.wait(10)
        number = next(self.done)
        if self.trouble:
            raise self.trouble
        return number


def at_once(question: Coroutine[Any, Any, T]) -> T:
    """Ask in a thread of its own: the browser's driver keeps a loop running in the one of the tests."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, question).result()


def test_an_answer_is_kept_for_a_moment_and_no_longer() -> None:
    work = Work()
    assert work.shared.fresh() is None
    assert at_once(work.shared.get()) == 1
    work.at += MOMENT - 0.01
    assert (at_once(work.shared.get()), work.shared.fresh()) == (1, 1)
    work.at += 0.01
    assert work.shared.fresh() is None
    assert at_once(work.shared.get()) == 2


def test_an_answer_is_as_old_as_the_beginning_of_its_work() -> None:
    work = Work()
    work.gate.clear()

    async def ask_and_be_slow() -> int:
        asked = asyncio.create_task(work.shared.get())
        assert await asyncio.to_thread(work.begun.wait, 10)
        work.at += MOMENT
        work.gate.set()
        return await asked

    assert at_once(ask_and_be_slow()) == 1
    assert work.shared.fresh() is None


def test_all_who_ask_at_once_share_one_answer_even_if_the_first_of_them_leaves() -> None:
    work = Work()
    work.gate.clear()

    async def crowd() -> list[int]:
        first = asyncio.create_task(work.shared.get())
        rest = [asyncio.create_task(work.shared.get()) for _ in range(100)]
        assert await asyncio.to_thread(work.begun.wait, 10)
        first.cancel()
        work.gate.set()
        return await asyncio.gather(*rest)

    assert at_once(crowd()) == [1] * 100


def test_a_failure_is_told_to_those_who_wait_and_not_kept() -> None:
    work = Work()
    work.trouble = BrokerUnavailable("no answer")
    with pytest.raises(BrokerUnavailable):
        at_once(work.shared.get())
    assert work.shared.fresh() is None
    work.trouble = None
    assert at_once(work.shared.get()) == 2


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[HttpDesk]:
    with HttpDesk.open(tmp_path) as desk:
        yield desk


def test_a_summary_that_is_fresh_is_shown_again_but_only_to_who_may_see_it(desk: HttpDesk) -> None:
    client = TestClient(build_http(desk.sources, host="127.0.0.1", token="secret"), base_url="http://127.0.0.1")
    allowed = {"Authorization": "Bearer secret"}
    first = client.get("/portfolio/summary", headers=allowed)
    desk.account = replace(desk.portfolio().account, equity=Decimal(1))
    again = client.get("/portfolio/summary", headers=allowed)
    assert (again.status_code, again.headers["content-type"]) == (200, first.headers["content-type"])
    assert again.json() == first.json()
    assert client.get("/portfolio/summary").status_code == 401
    assert client.post("/portfolio/summary", headers=allowed).status_code == 405
