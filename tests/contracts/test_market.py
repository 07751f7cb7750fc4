"""What every Market promises. A harness opens one whose clock stands at an instant of regular trading."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from engine.adapters.alpaca.market import AlpacaMarket
from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.replay import ReplayMarket
from engine.model.market import exchange_date
from engine.ports.market import Market
from tests.engine.adapters.alpaca.access import access_to
from tests.support.fakes.alpaca.market import Bar
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.clock import ManualClock

NOW = datetime(2012, 11, 8, 16, 2, 30, tzinfo=UTC)
KNOWN = ("IBM", "AAPL")


@contextmanager
def replay() -> Iterator[Market]:
    yield ReplayMarket(ManualClock(NOW), ExchangeCalendar())


@contextmanager
def alpaca() -> Iterator[Market]:
    clock = ManualClock(NOW)
    with FakeAlpaca(clock) as fake:
        for symbol in KNOWN:
            fake.price(symbol, "150.25")
            fake.bars(symbol, some_bars())
            fake.bars(symbol, some_days(), "1Day")
        fake.page(700)
        market = AlpacaMarket(access_to(fake), clock, ExchangeCalendar())
        yield market
        market.stop()


def some_bars() -> list[Bar]:
    """Every bar of a week, those of the nights too."""
    first = NOW - timedelta(days=7, minutes=2, seconds=30)
    return [
        Bar(at=first + number * timedelta(minutes=5), open=150.0, high=150.5, low=149.5, close=150.25, volume=900)
        for number in range(7 * 288 + 1)
    ]


def some_days() -> list[Bar]:
    """Every date of three months, days without trading too, as of midnight in New York; today's is not over."""
    midnight = datetime(2012, 8, 1, 4, tzinfo=UTC)
    return [
        Bar(at=midnight + timedelta(days=number), open=150.0, high=151.0, low=149.0, close=150.5, volume=90_000)
        for number in range(95)
    ] + [
        Bar(at=datetime(2012, 11, day, 5, tzinfo=UTC), open=1, high=1, low=1, close=1, volume=1) for day in (5, 6, 7, 8)
    ]


@pytest.fixture(params=[alpaca, replay])
def market(request: pytest.FixtureRequest) -> Iterator[Market]:
    opened: Callable[[], AbstractContextManager[Market]] = request.param
    with opened() as market:
        yield market


def test_a_market_has_a_label(market: Market) -> None:
    assert market.label
    assert market.label == market.label.lower()


def test_snapshots_come_in_the_order_in_which_they_were_asked_for(market: Market) -> None:
    assert tuple(snapshot.symbol for snapshot in market.snapshots(KNOWN)) == KNOWN


def test_a_snapshot_is_fresh_and_whole(market: Market) -> None:
    for snapshot in market.snapshots(KNOWN):
        assert timedelta(0) <= NOW - snapshot.at < timedelta(minutes=1)
        assert 0 < snapshot.bid < snapshot.ask
        assert snapshot.price > 0
        assert snapshot.volume > 0


def test_an_unknown_symbol_has_no_snapshot(market: Market) -> None:
    assert [snapshot.symbol for snapshot in market.snapshots(("NOSUCH", "IBM"))] == ["IBM"]


def test_nothing_asked_gives_nothing(market: Market) -> None:
    assert market.snapshots(()) == ()


def test_bars_have_the_symbols_and_slots_that_were_asked_for(market: Market) -> None:
    bars = market.bars(KNOWN, NOW.replace(hour=14, minute=30, second=0))
    assert bars.symbols == KNOWN
    assert bars.starts.shape == (18,)
    assert bars.close.shape == bars.volume.shape == (18, 2)


def test_the_newest_bar_is_the_last_one_that_is_over(market: Market) -> None:
    bars = market.bars(KNOWN, NOW - timedelta(minutes=20))
    assert [datetime.fromtimestamp(start, UTC).strftime("%H:%M") for start in bars.starts] == [
        "15:45",
        "15:50",
        "15:55",
    ]


def test_bars_are_those_of_regular_hours_of_each_session(market: Market) -> None:
    bars = market.bars(KNOWN, NOW - timedelta(days=6))
    days = [datetime.fromtimestamp(start, UTC).strftime("%d %H:%M") for start in bars.starts]
    assert len(days) == len(set(days))
    assert [day for day in days if day.endswith("20:55")] == ["05 20:55", "06 20:55", "07 20:55"]
    assert not [day for day in days if day.endswith(("21:00", "14:25"))]


def test_bars_are_in_order_and_possible(market: Market) -> None:
    bars = market.bars(KNOWN, NOW - timedelta(days=3))
    assert (np.diff(bars.starts) > 0).all()
    assert (bars.low <= np.minimum(bars.open, bars.close)).all()
    assert (bars.high >= np.maximum(bars.open, bars.close)).all()
    assert (bars.volume >= 0).all()


def test_a_bar_is_the_same_whenever_it_is_read(market: Market) -> None:
    early = market.bars(KNOWN, NOW - timedelta(days=1))
    late = market.bars(KNOWN, NOW - timedelta(hours=1))
    assert early.close[-len(late.close) :].tolist() == late.close.tolist()


def test_since_now_there_are_no_bars(market: Market) -> None:
    assert market.bars(KNOWN, NOW).close.shape == (0, 2)


def test_a_symbol_without_bars_has_no_numbers(market: Market) -> None:
    bars = market.bars(("IBM", "NOSUCH"), NOW - timedelta(hours=1))
    assert np.isfinite(bars.close[:, 0]).all()
    assert np.isnan(bars.close[:, 1]).all()


SEPTEMBER = date(2012, 9, 1)


def test_daily_bars_are_the_days_of_trading_that_have_ended_oldest_first(market: Market) -> None:
    days = market.daily_bars(KNOWN, SEPTEMBER)
    dates = [exchange_date(datetime.fromtimestamp(start, UTC)) for start in days.starts]
    calendar = ExchangeCalendar()
    on = [SEPTEMBER + timedelta(days=number) for number in range(68)]
    assert dates == [each for each in on if calendar.day(each)]
    assert (dates[0], dates[-1]) == (date(2012, 9, 4), date(2012, 11, 7))  # Labor Day before it, today is not over
    assert date(2012, 10, 29) not in dates  # the hurricane
    assert [datetime.fromtimestamp(start, UTC) for start in days.starts[:1]] == [
        datetime(2012, 9, 4, 13, 30, tzinfo=UTC)
    ]


def test_daily_bars_are_whole_and_possible(market: Market) -> None:
    days = market.daily_bars(KNOWN, SEPTEMBER)
    assert days.symbols == KNOWN
    assert days.open.shape == days.close.shape == days.volume.shape == (len(days.starts), 2)
    assert np.isfinite(days.close).all()
    assert (days.low <= np.minimum(days.open, days.close)).all()
    assert (days.high >= np.maximum(days.open, days.close)).all()


def test_a_symbol_without_daily_bars_has_no_numbers_and_no_days_are_no_error(market: Market) -> None:
    days = market.daily_bars(("IBM", "NOSUCH"), SEPTEMBER)
    assert np.isfinite(days.close[:, 0]).all()
    assert np.isnan(days.close[:, 1]).all()
    assert market.daily_bars(KNOWN, date(2012, 11, 8)).close.shape == (0, 2)
    assert market.daily_bars(KNOWN, date(2013, 11, 8)).close.shape == (0, 2)
    assert market.daily_bars((), SEPTEMBER).close.shape[1:] == (0,)
