"""What every News promises. A harness opens one whose clock stands at an instant with news of the day before."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from engine.adapters.alpaca.news import AlpacaNews
from engine.adapters.replay import ReplayNews
from engine.ports.news import News
from tests.engine.adapters.alpaca.access import access_to
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.clock import ManualClock

NOW = datetime(2012, 6, 5, 20, 0, tzinfo=UTC)
SINCE = NOW - timedelta(days=1)
SYMBOLS = ("AAPL", "FB")


@contextmanager
def replay() -> Iterator[News]:
    yield ReplayNews(ManualClock(NOW))


@contextmanager
def alpaca() -> Iterator[News]:
    clock = ManualClock(NOW)
    with FakeAlpaca(clock) as fake:
        for number in range(30):
            fake.news(f"Apple does thing {number}", "AAPL", "MSFT", at=NOW - timedelta(hours=number))
            fake.news(f"Facebook does thing {number}", "FB", "AAPL", at=NOW - timedelta(hours=number))
            fake.news(f"IBM does thing {number}", "IBM", at=NOW - timedelta(hours=number))
        fake.page(7)
        news = AlpacaNews(access_to(fake), clock)
        yield news
        news.stop()


@pytest.fixture(params=[alpaca, replay])
def news(request: pytest.FixtureRequest) -> Iterator[News]:
    opened: Callable[[], AbstractContextManager[News]] = request.param
    with opened() as news:
        yield news


def test_headlines_come_oldest_first_and_not_from_the_future(news: News) -> None:
    times = [headline.at for headline in news.headlines(SYMBOLS, SINCE)]
    assert times
    assert times == sorted(times)
    assert times[0] > SINCE
    assert times[-1] <= NOW


def test_headlines_are_about_one_of_the_symbols_at_least(news: News) -> None:
    headlines = news.headlines(SYMBOLS, SINCE)
    assert headlines
    assert all(set(headline.symbols) & set(SYMBOLS) for headline in headlines)


def test_a_headline_is_whole(news: News) -> None:
    headlines = news.headlines(SYMBOLS, SINCE)
    assert headlines
    for headline in headlines:
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
