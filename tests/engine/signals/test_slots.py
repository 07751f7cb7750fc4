from datetime import UTC, date, datetime, timedelta

import pytest

from engine.adapters.calendar import ExchangeCalendar
from engine.signals.slots import Slots, instant

SLOTS = Slots(ExchangeCalendar(), 300)
OPEN = datetime(2025, 8, 19, 13, 30, tzinfo=UTC)
CLOSE = datetime(2025, 8, 19, 20, 0, tzinfo=UTC)


def test_a_session_has_a_slot_for_each_five_minutes() -> None:
    starts = SLOTS.of(date(2025, 8, 19))
    assert (instant(int(starts[0])), instant(int(starts[-1]))) == (OPEN, CLOSE - timedelta(minutes=5))
    assert len(starts) == 78


@pytest.mark.parametrize(("on", "slots"), [(date(2024, 12, 24), 42), (date(2024, 12, 25), 0), (date(2025, 8, 23), 0)])
def test_half_days_have_fewer_and_holidays_none(on: date, slots: int) -> None:
    assert len(SLOTS.of(on)) == slots


@pytest.mark.parametrize(
    ("at", "last"),
    [
        (OPEN + timedelta(minutes=5), OPEN),
        (OPEN + timedelta(seconds=299), datetime(2025, 8, 18, 19, 55, tzinfo=UTC)),
        (CLOSE, CLOSE - timedelta(minutes=5)),
        (CLOSE + timedelta(hours=9), CLOSE - timedelta(minutes=5)),
        (datetime(2025, 8, 24, 12, 0, tzinfo=UTC), datetime(2025, 8, 22, 19, 55, tzinfo=UTC)),
        (datetime(2024, 12, 25, 12, 0, tzinfo=UTC), datetime(2024, 12, 24, 17, 55, tzinfo=UTC)),
    ],
)
def test_the_last_bar_that_is_over_is_found_over_nights_weekends_and_half_days(at: datetime, last: datetime) -> None:
    found = SLOTS.last(at)
    assert found is not None
    assert instant(found) == last


def test_bars_between_two_instants_start_after_the_first_and_are_over_at_the_second() -> None:
    starts = SLOTS.between(OPEN + timedelta(seconds=1), OPEN + timedelta(minutes=15))
    assert [instant(int(start)) for start in starts] == [OPEN + timedelta(minutes=5), OPEN + timedelta(minutes=10)]
    assert SLOTS.between(CLOSE, OPEN).size == 0


def test_a_window_opens_twenty_sessions_before_over_holidays_and_the_change_of_the_clocks() -> None:
    start = int(datetime(2024, 12, 2, 15, 0, tzinfo=UTC).timestamp())
    opened = SLOTS.opened(start, 20)
    assert opened == datetime(2024, 11, 1, 13, 30, tzinfo=UTC)
    days = {instant(int(one)).date() for one in SLOTS.between(opened, instant(start))}
    assert len(days) == 21
