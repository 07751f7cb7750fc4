"""Times of day as instants, over the changes of the clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from engine.duty.local_time import day_of, instant_of

NEW_YORK = ZoneInfo("America/New_York")
ZONES = ("America/New_York", "Europe/Berlin", "Asia/Seoul", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia")
zones = st.sampled_from(ZONES).map(ZoneInfo)
days = st.dates(date(2011, 12, 20), date(2027, 12, 31))
minutes = st.integers(0, 2880)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("on", "time", "instant"),
    [
        (date(2026, 3, 6), 150, "2026-03-06T07:30"),
        (date(2026, 3, 8), 150, "2026-03-08T07:00"),  # 02:30 is skipped: the moment at which 2 becomes 3
        (date(2026, 3, 8), 120, "2026-03-08T07:00"),
        (date(2026, 3, 8), 180, "2026-03-08T07:00"),
        (date(2026, 11, 1), 90, "2026-11-01T05:30"),  # 01:30 comes twice: the first time
        (date(2026, 11, 1), 120, "2026-11-01T07:00"),
        (date(2026, 3, 7), 1440 + 150, "2026-03-08T07:00"),
        (date(2026, 3, 8), 1440, "2026-03-09T04:00"),
    ],
)
def test_a_time_that_is_skipped_is_when_it_is_skipped_and_one_that_comes_twice_is_the_first(
    on: date, time: int, instant: str
) -> None:
    assert instant_of(on, time, NEW_YORK) == at(instant)


def test_a_day_that_a_zone_left_out_begins_and_ends_at_once() -> None:
    apia = ZoneInfo("Pacific/Apia")  # which went over the date line at the end of 2011
    left_out = date(2011, 12, 30)
    assert instant_of(left_out, 0, apia) == instant_of(left_out, 720, apia) == instant_of(left_out, 1440, apia)


@given(zone=zones, on=days, one=minutes, other=minutes)
def test_an_earlier_time_of_day_is_never_a_later_instant(zone: ZoneInfo, on: date, one: int, other: int) -> None:
    first, last = sorted((one, other))
    assert instant_of(on, first, zone) <= instant_of(on, last, zone)


@given(zone=zones, on=days, time=st.integers(0, 1440))
def test_minutes_after_one_midnight_are_those_before_the_next(zone: ZoneInfo, on: date, time: int) -> None:
    assert instant_of(on, 1440 + time, zone) == instant_of(on + timedelta(days=1), time, zone)


@given(zone=zones, on=days, time=st.integers(0, 1439))
def test_the_clock_shows_the_time_at_its_instant_unless_it_is_skipped(zone: ZoneInfo, on: date, time: int) -> None:
    found = instant_of(on, time, zone).astimezone(zone)
    shown = found.replace(tzinfo=None)
    wall = datetime.combine(on, datetime.min.time()) + timedelta(minutes=time)
    assert shown >= wall
    if shown != wall:
        before = (found.astimezone(UTC) - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
        assert before < wall
    else:
        assert day_of(found, zone) == on
