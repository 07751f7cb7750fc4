import pytest

from engine.adapters.alpaca.error_mapping import TooMany
from engine.adapters.alpaca.rate_limiter import RateLimiter


class Time:
    """Seconds that pass only when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def read(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


def a_budget(time: Time, *, patience: float = 2.0) -> RateLimiter:
    return RateLimiter(10, kept=4, patience=patience, timer=time.read, pause=time.wait)


def test_trap_reads_leave_room_for_orders_and_cancels() -> None:
    budget = a_budget(Time())
    for _ in range(6):
        budget.wait()
    with pytest.raises(TooMany):
        budget.wait()


def test_orders_and_cancels_always_pass() -> None:
    time = Time()
    budget = a_budget(time)
    for _ in range(100):
        budget.take()
    assert time.now == 0


def test_orders_take_the_room_of_reads() -> None:
    budget = a_budget(Time())
    for _ in range(6):
        budget.take()
    with pytest.raises(TooMany):
        budget.wait()


def test_a_read_waits_briefly_for_room() -> None:
    time = Time()
    budget = a_budget(time)
    for _ in range(6):
        budget.wait()
    time.now = 58.5
    budget.wait()
    assert time.now == 60


def test_a_read_that_would_wait_long_does_not_wait_at_all() -> None:
    time = Time()
    budget = a_budget(time)
    for _ in range(6):
        budget.wait()
    time.now = 30
    with pytest.raises(TooMany):
        budget.wait()
    assert time.now == 30


def test_a_minute_later_there_is_room_again() -> None:
    time = Time()
    budget = a_budget(time)
    for _ in range(6):
        budget.wait()
    time.now = 60
    for _ in range(6):
        budget.wait()
    assert time.now == 60
