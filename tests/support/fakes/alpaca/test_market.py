from datetime import date, timedelta

import pytest
from alpaca.common.exceptions import APIError
from alpaca.data.requests import NewsRequest, StockBarsRequest, StockSnapshotRequest
from alpaca.data.timeframe import TimeFrame, TimeFrameUnit
from alpaca.trading.requests import GetCalendarRequest

from tests.support.fakes.alpaca.conftest import NOW, Customer
from tests.support.fakes.alpaca.market import Bar

FIVE = TimeFrame(5, TimeFrameUnit.Minute)


def history(count: int) -> list[Bar]:
    starts = [NOW - timedelta(minutes=5 * number) for number in range(count, 0, -1)]
    return [Bar(at=at, open=150, high=151, low=149, close=150.5, volume=1_000) for at in starts]


def test_a_snapshot_tells_price_spread_and_volume_and_unknown_symbols_are_left_out(customer: Customer) -> None:
    customer.server.price("AAPL", "150.25", bid="150.20", ask="150.30", volume=1_234_567)
    answer = customer.stocks.get_stock_snapshot(StockSnapshotRequest(symbol_or_symbols=["AAPL", "NOSUCH"]))
    assert list(answer) == ["AAPL"]
    snapshot = answer["AAPL"]
    assert (snapshot.latest_trade.price, snapshot.latest_trade.timestamp) == (150.25, NOW)
    assert (snapshot.latest_quote.bid_price, snapshot.latest_quote.ask_price) == (150.20, 150.30)
    assert snapshot.daily_bar.volume == 1_234_567


def test_too_many_symbols_in_one_address_are_refused(customer: Customer) -> None:
    request = StockSnapshotRequest(symbol_or_symbols=[f"SYM{number:04}" for number in range(1_200)])
    with pytest.raises(APIError) as refused:
        customer.stocks.get_stock_snapshot(request)
    assert refused.value.status_code == 414


def test_bars_come_in_pages_and_the_client_puts_them_together(customer: Customer) -> None:
    customer.server.page(3)
    for symbol in ("AAPL", "MSFT"):
        customer.server.bars(symbol, history(5))
    request = StockBarsRequest(symbol_or_symbols=["MSFT", "AAPL"], timeframe=FIVE, start=NOW - timedelta(minutes=20))
    bars = customer.stocks.get_stock_bars(request).data
    assert {symbol: len(found) for symbol, found in bars.items()} == {"AAPL": 4, "MSFT": 4}
    assert bars["AAPL"][-1].timestamp == NOW - timedelta(minutes=5)
    assert len(customer.server.requests) == 3


def test_news_comes_in_pages_newest_first_and_of_the_symbols_asked_for(customer: Customer) -> None:
    customer.server.page(2)
    for number in range(5):
        customer.server.news(f"Headline {number}", "AAPL", at=NOW - timedelta(minutes=number))
    customer.server.news("Another", "MSFT")
    found = customer.news.get_news(NewsRequest(symbols="AAPL", start=NOW - timedelta(minutes=3))).data["news"]
    assert [article.headline for article in found] == [f"Headline {number}" for number in range(4)]
    assert len(customer.server.requests) == 2


def test_a_page_of_news_holds_fifty_at_most(customer: Customer) -> None:
    for number in range(60):
        customer.server.news(f"Headline {number}", "AAPL")
    assert len(customer.news.get_news(NewsRequest(symbols="AAPL")).data["news"]) == 60
    assert [request.query.count("limit=50") for request in customer.server.requests] == [1, 1]


def test_the_clock_follows_the_clock_or_the_hand(customer: Customer) -> None:
    assert customer.trading.get_clock().is_open
    assert customer.trading.get_clock().timestamp == NOW
    customer.server.close_market()
    assert not customer.trading.get_clock().is_open


def test_the_calendar_has_the_days_of_the_exchange_in_its_own_time(customer: Customer) -> None:
    days = customer.trading.get_calendar(GetCalendarRequest(start=date(2025, 8, 22), end=date(2025, 8, 25)))
    assert [day.date for day in days] == [date(2025, 8, 22), date(2025, 8, 25)]
    assert (days[0].open.hour, days[0].close.hour, days[0].open.tzinfo) == (9, 16, None)
