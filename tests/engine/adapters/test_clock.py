import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st
from structlog.testing import capture_logs

from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.clock import EndOfDay, ReplayClock, SystemClock
from engine.ports.clock import Clock
from tests.support.fakes.clock import ManualClock

CALENDAR = ExchangeCalendar()
MONDAY = datetime(2012, 6, 4, 14, 45, tzinfo=UTC)


class Wall:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def after_running(market_seconds: float, start: datetime = MONDAY, speed: float = 60.0) -> datetime:
    """Tell where a replay stands when its hours have run for a while."""
    wall = Wall()
    clock = ReplayClock(start, speed=speed, calendar=CALENDAR, monotonic=wall)
    wall.seconds += market_seconds / speed
    return clock.now()


@pytest.mark.parametrize(
    "opened",
    [SystemClock, lambda: ManualClock(MONDAY), lambda: ReplayClock(MONDAY, calendar=CALENDAR)],
    ids=["system", "manual", "replay"],
)
def test_a_clock_tells_aware_utc_and_never_goes_back(opened: Callable[[], Clock]) -> None:
    clock = opened()
    told = [clock.now() for _ in range(100)]
    assert told == sorted(told)
    assert all(at.utcoffset() == timedelta(0) for at in told)


def test_the_systems_clock_runs_as_fast_as_the_wall() -> None:
    assert SystemClock().speed == 1.0
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_replay_begins_where_it_is_told_to() -> None:
    assert after_running(0) == MONDAY


def test_a_replay_runs_sixty_times_as_fast_unless_told_otherwise() -> None:
    wall = Wall()
    clock = ReplayClock(MONDAY, calendar=CALENDAR, monotonic=wall)
    wall.seconds += 2
    assert clock.speed == 60
    assert clock.now() == MONDAY + timedelta(minutes=2)


def test_a_start_at_night_moves_to_the_next_morning() -> None:
    assert after_running(0, start=utc("2012-06-05T03:00")) == utc("2012-06-05T13:00")


def test_a_start_in_another_time_zone_is_the_same_instant() -> None:
    assert after_running(0, start=MONDAY.astimezone(tz=None)) == MONDAY


@pytest.mark.parametrize(
    ("start", "reaches"),
    [
        pytest.param("2012-06-04T20:29:59", "2012-06-05T13:00:00", id="a night"),
        pytest.param("2012-06-08T20:29:59", "2012-06-11T13:00:00", id="a weekend"),
        pytest.param("2012-10-26T20:29:59", "2012-10-31T13:00:00", id="a storm"),
        pytest.param("2012-11-23T18:29:59", "2012-11-26T14:00:00", id="the afternoon of a half-day"),
        pytest.param("2012-03-09T21:29:59", "2012-03-12T13:00:00", id="a change of the clocks"),
    ],
)
def test_a_replay_skips(start: str, reaches: str) -> None:
    assert after_running(1, start=utc(start)) == utc(reaches)


def test_a_replay_that_nobody_asked_for_days_is_where_it_would_have_been() -> None:
    a_day = timedelta(hours=7, minutes=30).total_seconds()
    assert after_running(5 * a_day) == MONDAY + timedelta(days=7)


def test_a_skip_is_logged() -> None:
    with capture_logs() as lines:
        after_running(1, start=utc("2012-06-04T20:29:59"))
    skip = {"ended": "2012-06-04T20:30:00+00:00", "goes_on": "2012-06-05T13:00:00+00:00"}
    assert lines == [{"event": "replay_skipped", "log_level": "info", **skip}]


@settings(max_examples=40, deadline=None)
@given(seconds=st.lists(st.floats(0, 400_000), min_size=2, max_size=10))
def test_a_replay_runs_only_from_half_an_hour_before_the_open_to_half_an_hour_after_the_close(
    seconds: list[float],
) -> None:
    told = [after_running(elapsed) for elapsed in sorted(seconds)]
    assert told == sorted(told)
    for at in told:
        hours = CALENDAR.day(at.date())
        assert hours is not None
        assert hours.open - timedelta(minutes=30) <= at < hours.close + timedelta(minutes=30)


def test_many_threads_may_ask_at_once() -> None:
    clock = ReplayClock(utc("2012-06-04T20:29"), speed=10_000, calendar=CALENDAR)
    told: list[list[datetime]] = []

    def ask() -> None:
        told.append([clock.now() for _ in range(500)])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 4
    assert all(mine == sorted(mine) for mine in told)


@pytest.mark.parametrize("speed", [0, -1, 10_001, float("nan"), float("inf")])
def test_an_impossible_speed_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match=r"above 0 and at most 10,000"):
        ReplayClock(MONDAY, speed=speed, calendar=CALENDAR)


def test_a_start_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        ReplayClock(MONDAY.replace(tzinfo=None), calendar=CALENDAR)


def test_a_manual_clock_moves_when_it_is_moved() -> None:
    clock = ManualClock(MONDAY, speed=60)
    clock.advance(90)
    assert clock.now() == MONDAY + timedelta(seconds=90)
    clock.set(MONDAY)
    assert (clock.now(), clock.speed) == (MONDAY, 60)


def test_the_running_hours_of_a_day_are_on_one_date_in_utc() -> None:
    for month in range(1, 13):
        for on in (date(2012, month, 8), date(2012, month, 9), date(2012, month, 10)):
            hours = CALENDAR.day(on)
            if hours is not None:
                assert {(hours.open - timedelta(minutes=30)).date(), (hours.close + timedelta(minutes=30)).date()} == {
                    on
                }


@pytest.mark.parametrize(("on", "ends"), [("2025-08-19", "2025-08-20T04:00"), ("2025-11-02", "2025-11-03T05:00")])
def test_the_end_of_a_day_is_new_yorks_midnight(on: str, ends: str) -> None:
    clock: Clock = EndOfDay(date.fromisoformat(on))
    assert [clock.now(), clock.now()] == [utc(ends)] * 2
    assert (clock.speed, clock.steady()) == (1.0, 0.0)
