import csv
import gzip
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from numpy.typing import NDArray

from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.recorded.files import RECORDED, RecordedDay, recorded_days
from engine.adapters.recorded.tape import STEP, Tape, tape_of
from engine.model.market import Snapshot, TradingDay

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
def test_a_path_begins_at_the_recorded_open_and_ends_at_the_recorded_close(which: tuple[str, date]) -> None:
    day, tape = play(*which)
    regular = tape.price[tape.opens : tape.closes]
    assert (regular[0], regular[-1]) == (day.open, day.close)


def closes_of(symbol: str) -> list[NDArray[np.float64]]:
    """Return the logarithms of the open and the five-minute closes of each recorded day."""
    bars = (play(symbol, on)[1].bars(300) for on in recorded_days()[symbol])
    return [np.log(np.append(day[0, 0], day[:, 3])) for day in bars]


def square(days: list[NDArray[np.float64]], bars: int) -> float:
    """Return the mean square of the moves over so many bars."""
    return float(np.mean(np.concatenate([day[bars:] - day[:-bars] for day in days]) ** 2))


@pytest.mark.parametrize("symbol", list(recorded_days()))
def test_an_hour_varies_twelve_times_as_much_as_five_minutes(symbol: str) -> None:
    days = closes_of(symbol)
    for bars in (3, 6, 12, 24):
        assert 0.9 < square(days, bars) / square(days, 1) / bars < 1.1


@pytest.mark.parametrize("symbol", list(recorded_days()))
def test_the_move_of_a_bar_says_nothing_of_the_next(symbol: str) -> None:
    moves = [np.diff(day) for day in closes_of(symbol)]
    scaled = [(move / move.std()) for move in moves]
    products = np.concatenate([move[1:] * move[:-1] for move in scaled])
    assert abs(products.mean()) < 4 / sqrt(len(products))


def test_nothing_is_held_at_the_days_recorded_low_or_high() -> None:
    """A path that turns there pays whoever buys low: it never goes on, however far it fell."""
    with gzip.open(Path(str(RECORDED)) / "prices.csv.gz", "rt") as file:
        rows = {(row["symbol"], date.fromisoformat(row["date"])): row for row in csv.DictReader(file)}
    beyond = turned = 0
    for symbol, on in DAYS[::7]:
        _, tape = play(symbol, on)
        regular = tape.price[tape.opens : tape.closes]
        low, high = (round(float(rows[symbol, on][name]) * 100) for name in ("low", "high"))
        beyond += bool(regular.min() < low - 1) + bool(regular.max() > high + 1)
        turned += bool(abs(regular.min() - low) <= 1) + bool(abs(regular.max() - high) <= 1)
    assert beyond > 3 * turned


@settings(max_examples=40, deadline=None)
@given(any_day)
def test_a_night_leads_from_a_close_to_the_next_open(which: tuple[str, date]) -> None:
    symbol, on = which
    days = list(recorded_days()[symbol])
    day, tape = play(symbol, on)
    morning, evening = tape.price[: tape.opens + 1], tape.price[tape.closes - 1 :]
    assert (morning[-1], evening[0]) == (day.open, day.close)
    if on != days[-1]:
        following = play(symbol, days[days.index(on) + 1])[1]
        assert evening[-1] == following.price[0]
        assert following.previous_close == day.close


def test_the_first_recorded_day_has_no_close_before_it() -> None:
    _, tape = play("AAPL", date(2011, 1, 3))
    assert tape.snapshot("AAPL", datetime(2011, 1, 3, 15, 0, tzinfo=UTC)).previous_close is None


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
def test_bid_and_ask_stand_around_the_price(which: tuple[str, date], second: int) -> None:
    symbol, on = which
    _, tape = play(symbol, on)
    snapshot = tape.snapshot(symbol, hours_of(on).pre + timedelta(seconds=second))
    assert snapshot.bid <= snapshot.price <= snapshot.ask
    assert Decimal("0.01") <= snapshot.ask - snapshot.bid <= max(Decimal("0.01"), snapshot.price * Decimal("0.003"))
    assert {price.as_tuple().exponent for price in (snapshot.price, snapshot.bid, snapshot.ask)} == {-2}


def quotes(symbol: str, first: timedelta, last: timedelta) -> list[Snapshot]:
    """Return what a symbol showed each minute between two times after the open, on ten days."""
    minutes = range(int(first.total_seconds()), int(last.total_seconds()), 60)
    days = list(recorded_days()[symbol])[-10:]
    return [
        play(symbol, on)[1].snapshot(symbol, hours_of(on).open + timedelta(seconds=s)) for on in days for s in minutes
    ]


def test_the_spread_of_a_large_company_is_a_few_basis_points_and_wider_early_and_late() -> None:
    hour = timedelta(hours=1)
    for symbol in recorded_days():
        noon, opening, evening = (
            float(np.mean([shown.spread_bp for shown in quotes(symbol, first, first + hour / 6)]))
            for first in (3 * hour, 0 * hour, 7 * hour)
        )
        assert 1 <= noon <= 5
        assert noon < opening < evening < 20 or symbol in {
            "FB",
            "MSFT",
        }  # these are quoted a cent wide, most of the day


def test_what_is_shown_is_in_lots_and_a_small_part_of_what_trades() -> None:
    for symbol in recorded_days():
        shown = [
            size
            for quote in quotes(symbol, timedelta(hours=1), timedelta(hours=5))
            for size in (quote.bid_size, quote.ask_size)
        ]
        assert all(size and size >= 100 and size % 100 == 0 for size in shown)
        usual = float(np.median([size or 0 for size in shown]))
        minute = np.mean([day.volume for day in list(recorded_days()[symbol].values())[-10:]]) / 390
        assert 0.01 < usual / minute < 0.1


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
    for name in ("price", "volume", "dice"):
        np.testing.assert_array_equal(getattr(tape, name), getattr(again, name))


def test_two_symbols_and_two_days_have_paths_of_their_own() -> None:
    hours, day = hours_of(HALF_DAY), recorded_days()["AAPL"][HALF_DAY]
    paths = [tape_of(symbol, on, day, hours) for symbol in ("AAPL", "IBM") for on in (HALF_DAY, date(2012, 7, 3))]
    assert len({path.price.tobytes() for path in paths}) == 4


@pytest.mark.parametrize(("on", "bars"), [(date(2012, 11, 21), 78), (HALF_DAY, 42)])
def test_a_day_has_as_many_bars_as_it_is_long(on: date, bars: int) -> None:
    assert play("MSFT", on)[1].bars(300).shape == (bars, 5)


def test_no_day_of_the_exchange_is_missing_from_the_record() -> None:
    for days in recorded_days().values():
        first, last = min(days), max(days)
        every = (first + timedelta(days=number) for number in range((last - first).days + 1))
        assert [on for on in every if CALENDAR.day(on) is not None] == list(days)
