"""What is asked of Alpaca, to the letter: a wrong kind of id, a flag that is missing or another path shows here."""

from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import parse_qsl

import pytest

from engine.adapters.alpaca.broker import AlpacaBroker
from engine.adapters.alpaca.corporate_actions import AlpacaCorporateActions
from engine.adapters.alpaca.market import AlpacaMarket
from engine.adapters.alpaca.news import AlpacaNews
from engine.model.trade import Order, OrderRole
from tests.engine.adapters.alpaca.access import access_to
from tests.engine.adapters.alpaca.test_broker import ENTRY, EXTENDED, LIMITED
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.clock import ManualClock

ALL = {"status": "all", "nested": "true", "limit": "500"}
OPEN = {"status": "open", "limit": "500"}
BRACKET = {
    "client_order_id": ENTRY.client_order_id,
    "symbol": "AAPL",
    "side": "buy",
    "qty": "100",
    "time_in_force": "gtc",
    "order_class": "bracket",
    "stop_loss": {"stop_price": "147.99"},
    "take_profit": {"limit_price": "154.75"},
}
LIMIT = {"type": "limit", "limit_price": "150.50"}


class Asked:
    """Reads what was asked of the fake since the last look."""

    def __init__(self, fake: FakeAlpaca) -> None:
        self._fake = fake
        self._seen = 0

    def now(self) -> list[tuple[str, dict[str, str]]]:
        """Return each method with its path, and what stands after the question mark."""
        new = self._fake.requests[self._seen :]
        self._seen += len(new)
        return [(f"{each.method} {each.path}", dict(parse_qsl(each.query))) for each in new]

    def sent(self) -> list[tuple[str, object]]:
        """Return each method with its path, and the body."""
        new = self._fake.requests[self._seen :]
        self._seen += len(new)
        return [(f"{each.method} {each.path}", each.body) for each in new if each.method != "GET"]


@pytest.fixture
def asked(fake: FakeAlpaca) -> Asked:
    return Asked(fake)


@pytest.fixture
def resting(broker: AlpacaBroker, fake: FakeAlpaca, asked: Asked) -> Order:
    """A bracket whose entry waits for its fill."""
    fake.fill_by_hand()
    order = broker.submit(LIMITED)
    asked.now()
    return order


@pytest.fixture
def stop(broker: AlpacaBroker, fake: FakeAlpaca, asked: Asked) -> Order:
    """A stop under sixty of a hundred shares that are held."""
    fake.hold("MSFT", 100, "400")
    order = broker.protect("MSFT-1", "MSFT", 60, Decimal(390))
    asked.now()
    return order


def test_the_account_is_asked_about(broker: AlpacaBroker, asked: Asked) -> None:
    broker.account()
    broker.positions()
    assert broker.position("AAPL") is None
    broker.is_tradable("AAPL")
    broker.clock_skew()
    paths = ["GET /v2/account", "GET /v2/positions", "GET /v2/positions/AAPL", "GET /v2/assets/AAPL", "GET /v2/clock"]
    assert asked.now() == [(path, {}) for path in paths]


def test_activities_are_asked_for_from_a_second_before_oldest_first(
    broker: AlpacaBroker, asked: Asked, clock: ManualClock
) -> None:
    broker.activities(clock.now())
    wanted = {"after": "2025-08-19T14:44:59Z", "direction": "asc", "page_size": "100"}
    assert asked.now() == [("GET /v2/account/activities", wanted)]


def test_a_bracket_is_sent_until_it_is_cancelled(broker: AlpacaBroker, asked: Asked) -> None:
    broker.submit(ENTRY)
    assert asked.sent() == [("POST /v2/orders", BRACKET | {"type": "market"})]


def test_a_bracket_with_a_limit_has_its_price(broker: AlpacaBroker, asked: Asked) -> None:
    broker.submit(LIMITED)
    assert asked.sent() == [("POST /v2/orders", BRACKET | LIMIT)]


def test_an_entry_of_extended_hours_is_a_limit_for_the_day(broker: AlpacaBroker, asked: Asked) -> None:
    broker.submit(EXTENDED)
    kept = {name: BRACKET[name] for name in ("client_order_id", "symbol", "side", "qty")}
    extended = kept | LIMIT | {"time_in_force": "day", "extended_hours": True}
    assert asked.sent() == [("POST /v2/orders", extended)]


def test_an_order_is_asked_for_by_alpacas_id_with_its_legs(
    broker: AlpacaBroker, asked: Asked, resting: Order, fake: FakeAlpaca, clock: ManualClock
) -> None:
    by_id = (f"GET /v2/orders/{resting.broker_id}", {"nested": "true"})
    broker.order(resting.client_order_id)
    broker.order_of(resting.broker_id)
    assert asked.now() == [by_id, by_id]
    restarted = AlpacaBroker(access_to(fake), clock, WeekdayCalendar())
    restarted.order(resting.client_order_id)
    restarted.stop()
    by_ours = ("GET /v2/orders:by_client_order_id", {"client_order_id": resting.client_order_id})
    assert asked.now() == [by_ours, by_id]


def test_orders_are_asked_for_as_they_are_open_and_with_their_legs(
    broker: AlpacaBroker, asked: Asked, resting: Order
) -> None:
    broker.orders()
    assert asked.now() == [("GET /v2/orders", OPEN), ("GET /v2/orders", ALL)]
    broker.find_orders([resting.client_order_id, "B", "C"])
    assert asked.now() == [("GET /v2/orders", ALL)]


def test_a_cancel_names_alpacas_id(broker: AlpacaBroker, asked: Asked, resting: Order) -> None:
    broker.cancel(resting)
    assert asked.now() == [(f"DELETE /v2/orders/{resting.broker_id}", {})]


def test_a_lone_stop_and_its_new_price(broker: AlpacaBroker, asked: Asked, fake: FakeAlpaca) -> None:
    fake.hold("MSFT", 100, "400")
    stop = broker.protect("MSFT-1", "MSFT", 60, Decimal(390))
    body = {"client_order_id": "MSFT-1", "symbol": "MSFT", "side": "sell", "qty": "60", "type": "stop"}
    assert asked.sent() == [("POST /v2/orders", body | {"stop_price": "390.00", "time_in_force": "gtc"})]
    broker.replace(stop, Decimal(391))
    assert asked.sent() == [(f"PATCH /v2/orders/{stop.broker_id}", {"stop_price": "391.00"})]


def test_before_a_new_price_the_order_is_looked_at_by_alpacas_id(
    broker: AlpacaBroker, asked: Asked, stop: Order
) -> None:
    broker.replace(stop, Decimal(391))
    assert asked.now()[0] == (f"GET /v2/orders/{stop.broker_id}", {"nested": "true"})


def test_a_target_s_new_price_is_a_limit(broker: AlpacaBroker, asked: Asked, resting: Order) -> None:
    target = resting.leg(OrderRole.TARGET)
    assert target is not None
    broker.replace(target, Decimal(155))
    assert asked.sent() == [(f"PATCH /v2/orders/{target.broker_id}", {"limit_price": "155.00"})]


def test_a_stop_and_a_target_end_each_other(broker: AlpacaBroker, asked: Asked, fake: FakeAlpaca) -> None:
    fake.hold("MSFT", 100, "400")
    broker.protect("MSFT-2", "MSFT", 40, Decimal(390), Decimal(500))
    body = {
        "client_order_id": "MSFT-2",
        "symbol": "MSFT",
        "side": "sell",
        "qty": "40",
        "type": "limit",
        "time_in_force": "gtc",
        "order_class": "oco",
        "stop_loss": {"stop_price": "390.00"},
        "take_profit": {"limit_price": "500.00"},
    }
    assert asked.sent() == [("POST /v2/orders", body)]


def test_a_sale_looks_at_its_symbol_alone_and_cancels_by_alpacas_id(
    broker: AlpacaBroker, asked: Asked, stop: Order
) -> None:
    broker.close("MSFT-3", "MSFT", 100)
    every = asked.now()
    symbol = {"symbols": "MSFT"}
    assert every[:5] == [
        ("GET /v2/orders:by_client_order_id", {"client_order_id": "MSFT-3"}),
        ("GET /v2/positions/MSFT", {}),
        ("GET /v2/orders", symbol | OPEN),
        ("GET /v2/orders", symbol | ALL),
        (f"DELETE /v2/orders/{stop.broker_id}", {}),
    ]
    assert every[-1] == ("POST /v2/orders", {})


def test_a_sale_is_at_the_market_and_for_the_day(broker: AlpacaBroker, asked: Asked, fake: FakeAlpaca) -> None:
    fake.hold("MSFT", 100, "400")
    broker.close("MSFT-3", "MSFT", 100)
    body = {"client_order_id": "MSFT-3", "symbol": "MSFT", "side": "sell", "qty": "100"}
    assert asked.sent() == [("POST /v2/orders", body | {"type": "market", "time_in_force": "day"})]


def test_a_short_is_bought_back_at_the_market(broker: AlpacaBroker, asked: Asked, fake: FakeAlpaca) -> None:
    fake.hold("MSFT", -100, "400")
    broker.buy_back("MSFT-cover-1", "MSFT", 100)
    body = {"client_order_id": "MSFT-cover-1", "symbol": "MSFT", "side": "buy", "qty": "100"}
    assert asked.sent() == [("POST /v2/orders", body | {"type": "market", "time_in_force": "day"})]


def test_to_close_everything_orders_are_cancelled_twice_over(broker: AlpacaBroker, asked: Asked) -> None:
    broker.close_all()
    assert asked.now() == [("DELETE /v2/orders", {}), ("DELETE /v2/positions", {"cancel_orders": "true"})]


@pytest.mark.parametrize("feed", ["iex", "sip"])
def test_prices_are_asked_of_the_feed_and_bars_are_adjusted_for_splits(
    fake: FakeAlpaca, asked: Asked, clock: ManualClock, feed: str
) -> None:
    market = AlpacaMarket(access_to(fake), clock, WeekdayCalendar(), feed=feed)
    market.snapshots(["AAPL", "MSFT"])
    market.bars(["AAPL", "MSFT"], clock.now() - timedelta(minutes=15))
    market.stop()
    named = {"symbols": "AAPL,MSFT", "feed": feed}
    bars = {
        "start": "2025-08-19T14:30:00+00:00",
        "end": "2025-08-19T14:40:00+00:00",
        "timeframe": "5Min",
        "adjustment": "split",
        "limit": "10000",
    }
    assert asked.now() == [("GET /v2/stocks/snapshots", named), ("GET /v2/stocks/bars", named | bars)]


def test_news_are_asked_for_newest_first_between_two_instants(
    fake: FakeAlpaca, asked: Asked, clock: ManualClock
) -> None:
    news = AlpacaNews(access_to(fake), clock)
    news.headlines(("AAPL", "MSFT"), clock.now() - timedelta(days=1))
    news.stop()
    wanted = {
        "symbols": "AAPL,MSFT",
        "start": "2025-08-18T14:45:00+00:00",
        "end": "2025-08-19T14:45:00+00:00",
        "limit": "50",
        "sort": "desc",
    }
    assert asked.now() == [("GET /v1beta1/news", wanted)]


def test_corporate_actions_are_asked_for_by_type_and_with_some_days_around(fake: FakeAlpaca, asked: Asked) -> None:
    actions = AlpacaCorporateActions(access_to(fake))
    actions.between(("AAPL",), date(2025, 8, 20), date(2025, 8, 27))
    actions.stop()
    ((path, query),) = asked.now()
    assert path == "GET /v1/corporate-actions"
    assert (query["symbols"], query["limit"]) == ("AAPL", "1000")
    assert {"forward_split", "reverse_split", "name_change"} <= set(query["types"].split(","))
    assert query["start"] < "2025-08-20"
    assert query["end"] > "2025-08-27"
