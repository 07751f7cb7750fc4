"""A thread of the bot's outlives whatever its steps raise, and shows when it ended or is behind."""

from collections.abc import Callable
from threading import Event

import pytest
from structlog.testing import capture_logs

from bot.worker import LATE, Backoff, Later, Worker
from engine.errors import StoreUnavailable, TemporaryError
from tests.support.waiting import until

QUICK = Backoff(first=0.001, longest=0.002)


def failing(*errors: Exception) -> tuple[Callable[[], float], list[str]]:
    """Return a step that raises these one after the other, then works, and what it did."""
    left, done = list(errors), list[str]()

    def step() -> float:
        if left:
            raise left.pop(0)
        done.append("done")
        return 60.0

    return step, done


@pytest.fixture(name="clock")
def _clock() -> list[float]:
    return [100.0]


def test_whatever_a_step_raises_the_next_one_comes() -> None:
    errors = (
        ValueError(),
        KeyError(),
        StoreUnavailable(),
        TemporaryError(),
        Later("away"),
        MemoryError(),
        AssertionError(),
    )
    step, done = failing(*errors)
    worker = Worker("w", step, backoff=QUICK)
    worker.start()
    until(lambda: done)
    assert worker.state().is_well
    assert (worker.state().failed, worker.state().error) == (0, "")
    worker.stop()


def test_pauses_double_from_the_first_to_the_longest() -> None:
    backoff, pauses = Backoff(first=2, longest=10), [0.0]
    for _ in range(4):
        pauses.append(backoff.after(pauses[-1]))
    assert pauses[1:] == [2, 4, 8, 10]


@pytest.mark.parametrize(
    ("seconds", "levels"),
    [(1, ["info", "info", "info"]), (LATE + 1, ["info", "warning", "warning"])],
)
def test_to_be_asked_to_wait_again_and_again_is_no_trouble_until_it_makes_the_worker_late(
    clock: list[float], seconds: float, levels: list[str]
) -> None:
    left, done = [Later("ratelimited", 0.001) for _ in range(3)], list[str]()

    def step() -> float:
        if left:
            clock[0] += seconds
            raise left.pop()
        done.append("done")
        return 60.0

    worker = Worker("w", step, clock=lambda: clock[0])
    with capture_logs() as logs:
        worker.start()
        until(lambda: done)
        worker.stop()
    assert [entry["log_level"] for entry in logs] == levels
    assert {"info": "asked_to_wait", "warning": "held_up"}[levels[-1]] == logs[-1]["event"]


def test_what_does_not_say_how_long_to_wait_is_a_warning_at_once() -> None:
    step, done = failing(Later("channel_not_found"))
    worker = Worker("w", step, backoff=QUICK)
    with capture_logs() as logs:
        worker.start()
        until(lambda: done)
        worker.stop()
    assert [(entry["log_level"], entry["event"]) for entry in logs] == [("warning", "held_up")]


def test_a_worker_says_how_often_it_failed_and_by_what() -> None:
    step, _ = failing(*[ValueError("odd")] * 1_000_000)
    worker = Worker("w", step, backoff=QUICK)
    worker.start()
    until(lambda: worker.state().failed > 2)
    assert worker.state().error == "ValueError('odd')"
    worker.stop()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_worker_that_was_ended_is_not_alive() -> None:
    def step() -> float:
        raise SystemExit

    worker = Worker("w", step)
    worker.start()
    until(lambda: not worker.state().is_alive)
    assert not worker.state().is_well


def test_a_step_that_hangs_makes_its_worker_late(clock: list[float]) -> None:
    asked, let = Event(), Event()

    def step() -> float:
        asked.set()
        let.wait(10)
        return 0.001

    worker = Worker("w", step, clock=lambda: clock[0])
    worker.start()
    asked.wait(10)
    clock[0] += LATE
    assert worker.state().is_well
    clock[0] += 1
    assert not worker.state().is_well
    let.set()
    worker.stop()


def test_a_step_that_took_long_to_fail_has_waited_already(clock: list[float]) -> None:
    done = list[str]()

    def step() -> float:
        done.append("called")
        if len(done) == 1:
            clock[0] += 600
            raise ValueError("odd")
        return 60.0

    worker = Worker("w", step, backoff=Backoff(first=600, longest=600), clock=lambda: clock[0])
    worker.start()
    until(lambda: len(done) == 2)
    worker.stop()


def test_a_worker_that_waits_as_it_said_is_not_late(clock: list[float]) -> None:
    step, done = failing()
    worker = Worker("w", step, clock=lambda: clock[0])
    worker.start()
    until(lambda: done)
    clock[0] += 60 + LATE
    assert worker.state().is_well
    worker.stop()


def test_who_wakes_a_worker_has_its_next_step_at_once() -> None:
    step, done = failing()
    worker = Worker("w", step)
    worker.start()
    until(lambda: done)
    worker.wake()
    until(lambda: len(done) == 2)
    worker.stop()
