import json
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs

import pytest

from engine.adapters.alpaca.news import ROUNDS, AlpacaNews
from engine.errors import NewsUnavailable
from tests.engine.adapters.alpaca.access import access_to
from tests.engine.adapters.alpaca.replies import replies
from tests.support.fakes.alpaca.faults import Fault
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.clock import ManualClock

DAY = timedelta(days=1)


@pytest.fixture
def news(fake: FakeAlpaca, clock: ManualClock) -> Iterator[AlpacaNews]:
    news = AlpacaNews(access_to(fake), clock, most_pages=3)
    yield news
    news.stop()


def test_trap_the_symbols_are_one_text_with_commas(news: AlpacaNews, fake: FakeAlpaca, clock: ManualClock) -> None:
    news.headlines(("AAPL", "MSFT"), clock.now() - DAY)
    (request,) = fake.requests
    query = parse_qs(request.query)
    assert (query["symbols"], query["limit"]) == (["AAPL,MSFT"], ["50"])


def test_trap_without_a_limit_every_page_is_walked_so_pages_are_bounded(
    news: AlpacaNews, fake: FakeAlpaca, clock: ManualClock
) -> None:
    for minutes in range(200):
        fake.news(f"{minutes} minutes ago", "AAPL", at=clock.now() - timedelta(minutes=minutes))
    headlines = news.headlines(("AAPL",), clock.now() - DAY)
    assert len(fake.requests) == 3
    assert len(headlines) == 150
    assert headlines[-1].text == "0 minutes ago"


def test_signs_that_were_written_for_a_web_page_are_read(
    news: AlpacaNews, fake: FakeAlpaca, clock: ManualClock
) -> None:
    fake.news("Apple&#39;s AT&amp;T deal", "AAPL", at=clock.now())
    assert news.headlines(("AAPL",), clock.now() - DAY)[0].text == "Apple's AT&T deal"


def test_a_broken_headline_does_not_lose_the_others(fake: FakeAlpaca, clock: ManualClock) -> None:
    good = {"id": 1, "created_at": "2025-08-19T14:00:00Z", "symbols": ["AAPL"], "headline": "Good", "source": "b"}
    broken = [None, {}, good | {"headline": None}, good | {"created_at": "noon"}]
    with replies((200, json.dumps({"news": [*broken, good], "next_page_token": None}))) as server:
        news = AlpacaNews(access_to(fake, data_url=server.url), clock)
        assert [headline.text for headline in news.headlines(("AAPL",), clock.now() - DAY)] == ["Good"]
        news.stop()


@pytest.mark.parametrize("fault", [Fault.BROKEN, Fault.HTML, Fault.GARBAGE, Fault.DROP, Fault.TOO_MANY])
def test_without_an_answer_there_are_no_news(
    news: AlpacaNews, fake: FakeAlpaca, clock: ManualClock, fault: Fault
) -> None:
    fake.fault("GET", "/v1beta1/news", fault, times=99)
    with pytest.raises(NewsUnavailable):
        news.headlines(("AAPL",), clock.now() - DAY)


def test_a_symbol_about_which_much_is_written_crowds_out_no_other(
    news: AlpacaNews, fake: FakeAlpaca, clock: ManualClock
) -> None:
    fake.news("Microsoft admits fraud", "MSFT", at=clock.now() - timedelta(hours=2))
    fake.news("Tesla recalls", "TSLA", "MSFT", at=clock.now() - timedelta(hours=3))
    for minutes in range(200):
        fake.news(f"Apple, {minutes}", "AAPL", at=clock.now() - timedelta(seconds=minutes))
    headlines = news.headlines(("AAPL", "MSFT", "TSLA"), clock.now() - DAY)
    assert [headline.text for headline in headlines[:2]] == ["Tesla recalls", "Microsoft admits fraud"]
    assert len(headlines) == 152
    assert len({headline.id for headline in headlines}) == 152
    assert len(fake.requests) == 4


def test_two_crowds_are_left_out_one_after_the_other(news: AlpacaNews, fake: FakeAlpaca, clock: ManualClock) -> None:
    fake.news("Microsoft admits fraud", "MSFT", at=clock.now() - timedelta(hours=2))
    for minutes in range(200):
        fake.news(f"Apple, {minutes}", "AAPL", at=clock.now() - timedelta(seconds=minutes))
        fake.news(f"Tesla, {minutes}", "TSLA", at=clock.now() - timedelta(minutes=10, seconds=minutes))
    headlines = news.headlines(("AAPL", "MSFT", "TSLA"), clock.now() - DAY)
    assert headlines[0].text == "Microsoft admits fraud"
    assert {symbol for headline in headlines for symbol in headline.symbols} == {"AAPL", "MSFT", "TSLA"}


def test_a_crowd_about_everything_ends_after_a_few_requests(
    news: AlpacaNews, fake: FakeAlpaca, clock: ManualClock
) -> None:
    for minutes in range(400):
        fake.news(f"All, {minutes}", "AAPL", "MSFT", at=clock.now() - timedelta(seconds=minutes))
    assert len(news.headlines(("AAPL", "MSFT"), clock.now() - DAY)) == 150
    assert len(fake.requests) <= 3 * ROUNDS


def test_of_the_past_every_page_is_read_and_nothing_of_outside_the_time(
    news: AlpacaNews, fake: FakeAlpaca, clock: ManualClock
) -> None:
    now = clock.now()
    for minutes in range(220):
        fake.news(f"{minutes} minutes ago", "AAPL", at=now - timedelta(minutes=minutes))
    found = news.between(("AAPL", "MSFT"), now - timedelta(minutes=210), now - timedelta(minutes=5))
    assert len(found) == 205
    assert [each.at for each in found] == sorted(each.at for each in found)
    assert (found[0].text, found[-1].text) == ("209 minutes ago", "5 minutes ago")


def test_a_headline_counts_from_when_it_was_last_edited_live_as_in_the_past(
    fake: FakeAlpaca, clock: ManualClock
) -> None:
    now = clock.now()
    told = {
        "id": 1,
        "headline": "Apple beats, after all",
        "created_at": (now - DAY).isoformat(),
        "updated_at": (now - timedelta(hours=2)).isoformat(),
        "symbols": ["AAPL"],
        "source": "benzinga",
    }
    page = (200, json.dumps({"news": [told], "next_page_token": None}))
    with replies(page, page) as server:
        edited = AlpacaNews(access_to(fake, data_url=server.url), clock)
        (past,) = edited.between(("AAPL",), now - 2 * DAY, now)
        (live,) = edited.headlines(("AAPL",), now - 2 * DAY)
        edited.stop()
    assert past.at == live.at == now - timedelta(hours=2)
