import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from engine.adapters.alpaca.calendar import KEY, AlpacaCalendar
from engine.adapters.calendar import ExchangeCalendar
from engine.errors import BrokerUnavailable
from engine.model.market import EXCHANGE_ZONE, Session
from tests.engine.adapters.alpaca.access import access_to
from tests.engine.adapters.alpaca.replies import replies
from tests.support.fakes.alpaca.faults import Fault
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.clock import ManualClock

TODAY = date(2025, 8, 19)
HALF_DAY = date(2025, 11, 28)
CLOSED = date(2025, 8, 27)


class Texts:
    """A cache in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        return self.kept.get(key)

    def put(self, key: str, text: str) -> None:
        self.kept[key] = text


def rows(first: date = TODAY - timedelta(days=30), days: int = 396) -> list[dict[str, Any]]:
    """Return Alpaca's rows of weekdays, one of them a half-day and one closed by decree."""
    every = (first + timedelta(days=number) for number in range(days))
    return [
        {"date": on.isoformat(), "open": "09:30", "close": "13:00" if on == HALF_DAY else "16:00"}
        for on in every
        if on.isoweekday() <= 5 and on != CLOSED
    ]


@pytest.fixture
def texts() -> Texts:
    return Texts()


@pytest.fixture(scope="module")
def kept_hours() -> Iterator[AlpacaCalendar]:
    """The exchange's real hours of a year, as Alpaca tells them."""
    clock = ManualClock(datetime(2025, 8, 19, 14, 45, tzinfo=UTC))
    with FakeAlpaca(clock, calendar=ExchangeCalendar()) as fake:
        calendar = AlpacaCalendar(access_to(fake), clock, WeekdayCalendar(), Texts())
        calendar.refresh()
        yield calendar
        calendar.stop()


@pytest.fixture
def calendar(fake: FakeAlpaca, clock: ManualClock, texts: Texts) -> Iterator[AlpacaCalendar]:
    with replies((200, json.dumps(rows()))) as server:
        calendar = AlpacaCalendar(access_to(fake, trading_url=server.url), clock, WeekdayCalendar(), texts)
        calendar.refresh()
        yield calendar
        calendar.stop()


def test_trap_naive_exchange_times_become_aware_utc(calendar: AlpacaCalendar) -> None:
    summer, winter = calendar.day(TODAY), calendar.day(date(2025, 12, 1))
    assert summer is not None
    assert winter is not None
    assert [at.isoformat() for at in (summer.pre, summer.open, summer.close, summer.post)] == [
        "2025-08-19T08:00:00+00:00",
        "2025-08-19T13:30:00+00:00",
        "2025-08-19T20:00:00+00:00",
        "2025-08-20T00:00:00+00:00",
    ]
    assert winter.open == datetime(2025, 12, 1, 14, 30, tzinfo=UTC)


def test_extended_hours_of_a_half_day_end_at_five(calendar: AlpacaCalendar) -> None:
    day = calendar.day(HALF_DAY)
    assert day is not None
    assert (day.close, day.post) == (
        datetime(2025, 11, 28, 18, 0, tzinfo=UTC),
        datetime(2025, 11, 28, 22, 0, tzinfo=UTC),
    )


def test_a_day_closed_by_decree_is_closed(calendar: AlpacaCalendar) -> None:
    assert WeekdayCalendar().day(CLOSED) is not None
    assert calendar.day(CLOSED) is None
    assert calendar.session(datetime(2025, 8, 27, 15, 0, tzinfo=UTC)) is Session.CLOSED
    assert calendar.next_open(datetime(2025, 8, 26, 20, 0, tzinfo=UTC)) == datetime(2025, 8, 28, 13, 30, tzinfo=UTC)


def test_an_open_market_is_open(calendar: AlpacaCalendar, clock: ManualClock) -> None:
    assert calendar.session(clock.now()) is Session.REGULAR
    assert calendar.next_open(clock.now()) == datetime(2025, 8, 20, 13, 30, tzinfo=UTC)


def test_a_date_that_was_not_read_is_looked_up_offline(calendar: AlpacaCalendar) -> None:
    assert calendar.day(date(2030, 1, 2)) == WeekdayCalendar().day(date(2030, 1, 2))


def test_before_the_first_answer_the_offline_calendar_speaks(fake: FakeAlpaca, clock: ManualClock) -> None:
    calendar = AlpacaCalendar(access_to(fake), clock, WeekdayCalendar(), Texts())
    assert calendar.session(clock.now()) is Session.REGULAR
    assert fake.requests == ()
    calendar.stop()


def test_what_was_read_is_known_after_a_restart_without_alpaca(
    calendar: AlpacaCalendar, fake: FakeAlpaca, clock: ManualClock, texts: Texts
) -> None:
    fake.fault("GET", "/v2/calendar", Fault.BROKEN, times=99)
    later = AlpacaCalendar(access_to(fake), clock, WeekdayCalendar(), texts)
    with pytest.raises(BrokerUnavailable):
        later.refresh()
    assert later.day(CLOSED) is None
    assert later.day(TODAY) == calendar.day(TODAY)
    later.stop()


@pytest.mark.parametrize("kept", ["", "{}", "null", '{"first": "2025-01-01", "last": "2025-12-31", "rows": []}'])
def test_a_spoilt_cache_is_passed_over(fake: FakeAlpaca, clock: ManualClock, texts: Texts, kept: str) -> None:
    texts.put(KEY, kept)
    calendar = AlpacaCalendar(access_to(fake), clock, WeekdayCalendar(), texts)
    assert calendar.day(TODAY) == WeekdayCalendar().day(TODAY)
    calendar.stop()


@pytest.mark.parametrize(
    "answer",
    [[], rows(days=60), [*rows(), {"date": "2025-08-19"}], [*rows(), rows()[0] | {"open": "17:00"}], {"days": []}],
    ids=["nothing", "two months only", "a row without hours", "hours out of order", "no list"],
)
def test_trap_a_calendar_that_would_sleep_through_an_open_market_is_refused(
    fake: FakeAlpaca, clock: ManualClock, texts: Texts, answer: Any
) -> None:
    with replies((200, json.dumps(answer))) as server:
        calendar = AlpacaCalendar(access_to(fake, trading_url=server.url), clock, WeekdayCalendar(), texts)
        with pytest.raises(BrokerUnavailable):
            calendar.refresh()
        assert calendar.session(clock.now()) is Session.REGULAR
        assert texts.kept == {}
        calendar.stop()


def test_hours_are_read_once_a_day_and_stay_known_a_year_ahead(fake: FakeAlpaca, clock: ManualClock) -> None:
    calendar = AlpacaCalendar(access_to(fake), clock, ExchangeCalendar(), Texts())
    for _ in range(3 * 24):
        calendar.refresh()
        clock.advance(3600)
    read = [request.query for request in fake.requests]
    assert read == [
        "start=2025-07-20&end=2026-08-19",
        "start=2025-07-21&end=2026-08-20",
        "start=2025-07-22&end=2026-08-21",
        "start=2025-07-23&end=2026-08-22",
    ]
    calendar.stop()


def test_hours_that_could_not_be_read_are_asked_for_again(fake: FakeAlpaca, clock: ManualClock, texts: Texts) -> None:
    calendar = AlpacaCalendar(access_to(fake), clock, WeekdayCalendar(), texts)
    fake.fault("GET", "/v2/calendar", Fault.BROKEN, times=3)  # as often as one read is tried
    with pytest.raises(BrokerUnavailable):
        calendar.refresh()
    calendar.refresh()
    assert KEY in texts.kept
    calendar.stop()


@pytest.mark.parametrize(
    ("at", "session"),
    [
        ("2025-08-19T03:59:59", Session.CLOSED),
        ("2025-08-19T04:00:00", Session.PRE),
        ("2025-08-19T09:29:59", Session.PRE),
        ("2025-08-19T09:30:00", Session.REGULAR),
        ("2025-08-19T15:59:59", Session.REGULAR),
        ("2025-08-19T16:00:00", Session.AFTER),
        ("2025-08-19T20:00:00", Session.CLOSED),
        ("2025-11-28T12:59:59", Session.REGULAR),  # the half-day after Thanksgiving
        ("2025-11-28T13:00:00", Session.AFTER),
        ("2025-11-28T17:00:00", Session.CLOSED),
        ("2025-11-27T12:00:00", Session.CLOSED),  # Thanksgiving
        ("2025-12-25T12:00:00", Session.CLOSED),
        ("2025-11-01T12:00:00", Session.CLOSED),  # a Saturday
        ("2025-10-31T09:30:00", Session.REGULAR),  # the last day of summer time
        ("2025-11-03T09:29:59", Session.PRE),  # the first of winter time
        ("2025-11-03T09:30:00", Session.REGULAR),
        ("2026-03-06T09:30:00", Session.REGULAR),  # and back
        ("2026-03-09T09:29:59", Session.PRE),
        ("2026-03-09T09:30:00", Session.REGULAR),
    ],
)
def test_half_days_holidays_and_daylight_saving_are_as_the_exchange_keeps_them(
    kept_hours: AlpacaCalendar, at: str, session: Session
) -> None:
    assert kept_hours.session(datetime.fromisoformat(at).replace(tzinfo=EXCHANGE_ZONE)) is session


def test_the_next_open_passes_over_a_holiday_and_the_change_of_the_clocks(kept_hours: AlpacaCalendar) -> None:
    evening = datetime(2025, 11, 26, 16, 0, tzinfo=EXCHANGE_ZONE)
    assert kept_hours.next_open(evening) == datetime(2025, 11, 28, 14, 30, tzinfo=UTC)
    assert kept_hours.next_open(datetime(2025, 10, 31, 16, 0, tzinfo=EXCHANGE_ZONE)) == datetime(
        2025, 11, 3, 14, 30, tzinfo=UTC
    )


def test_the_fake_answers_as_alpaca_does(fake: FakeAlpaca, clock: ManualClock, texts: Texts) -> None:
    calendar = AlpacaCalendar(access_to(fake), clock, WeekdayCalendar(), texts)
    calendar.refresh()
    assert calendar.day(TODAY) == WeekdayCalendar().day(TODAY)
    calendar.stop()
