from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.recorded.files import RecordedDay, recorded_days
from engine.adapters.recorded.tape import STEP, Tape, tape_of
from engine.model.market import TradingDay

CALENDAR = ExchangeCalendar()
DAYS = [(symbol, on) for symbol, days in recorded_days().items() for on in days]
HALF_DAY = date(2012, 11, 23)

any_day = st.sampled_from(DAYS)


@cache
def hours_of(on: date) -> TradingDay:
    hours = CALENDAR.day(on)
    assert hours is not None
    return hours


def play(symbol: str, on: date) -> tuple[RecordedDay, Tape]:
    day = recorded_days()[symbol][on]
    return day, tape_of(symbol, on, day, hours_of(on))


@settings(max_examples=40, deadline=None)
@given(any_day)
def test_a_path_goes_exactly_through_the_days_open_high_low_and_close(which: tuple[str, date]) -> None:
    day, tape = play(*which)
    regular = tape.price[tape.opens : tape.closes]
    assert (regular[0], regular.max(), regular.min(), regular[-1]) == (day.open, day.high, day.low, day.close)


@settings(max_examples=40, deadline=None)
@given(any_day)
def test_a_day_that_rose_had_its_low_first(which: tuple[str, date]) -> None:
    day, tape = play(*which)
    regular = tape.price[tape.opens : tape.closes]
    first, second = (day.low, day.high) if day.close > day.open else (day.high, day.low)
    half = len(regular) // 2
    assert first in regular[:half]
    assert second in regular[half:]


@settings(max_examples=40, deadline=None)
@given(any_day)
def test_the_morning_leads_from_the_last_close_to_the_open_and_the_evening_stays_at_the_close(
    which: tuple[str, date],
) -> None:
    day, tape = play(*which)
    pad = max(1, round(day.close / 1000))
    morning, evening = tape.price[: tape.opens], tape.price[tape.closes :]
    assert morning[0] == day.previous
    assert min(day.previous, day.open) - pad <= morning.min()
    assert morning.max() <= max(day.previous, day.open) + pad
    assert np.abs(evening - day.close).max() <= pad


@settings(max_examples=40, deadline=None)
@given(any_day)
def test_the_volume_only_grows_and_ends_at_the_days(which: tuple[str, date]) -> None:
    day, tape = play(*which)
    assert (np.diff(tape.volume) >= 0).all()
    assert (tape.volume[0], tape.volume[-1]) == (0, day.volume)


@settings(max_examples=40, deadline=None)
@given(any_day)
def test_extended_hours_are_thin(which: tuple[str, date]) -> None:
    day, tape = play(*which)
    assert abs(tape.volume[tape.opens] - 0.01 * day.volume) <= 1
    assert abs(tape.volume[tape.closes] - 0.99 * day.volume) <= 1


def test_more_is_traded_near_the_open_and_the_close_than_at_noon() -> None:
    bars = np.mean([play("AAPL", on)[1].bars(1800)[:, 4] for symbol, on in DAYS[:20]], axis=0)
    assert bars[0] > 2 * bars[6]
    assert bars[-1] > 2 * bars[6]


@settings(max_examples=40, deadline=None)
@given(any_day, st.integers(0, 16 * 3600))
def test_bid_and_ask_stand_one_to_three_cents_apart_around_the_price(which: tuple[str, date], second: int) -> None:
    symbol, on = which
    _, tape = play(symbol, on)
    snapshot = tape.snapshot(symbol, hours_of(on).pre + timedelta(seconds=second))
    assert snapshot.bid <= snapshot.price <= snapshot.ask
    assert Decimal("0.01") <= snapshot.ask - snapshot.bid <= Decimal("0.03")
    assert {price.as_tuple().exponent for price in (snapshot.price, snapshot.bid, snapshot.ask)} == {-2}


@settings(max_examples=40, deadline=None)
@given(any_day, st.integers(0, 16 * 3600))
def test_a_snapshot_tells_the_instant_of_its_point(which: tuple[str, date], second: int) -> None:
    symbol, on = which
    _, tape = play(symbol, on)
    at = hours_of(on).pre + timedelta(seconds=second)
    age = at - tape.snapshot(symbol, at).at
    assert timedelta(0) <= age < timedelta(seconds=STEP) or at > hours_of(on).post


def test_after_the_days_end_the_last_point_stays() -> None:
    _, tape = play("AAPL", HALF_DAY)
    at = tape.snapshot("AAPL", datetime(2012, 11, 25, 12, 0, tzinfo=UTC)).at
    assert at == hours_of(HALF_DAY).post


@settings(max_examples=40, deadline=None)
@given(any_day)
def test_a_path_made_again_is_the_same(which: tuple[str, date]) -> None:
    symbol, on = which
    day, tape = play(symbol, on)
    again = tape_of.__wrapped__(symbol, on, day, hours_of(on))
    for name in ("price", "volume", "spread"):
        np.testing.assert_array_equal(getattr(tape, name), getattr(again, name))


def test_two_symbols_and_two_days_have_paths_of_their_own() -> None:
    hours, day = hours_of(HALF_DAY), recorded_days()["AAPL"][HALF_DAY]
    paths = [tape_of(symbol, on, day, hours) for symbol in ("AAPL", "IBM") for on in (HALF_DAY, date(2012, 7, 3))]
    assert len({path.price.tobytes() for path in paths}) == 4


@pytest.mark.parametrize(("on", "bars"), [(date(2012, 11, 21), 78), (HALF_DAY, 42)])
def test_a_day_has_as_many_bars_as_it_is_long(on: date, bars: int) -> None:
    assert play("MSFT", on)[1].bars(300).shape == (bars, 5)


def test_every_recorded_day_has_room_between_its_extremes() -> None:
    days = [recorded_days()[symbol][on] for symbol, on in DAYS]
    assert all(day.low < day.high and day.low <= min(day.open, day.close) for day in days)
    assert all(max(day.open, day.close) <= day.high for day in days)


def test_no_day_of_the_exchange_is_missing_from_the_record() -> None:
    for days in recorded_days().values():
        first, last = min(days), max(days)
        every = (first + timedelta(days=number) for number in range((last - first).days + 1))
        assert [on for on in every if CALENDAR.day(on) is not None] == list(days)
