import time
import timeit
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.keywords import KeywordScorer
from engine.adapters.recorded.files import recorded_days, recorded_headlines
from engine.adapters.recorded.tape import tape_of
from engine.adapters.replay import DEMO_START, ReplayMarket, ReplayNews
from engine.errors import MarketUnavailable
from engine.model.market import Session, Snapshot
from tests.support.fakes.clock import ManualClock

CALENDAR = ExchangeCalendar()
SYMBOLS = ("AAPL", "FB", "GOOG", "IBM", "MSFT")
FIRST_OPEN = datetime(2011, 1, 3, 14, 30, tzinfo=UTC)
LAST_CLOSE = datetime(2013, 3, 1, 21, 0, tzinfo=UTC)
ONE_DAY = timedelta(days=1)

instants = st.integers(int(FIRST_OPEN.timestamp()), int(LAST_CLOSE.timestamp()) - 1).map(
    lambda second: datetime.fromtimestamp(second, UTC),
)


def market_at(at: datetime, symbols: Sequence[str] | None = None) -> ReplayMarket:
    return ReplayMarket(ManualClock(at), CALENDAR, symbols)


def watched(clock: ManualClock, market: ReplayMarket, symbol: str, until: datetime, every: int) -> list[Snapshot]:
    """Look at a symbol again and again until, without, an instant."""
    seen: list[Snapshot] = []
    while clock.now() < until:
        seen.extend(market.snapshots([symbol]))
        clock.advance(every)
    return seen


def test_a_replay_lists_what_was_recorded() -> None:
    assert sorted(market_at(DEMO_START).symbols()) == sorted(SYMBOLS)


def test_a_replay_can_be_limited_to_some_symbols() -> None:
    market = market_at(DEMO_START, ["IBM", "TSLA"])
    assert market.symbols() == ("IBM",)
    assert [snapshot.symbol for snapshot in market.snapshots(SYMBOLS)] == ["IBM"]


@settings(max_examples=25, deadline=None)
@given(asked=st.lists(instants, min_size=1, max_size=5), at=instants)
def test_an_instant_has_the_same_prices_whatever_was_asked_before(asked: list[datetime], at: datetime) -> None:
    clock = ManualClock(at)
    market = ReplayMarket(clock, CALENDAR)
    before = market.snapshots(SYMBOLS)
    for other in asked:
        clock.set(other)
        market.snapshots(SYMBOLS)
    tape_of.cache_clear()
    clock.set(at)
    assert market.snapshots(SYMBOLS) == before


@settings(max_examples=40, deadline=None)
@given(at=instants)
def test_no_snapshot_is_from_the_future_or_broken(at: datetime) -> None:
    for snapshot in market_at(at).snapshots(SYMBOLS):
        assert snapshot.at <= at
        assert 0 < snapshot.bid < snapshot.ask


def test_the_first_and_last_prices_of_regular_trading_are_the_recorded_ones() -> None:
    day = recorded_days()["IBM"][date(2012, 6, 4)]
    opens = market_at(datetime(2012, 6, 4, 13, 30, tzinfo=UTC)).snapshots(["IBM"])[0]
    closes = market_at(datetime(2012, 6, 4, 19, 59, 59, tzinfo=UTC)).snapshots(["IBM"])[0]
    assert [int(shown.price * 100) for shown in (opens, closes)] == [day.open, day.close]


def test_a_night_shows_the_last_point_of_the_evening_before() -> None:
    snapshot = market_at(datetime(2012, 6, 5, 5, 0, tzinfo=UTC)).snapshots(["IBM"])[0]
    assert snapshot.at == datetime(2012, 6, 5, 0, 0, tzinfo=UTC)
    assert snapshot.volume == recorded_days()["IBM"][date(2012, 6, 4)].volume


def test_bars_are_what_a_watcher_of_every_point_sees() -> None:
    opens = datetime(2012, 11, 23, 14, 30, tzinfo=UTC)
    clock = ManualClock(opens)
    market = ReplayMarket(clock, CALENDAR)
    seen = watched(clock, market, "FB", opens + timedelta(minutes=10), every=5)
    history = market.bars(["FB"], opens)
    for bar, points in enumerate((seen[:60], seen[60:])):
        prices = [float(point.price) for point in points]
        shown = (history.open, history.high, history.low, history.close)
        assert [values[bar, 0] for values in shown] == [prices[0], max(prices), min(prices), prices[-1]]
    assert history.volume[0, 0] == seen[60].volume - seen[0].volume


def test_a_bar_is_complete_at_its_last_instant_and_not_before() -> None:
    end = datetime(2012, 6, 4, 14, 50, tzinfo=UTC)
    starts = [market_at(at).bars(["IBM"], end - ONE_DAY).starts[-1] for at in (end - timedelta(seconds=1), end)]
    assert starts == [int((end - timedelta(minutes=minutes)).timestamp()) for minutes in (10, 5)]


def test_a_history_goes_over_nights_and_holidays_and_knows_only_regular_trading() -> None:
    market = market_at(datetime(2012, 11, 26, 14, 40, tzinfo=UTC))
    history = market.bars(["IBM"], datetime(2012, 11, 21, tzinfo=UTC))
    assert len(history.starts) == 78 + 42 + 2
    starts = [datetime.fromtimestamp(start, UTC) for start in history.starts]
    assert [start.date() for start in (starts[0], starts[77], starts[78], starts[119], starts[120])] == [
        date(2012, 11, 21),
        date(2012, 11, 21),
        date(2012, 11, 23),
        date(2012, 11, 23),
        date(2012, 11, 26),
    ]
    assert {CALENDAR.session(start) for start in starts} == {Session.REGULAR}


def test_a_days_bars_end_at_the_recorded_close() -> None:
    history = market_at(datetime(2012, 6, 5, 12, 0, tzinfo=UTC)).bars(["IBM"], datetime(2012, 6, 4, tzinfo=UTC))
    day = recorded_days()["IBM"][date(2012, 6, 4)]
    assert [round(figure * 100) for figure in (history.open[0, 0], history.close[-1, 0])] == [day.open, day.close]
    assert history.volume.sum() == pytest.approx(0.98 * day.volume, abs=2)


def test_a_symbol_has_no_bars_and_no_price_before_it_was_listed() -> None:
    market = market_at(datetime(2012, 5, 18, 14, 0, tzinfo=UTC))
    history = market.bars(["IBM", "FB"], datetime(2012, 5, 17, 18, 50, tzinfo=UTC))
    assert len(history.starts) == 20
    assert np.isfinite(history.close[:, 0]).all()
    assert np.isnan(history.close[:-6, 1]).all()
    assert np.isfinite(history.close[-6:, 1]).all()
    assert [shown.symbol for shown in market_at(datetime(2012, 5, 17, 14, 0, tzinfo=UTC)).snapshots(["FB"])] == []


def test_a_history_is_shorter_where_the_record_begins() -> None:
    assert market_at(FIRST_OPEN + timedelta(minutes=10)).bars(["IBM"], FIRST_OPEN - ONE_DAY).starts.shape == (2,)


def test_a_morning_without_bars_gives_an_empty_history() -> None:
    assert market_at(FIRST_OPEN).bars(["IBM", "FB"], FIRST_OPEN - ONE_DAY).close.shape == (0, 2)


@pytest.mark.parametrize("at", [FIRST_OPEN - timedelta(days=1), LAST_CLOSE, LAST_CLOSE + timedelta(days=4000)])
def test_outside_the_record_there_is_no_market(at: datetime) -> None:
    market = market_at(at)
    sentence = "the recorded prices run from 2011-01-03 to the close of 2013-03-01"
    with pytest.raises(MarketUnavailable, match=sentence):
        market.snapshots(SYMBOLS)
    with pytest.raises(MarketUnavailable, match=sentence):
        market.bars(SYMBOLS, at - ONE_DAY)


def test_the_last_second_of_the_record_still_has_prices() -> None:
    assert len(market_at(LAST_CLOSE - timedelta(seconds=1)).snapshots(SYMBOLS)) == 5


def test_bars_may_have_another_length() -> None:
    market = ReplayMarket(ManualClock(DEMO_START), CALENDAR, bar_seconds=900)
    since = DEMO_START - timedelta(minutes=45)
    assert np.diff(market.bars(["IBM"], since).starts).tolist() == [900, 900]


@pytest.mark.parametrize("seconds", [7, 3600, 420])
def test_bars_that_do_not_fit_a_half_hour_are_refused(seconds: int) -> None:
    with pytest.raises(ValueError, match="divide half an hour"):
        ReplayMarket(ManualClock(DEMO_START), CALENDAR, bar_seconds=seconds)


def test_the_bars_of_a_warm_up_come_within_half_a_second() -> None:
    market = market_at(DEMO_START)
    since = DEMO_START - 29 * ONE_DAY
    market.bars(SYMBOLS, DEMO_START - timedelta(minutes=5))
    spent = timeit.repeat(
        lambda: market.bars(SYMBOLS, since), tape_of.cache_clear, timer=time.process_time, number=1, repeat=3
    )
    assert min(spent) < 0.5


def test_the_demo_starts_in_regular_trading() -> None:
    assert CALENDAR.session(DEMO_START) is Session.REGULAR


def test_the_demos_first_headline_to_matter_comes_10_to_40_minutes_after_its_start() -> None:
    news = ReplayNews(ManualClock(DEMO_START + timedelta(minutes=40)))
    headlines = news.headlines(["AAPL"], DEMO_START + timedelta(minutes=10))
    assert [finding.tenths for finding in KeywordScorer().findings("AAPL", headlines)] == [3, 2]


def test_every_headline_says_that_it_was_written_for_the_demo() -> None:
    headlines = recorded_headlines()
    assert {headline.source for headline in headlines} == {"written for the demo"}
    assert len({headline.id for headline in headlines}) == len(headlines) >= 40
    assert all(set(headline.symbols) <= set(SYMBOLS) for headline in headlines)
    assert [headline.at for headline in headlines] == sorted(headline.at for headline in headlines)


def test_the_headlines_are_good_and_bad_and_neutral() -> None:
    scorer = KeywordScorer()
    sums = [
        sum(finding.tenths for finding in scorer.findings(headline.symbols[0], [headline]))
        for headline in recorded_headlines()
    ]
    assert min(sums) <= -3
    assert max(sums) >= 5
    assert sums.count(0) >= 5
