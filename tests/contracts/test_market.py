"""What every Market promises. A harness opens one whose clock stands at an instant of regular trading."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from engine.adapters.alpaca.market import AlpacaMarket
from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.replay import ReplayMarket
from engine.ports import Market
from tests.engine.adapters.alpaca.access import access_to
from tests.fakes.alpaca.market import Bar
from tests.fakes.alpaca.server import FakeAlpaca
from tests.fakes.clock import ManualClock

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
