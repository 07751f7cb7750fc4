"""What every News promises. A harness opens one whose clock stands at an instant with news of the day before."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from engine.adapters.replay import ReplayNews
from engine.ports import News
from tests.fakes.clock import ManualClock

NOW = datetime(2012, 6, 5, 20, 0, tzinfo=UTC)
SINCE = NOW - timedelta(days=1)
SYMBOLS = ("AAPL", "FB")


def replay() -> News:
    return ReplayNews(ManualClock(NOW))


@pytest.fixture(params=[replay])
def news(request: pytest.FixtureRequest) -> News:
    opened: Callable[[], News] = request.param
    return opened()


def test_headlines_come_oldest_first_and_not_from_the_future(news: News) -> None:
    times = [headline.at for headline in news.headlines(SYMBOLS, SINCE)]
    assert times
    assert times == sorted(times)
    assert times[0] > SINCE
    assert times[-1] <= NOW


def test_headlines_are_about_one_of_the_symbols_at_least(news: News) -> None:
    assert all(set(headline.symbols) & set(SYMBOLS) for headline in news.headlines(SYMBOLS, SINCE))


def test_a_headline_is_whole(news: News) -> None:
    for headline in news.headlines(SYMBOLS, SINCE):
        assert headline.id
        assert headline.text.strip()
        assert headline.source
        assert headline.at.utcoffset() == timedelta(0)


def test_ids_are_given_once(news: News) -> None:
    ids = [headline.id for headline in news.headlines(SYMBOLS, SINCE)]
    assert len(ids) == len(set(ids))


def test_a_headline_is_not_newer_than_itself(news: News) -> None:
    last = news.headlines(SYMBOLS, SINCE)[-1]
    assert last not in news.headlines(SYMBOLS, last.at)


def test_no_symbols_have_no_news(news: News) -> None:
    assert news.headlines((), SINCE) == ()
