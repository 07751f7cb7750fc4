import time
import timeit
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.adapters.calendar import ExchangeCalendar
from engine.model.market import Session, TradingDay
from tools import extract_hours

NEW_YORK = ZoneInfo("America/New_York")
CALENDAR = ExchangeCalendar()


def in_new_york(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def hours(on: date) -> TradingDay:
    day = CALENDAR.day(on)
    assert day is not None
    return day


def test_a_day_runs_from_4_to_20_oclock_in_new_york_told_in_utc() -> None:
    assert hours(date(2012, 6, 4)) == TradingDay(
        pre=datetime(2012, 6, 4, 8, 0, tzinfo=UTC),
        open=datetime(2012, 6, 4, 13, 30, tzinfo=UTC),
        close=datetime(2012, 6, 4, 20, 0, tzinfo=UTC),
        post=datetime(2012, 6, 5, 0, 0, tzinfo=UTC),
    )
    assert hours(date(2012, 6, 4)).open.tzinfo is UTC


def test_every_day_that_is_known_is_as_the_package_has_it() -> None:
    package = extract_hours.days()
    first, count = date(2000, 1, 1), 51 * 365 + 13
    every = [first + timedelta(days=number) for number in range(count)]
    assert every[-1] == date(2050, 12, 31)
    assert {on: day for on in every if (day := CALENDAR.day(on))} == package


@pytest.mark.parametrize(
    ("before", "after", "opens_before", "opens_after"),
    [
        (date(2012, 3, 9), date(2012, 3, 12), "14:30", "13:30"),
        (date(2012, 11, 2), date(2012, 11, 5), "13:30", "14:30"),
    ],
)
def test_the_open_moves_in_utc_when_the_clocks_change(
    before: date, after: date, opens_before: str, opens_after: str
) -> None:
    assert f"{hours(before).open:%H:%M}" == opens_before
    assert f"{hours(after).open:%H:%M}" == opens_after


def test_a_half_day_closes_at_13_and_ends_at_17_oclock() -> None:
    half = hours(date(2012, 11, 23))
    assert half.close == in_new_york("2012-11-23T13:00")
    assert half.post == in_new_york("2012-11-23T17:00")


@pytest.mark.parametrize(
    "shut",
    [
        pytest.param(date(2012, 11, 22), id="Thanksgiving"),
        pytest.param(date(2012, 10, 29), id="Hurricane Sandy"),
        pytest.param(date(2012, 10, 30), id="Hurricane Sandy, second day"),
        pytest.param(date(2012, 6, 2), id="a Saturday"),
        pytest.param(date(2012, 4, 6), id="Good Friday"),
    ],
)
def test_the_exchange_is_shut(shut: date) -> None:
    assert CALENDAR.day(shut) is None
    assert CALENDAR.session(datetime(shut.year, shut.month, shut.day, 16, 0, tzinfo=UTC)) is Session.CLOSED


@pytest.mark.parametrize(
    ("at", "session"),
    [
        ("03:59:59", Session.CLOSED),
        ("04:00:00", Session.PRE),
        ("09:29:59", Session.PRE),
        ("09:30:00", Session.REGULAR),
        ("15:59:59", Session.REGULAR),
        ("16:00:00", Session.AFTER),
        ("19:59:59", Session.AFTER),
        ("20:00:00", Session.CLOSED),
    ],
)
def test_a_session_begins_on_its_first_instant(at: str, session: Session) -> None:
    assert CALENDAR.session(in_new_york(f"2012-06-04T{at}")) is session


def test_the_evening_of_a_day_may_be_tomorrow_in_utc() -> None:
    assert CALENDAR.session(datetime(2012, 11, 6, 0, 59, tzinfo=UTC)) is Session.AFTER


@pytest.mark.parametrize(
    ("after", "opens"),
    [
        ("2012-06-04T09:29:59", "2012-06-04T09:30"),
        ("2012-06-04T09:30:00", "2012-06-05T09:30"),
        ("2012-06-08T18:00:00", "2012-06-11T09:30"),
        ("2012-10-26T16:00:00", "2012-10-31T09:30"),
        ("2012-12-31T12:00:00", "2013-01-02T09:30"),
    ],
)
def test_the_next_open_is_later_than_the_instant(after: str, opens: str) -> None:
    assert CALENDAR.next_open(in_new_york(after)) == in_new_york(opens)


def test_an_instant_without_a_time_zone_is_refused() -> None:
    naive = datetime(2012, 6, 4, 14, 30)  # noqa: DTZ001 - what is refused
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.session(naive)
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.next_open(naive)


@pytest.mark.parametrize("on", [date(1999, 12, 31), date(2051, 1, 3)])
def test_a_date_that_the_calendar_does_not_know_is_refused(on: date) -> None:
    with pytest.raises(ValueError, match="knows 2000 to 2050"):
        CALENDAR.day(on)


def test_the_last_open_has_no_next() -> None:
    with pytest.raises(ValueError, match="knows 2000 to 2050"):
        CALENDAR.next_open(datetime(2050, 12, 31, 23, 0, tzinfo=UTC))


def test_a_session_is_told_in_less_than_a_tenth_of_a_millisecond() -> None:
    at = datetime(2012, 6, 4, 15, 0, tzinfo=UTC) + timedelta(seconds=1)
    CALENDAR.session(at)
    assert timeit.timeit(lambda: CALENDAR.session(at), timer=time.process_time, number=1000) / 1000 < 1e-4
