import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qs

import numpy as np
import pytest

from engine.adapters.alpaca.market import CHUNK, MOST_PAGES, PAGE, AlpacaMarket, snapshot_of
from engine.errors import MarketUnavailable
from engine.model.market import EXCHANGE_ZONE, BarFlaw, BarHistory
from engine.signals.slots import SESSIONS
from tests.engine.adapters.alpaca.access import access_to
from tests.engine.adapters.alpaca.replies import replies
from tests.engine.adapters.alpaca.together import SNAPSHOT, together
from tests.support.fakes.alpaca.faults import Fault
from tests.support.fakes.alpaca.market import Bar
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.clock import ManualClock


@pytest.fixture
def market(fake: FakeAlpaca, clock: ManualClock) -> Iterator[AlpacaMarket]:
    market = AlpacaMarket(access_to(fake), clock, WeekdayCalendar())
    yield market
    market.stop()


def a_bar(at: datetime, close: float = 150.25) -> Bar:
    return Bar(at=at, open=150.0, high=151.0, low=149.0, close=close, volume=900)


def test_the_label_names_the_feed(fake: FakeAlpaca, clock: ManualClock, market: AlpacaMarket) -> None:
    sip = AlpacaMarket(access_to(fake), clock, WeekdayCalendar(), feed="sip")
    assert (market.label, sip.label) == ("alpaca-iex", "alpaca-sip")
    sip.stop()


@pytest.mark.parametrize("feed", ["iex", "sip"])
def test_prices_and_bars_are_asked_of_the_feed(fake: FakeAlpaca, clock: ManualClock, feed: str) -> None:
    market = AlpacaMarket(access_to(fake), clock, WeekdayCalendar(), feed=feed)
    market.snapshots(["AAPL"])
    market.bars(["AAPL"], clock.now() - timedelta(minutes=15))
    market.stop()
    assert [parse_qs(request.query)["feed"] for request in fake.requests] == [[feed], [feed]]


def test_bars_of_before_a_split_are_shown_at_the_prices_of_after_it(
    market: AlpacaMarket, fake: FakeAlpaca, clock: ManualClock
) -> None:
    fake.bars("AAPL", [a_bar(clock.now() - timedelta(minutes=10), 150.0)])
    fake.split("AAPL", 2)
    assert market.bars(["AAPL"], clock.now() - timedelta(minutes=10)).close[:, 0].tolist()[0] == 75.0


@pytest.mark.parametrize("seconds", [0.5, 90, 420, 3600])
def test_odd_bars_are_refused(fake: FakeAlpaca, clock: ManualClock, seconds: int) -> None:
    with pytest.raises(ValueError, match="whole minutes"):
        AlpacaMarket(access_to(fake), clock, WeekdayCalendar(), bar_seconds=seconds)


def test_trap_a_long_list_of_symbols_gets_a_414_and_is_asked_for_in_chunks_of_200(
    market: AlpacaMarket, fake: FakeAlpaca
) -> None:
    symbols = [f"S{number}" for number in range(450)]
    for symbol in symbols:
        fake.price(symbol, "10.00")
    assert [snapshot.symbol for snapshot in market.snapshots(symbols)] == symbols
    asked = [parse_qs(request.query)["symbols"][0].split(",") for request in fake.requests]
    assert sorted(asked, key=lambda chunk: symbols.index(chunk[0])) == [symbols[:200], symbols[200:400], symbols[400:]]


def test_four_requests_are_under_way_at_once_and_never_more(fake: FakeAlpaca, clock: ManualClock) -> None:
    symbols = [f"S{number}" for number in range(8 * 200)]
    with together(4) as server:
        market = AlpacaMarket(access_to(fake, data_url=server.url), clock, WeekdayCalendar())
        assert [snapshot.symbol for snapshot in market.snapshots(symbols)] == symbols
        market.stop()
    assert server.most == 4


def test_when_one_of_several_requests_fails_for_good_there_are_no_prices(
    market: AlpacaMarket, fake: FakeAlpaca
) -> None:
    # Five requests that are tried three times each: with eleven failures one has none but failures.
    fake.fault("GET", "/v2/stocks/*", Fault.BROKEN, times=11)
    with pytest.raises(MarketUnavailable):
        market.snapshots([f"S{number}" for number in range(1_000)])


def test_a_price_is_exactly_what_alpaca_said(market: AlpacaMarket, fake: FakeAlpaca) -> None:
    fake.price("AAPL", "0.3")
    (snapshot,) = market.snapshots(("AAPL",))
    assert (snapshot.price, snapshot.bid, snapshot.ask) == (Decimal("0.3"), Decimal("0.29"), Decimal("0.31"))


def test_broken_snapshots_are_skipped_and_counted(fake: FakeAlpaca, clock: ManualClock) -> None:
    broken = [None, {}, SNAPSHOT | {"latestTrade": None}, SNAPSHOT | {"latestTrade": {"t": "noon", "p": 1}}]
    answer = {f"B{number}": raw for number, raw in enumerate(broken)} | {"AAPL": SNAPSHOT}
    with replies((200, json.dumps(answer))) as server:
        market = AlpacaMarket(access_to(fake, data_url=server.url), clock, WeekdayCalendar())
        (snapshot,) = market.snapshots(tuple(answer))
        market.stop()
    assert (snapshot.symbol, snapshot.volume, snapshot.price) == ("AAPL", 51_200, Decimal("150.25"))
    assert snapshot.at == datetime(2025, 8, 19, 14, 44, 59, 123456, tzinfo=UTC)
    assert market.broken == len(broken)


def test_an_invalid_symbol_does_not_cost_the_others_their_prices(fake: FakeAlpaca, clock: ManualClock) -> None:
    refusal = (400, json.dumps({"message": "invalid symbol: N0PE"}))
    with replies(refusal, (200, json.dumps({"AAPL": SNAPSHOT}))) as server:
        market = AlpacaMarket(access_to(fake, data_url=server.url), clock, WeekdayCalendar())
        for _ in range(2):
            assert [snapshot.symbol for snapshot in market.snapshots(("N0PE", "AAPL"))] == ["AAPL"]
        market.stop()
    assert ["N0PE" in path for path in server.asked] == [True, False, False]


@pytest.mark.parametrize("fault", [Fault.BROKEN, Fault.HTML, Fault.GARBAGE, Fault.DROP, Fault.TOO_MANY, Fault.NO_CODE])
def test_without_an_answer_there_are_no_prices(
    market: AlpacaMarket, fake: FakeAlpaca, clock: ManualClock, fault: Fault
) -> None:
    fake.fault("GET", "/v2/stocks/*", fault, times=99)
    with pytest.raises(MarketUnavailable):
        market.snapshots(("AAPL",))
    with pytest.raises(MarketUnavailable):
        market.bars(("AAPL",), clock.now() - timedelta(minutes=15))


def test_a_history_has_regular_hours_only_and_gaps_where_nothing_was_traded(
    market: AlpacaMarket, fake: FakeAlpaca, clock: ManualClock
) -> None:
    opening = datetime(2025, 8, 19, 13, 30, tzinfo=UTC)
    clock.set(opening + timedelta(minutes=11))
    monday = datetime(2025, 8, 18, 19, 55, tzinfo=UTC)
    early = opening - timedelta(minutes=5)
    fake.bars("AAPL", [a_bar(monday, 1), a_bar(early, 2), a_bar(opening, 3), a_bar(opening + timedelta(minutes=10), 4)])
    history = market.bars(("AAPL",), monday)
    assert list(history.starts) == [monday.timestamp(), opening.timestamp(), opening.timestamp() + 300]
    assert list(history.close[:2, 0]) == [1, 3]
    assert np.isnan(history.close[2, 0])


def test_a_history_is_read_page_by_page(market: AlpacaMarket, fake: FakeAlpaca, clock: ManualClock) -> None:
    start = clock.now() - timedelta(minutes=60)
    for symbol in ("AAPL", "MSFT"):
        fake.bars(symbol, [a_bar(start + number * timedelta(minutes=5)) for number in range(12)])
    fake.page(5)
    assert np.isfinite(market.bars(("AAPL", "MSFT"), start).close).all()
    assert len(fake.requests) == 5


def test_bars_of_nothing_are_empty(market: AlpacaMarket, fake: FakeAlpaca, clock: ManualClock) -> None:
    assert market.bars((), clock.now() - timedelta(minutes=15)).close.shape == (3, 0)
    assert market.bars(("AAPL",), clock.now()).close.shape == (0, 1)
    assert fake.requests == ()


def midnight(on: date) -> datetime:
    """Return the instant with which Alpaca dates a daily bar: midnight in New York."""
    return datetime(on.year, on.month, on.day, tzinfo=EXCHANGE_ZONE).astimezone(UTC)


def test_daily_bars_are_asked_for_split_adjusted_and_read_page_by_page(market: AlpacaMarket, fake: FakeAlpaca) -> None:
    days = [date(2025, 8, 11) + timedelta(days=number) for number in range(8)]
    for symbol in ("AAPL", "MSFT"):
        fake.bars(symbol, [a_bar(midnight(on), 300) for on in days], "1Day")
    fake.split("AAPL", 2)
    fake.page(3)
    found = market.daily_bars(("AAPL", "MSFT"), date(2025, 8, 11))
    assert list(found.close[:, 0]) == [150] * 6
    assert list(found.close[:, 1]) == [300] * 6
    asked = [parse_qs(request.query) for request in fake.requests]
    assert len(asked) == 6
    names = ("timeframe", "adjustment", "symbols", "start", "end")
    assert {tuple(query[name][0] for name in names) for query in asked} == {
        ("1Day", "split", "AAPL,MSFT", "2025-08-11", "2025-08-19")  # the last day that ended is the 18th
    }


def test_a_daily_bar_belongs_to_its_date_in_new_york_in_winter_and_in_summer(
    market: AlpacaMarket, fake: FakeAlpaca, clock: ManualClock
) -> None:
    clock.set(datetime(2025, 3, 12, 15, 0, tzinfo=UTC))
    days = (date(2025, 3, 7), date(2025, 3, 10), date(2025, 3, 11))
    fake.bars("AAPL", [a_bar(midnight(on), on.day) for on in days], "1Day")
    assert list(market.daily_bars(("AAPL",), days[0]).close[:, 0]) == [7, 10, 11]


def test_todays_bar_is_shown_once_regular_hours_have_ended(
    market: AlpacaMarket, fake: FakeAlpaca, clock: ManualClock
) -> None:
    today = date(2025, 8, 19)
    fake.bars("AAPL", [a_bar(midnight(today), 5)], "1Day")
    assert market.daily_bars(("AAPL",), today).close.shape == (0, 1)
    clock.set(datetime(2025, 8, 19, 20, 0, tzinfo=UTC))
    assert list(market.daily_bars(("AAPL",), today).close[:, 0]) == [5]


@pytest.mark.parametrize("fault", [Fault.BROKEN, Fault.GARBAGE, Fault.DROP])
def test_without_an_answer_there_are_no_daily_bars(market: AlpacaMarket, fake: FakeAlpaca, fault: Fault) -> None:
    fake.fault("GET", "/v2/stocks/*", fault, times=99)
    with pytest.raises(MarketUnavailable):
        market.daily_bars(("AAPL",), date(2025, 8, 1))


def test_bars_of_many_symbols_are_read_in_chunks_of_200(
    market: AlpacaMarket, fake: FakeAlpaca, clock: ManualClock
) -> None:
    symbols = [f"S{number}" for number in range(450)]
    for number, symbol in enumerate(symbols):
        fake.bars(symbol, [a_bar(clock.now() - timedelta(minutes=5), 150 + number / 1000)])
    history = market.bars(symbols, clock.now() - timedelta(minutes=5))
    assert history.close[0].tolist() == [150 + number / 1000 for number in range(450)]
    assert len(fake.requests) == 3


def served(fake: FakeAlpaca, clock: ManualClock, *bars: object) -> BarHistory:
    """Return what becomes of bars of AAPL that a server gives for the last quarter of an hour."""
    with replies((200, json.dumps({"bars": {"AAPL": bars}, "next_page_token": None}))) as server:
        market = AlpacaMarket(access_to(fake, data_url=server.url), clock, WeekdayCalendar())
        history = market.bars(("AAPL",), clock.now() - timedelta(minutes=15))
        market.stop()
    return history


def raw(at: datetime, close: float = 150.25) -> dict[str, object]:
    return a_bar(at, close).told()


def test_a_bar_that_makes_no_sense_is_counted_and_costs_the_others_nothing(
    fake: FakeAlpaca, clock: ManualClock
) -> None:
    good = clock.now() - timedelta(minutes=10)
    history = served(fake, clock, None, {}, raw(good) | {"c": "high"}, raw(good) | {"t": "noon"}, raw(good))
    assert history.flaws == {BarFlaw.NO_NUMBER: 4}
    assert np.isfinite(history.close[:, 0]).tolist() == [False, True, False]


@pytest.mark.parametrize("told", [None, [], 5, "AAPL"])
def test_a_symbol_without_a_list_of_bars_costs_the_others_nothing(
    fake: FakeAlpaca, clock: ManualClock, told: object
) -> None:
    bars = {"AAPL": told, "MSFT": [raw(clock.now() - timedelta(minutes=10))]}
    with replies((200, json.dumps({"bars": bars, "next_page_token": None}))) as server:
        market = AlpacaMarket(access_to(fake, data_url=server.url), clock, WeekdayCalendar())
        history = market.bars(("AAPL", "MSFT"), clock.now() - timedelta(minutes=15))
        market.stop()
    assert np.isfinite(history.close).sum(axis=0).tolist() == [0, 1]
    assert history.flaws == ({BarFlaw.NO_NUMBER: 1} if told in (5, "AAPL") else {})


def test_the_pages_of_a_warm_up_of_minutes_are_not_too_many() -> None:
    """Alpaca gives the bars of extended hours as well, 16 hours a day; they count for the pages."""
    assert MOST_PAGES * PAGE >= CHUNK * (SESSIONS + 1) * 16 * 60


def test_a_bar_that_is_not_over_or_off_the_grid_is_refused_and_one_of_before_the_open_left_out(
    fake: FakeAlpaca, clock: ManualClock
) -> None:
    now = clock.now()
    history = served(fake, clock, raw(now), raw(now + timedelta(days=1)), raw(now - timedelta(minutes=7)))
    assert history.flaws == {BarFlaw.EARLY: 2, BarFlaw.OFF_GRID: 1}
    assert np.isnan(history.close).all()


def test_each_part_of_a_snapshot_has_its_own_time() -> None:
    answer = {
        "latestTrade": {"t": "2025-08-20T12:00:00Z", "p": 151.5},
        "latestQuote": {"t": "2025-08-19T23:59:58Z", "bp": 150.1, "ap": 152.9, "bs": 3, "as": 1},
        "dailyBar": {"t": "2025-08-19T04:00:00Z", "c": 150.0, "v": 51_200},
        "prevDailyBar": {"t": "2025-08-18T04:00:00Z", "c": 148.0, "v": 1},
    }
    snapshot = snapshot_of("AAPL", answer)
    assert (snapshot.at, snapshot.quoted_at) == (
        datetime(2025, 8, 20, 12, 0, tzinfo=UTC),
        datetime(2025, 8, 19, 23, 59, 58, tzinfo=UTC),
    )
    assert (snapshot.bid_size, snapshot.ask_size, snapshot.day) == (3, 1, date(2025, 8, 19))
    assert snapshot.volume_on(date(2025, 8, 20)) is None
    assert snapshot.previous_close == Decimal("150.0")  # before the open the daily bar is yesterday's
    assert snapshot.change == Decimal("0.01")


def test_once_the_day_has_a_bar_the_close_before_is_that_of_the_bar_before() -> None:
    answer = {
        "latestTrade": {"t": "2025-08-19T15:00:00Z", "p": 151.5},
        "latestQuote": {"t": "2025-08-19T15:00:00Z", "bp": 151.4, "ap": 151.6},
        "dailyBar": {"t": "2025-08-19T04:00:00Z", "c": 150.0, "v": 51_200},
        "prevDailyBar": {"t": "2025-08-18T04:00:00Z", "c": 148.0, "v": 1},
    }
    snapshot = snapshot_of("AAPL", answer)
    assert (snapshot.previous_close, snapshot.volume_on(date(2025, 8, 19))) == (Decimal("148.0"), 51_200)
    assert snapshot_of("AAPL", answer | {"dailyBar": None, "prevDailyBar": None}).previous_close is None
