"""Many orders are looked for in a few pages of the list, because requests are counted by the minute."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from engine.adapters.alpaca.broker import AlpacaBroker
from engine.adapters.alpaca.client import AlpacaAccess
from engine.adapters.alpaca.rate_limiter import RateLimiter
from engine.errors import BrokerUnavailable
from engine.model.trade import Entry, Order, OrderRole, OrderState
from tests.engine.adapters.alpaca.replies import Replies, replies
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.clock import ManualClock

ENTRY = Entry(
    client_order_id="AAPL_20250819_234515",
    symbol="AAPL",
    shares=1,
    stop=Decimal("147.99"),
    target=Decimal("154.75"),
)
A_PAGE = 500


def send(broker: AlpacaBroker, clock: ManualClock, orders: int) -> Sequence[str]:
    """Send so many brackets one after the other; return their ids, oldest first."""
    names = [f"AAPL_20250819_{number:06}" for number in range(orders)]
    for name in names:
        clock.advance(1)
        broker.submit(replace(ENTRY, client_order_id=name))
    return names


def page(first: int, orders: int, seconds: int = 1, **changes: object) -> str:
    """Return a page of a list, newest first: orders that are over, so many seconds apart."""
    last = datetime(2025, 8, 19, 14, 45, tzinfo=UTC)
    return json.dumps(
        [
            {
                "id": f"id-{number}",
                "client_order_id": f"order-{number}",
                "symbol": "AAPL",
                "side": "buy",
                "type": "market",
                "qty": "1",
                "status": "canceled",
                "submitted_at": (last - number * timedelta(seconds=seconds)).isoformat(),
            }
            | changes
            for number in range(first, first + orders)
        ]
    )


@contextmanager
def behind(*pages: str) -> Iterator[tuple[AlpacaBroker, Replies]]:
    """Reach a server that answers with these pages in turn."""
    with replies(*((200, page) for page in pages)) as server:
        access = AlpacaAccess(key="key", secret="secret", budget=RateLimiter(), trading_url=server.url)
        broker = AlpacaBroker(access, ManualClock(datetime(2025, 8, 19, 14, 45, tzinfo=UTC)), WeekdayCalendar())
        yield broker, server
        broker.stop()


def test_a_page_shows_every_order_on_it(broker: AlpacaBroker, fake: FakeAlpaca, clock: ManualClock) -> None:
    names = send(broker, clock, 20)
    before = len(fake.requests)
    assert set(broker.find_orders(names)) == set(names)
    assert len(fake.requests) == before + 1


def test_a_few_orders_are_not_worth_a_page(broker: AlpacaBroker, fake: FakeAlpaca, clock: ManualClock) -> None:
    names = send(broker, clock, 2)
    before = len(fake.requests)
    assert broker.find_orders(names) == {}
    assert len(fake.requests) == before


def test_a_leg_that_was_replaced_is_shown_with_what_replaced_it(broker: AlpacaBroker, clock: ManualClock) -> None:
    names = send(broker, clock, 3)
    target = broker.submit(ENTRY).leg(OrderRole.TARGET)
    assert target is not None
    broker.replace(target, Decimal("154.78"))
    shown = broker.find_orders([*names, ENTRY.client_order_id])[ENTRY.client_order_id]
    assert shown == broker.order(ENTRY.client_order_id)
    assert Decimal("154.78") in {part.price for part in shown.legs}


@pytest.mark.parametrize("moves", [1, 19, 20, 21, 150, 620])
def test_a_stop_that_followed_the_price_for_long_is_found_with_all_its_prices_in_a_few_requests(
    broker: AlpacaBroker, fake: FakeAlpaca, clock: ManualClock, moves: int
) -> None:
    fake.hold("AAPL", 10, "150")
    prices = [Decimal(14_000 + cent).scaleb(-2) for cent in range(moves + 1)]
    live = broker.protect("stop-1", "AAPL", 10, prices[0]).broker_id
    for price in prices[1:]:
        clock.advance(1)
        live = fake.move_by_hand(live, stop=str(price))
    before = len(fake.requests)
    order = broker.order("stop-1")
    assert order is not None
    assert [part.price for part in order.parts] == prices
    assert [part.broker_id for part in order.parts if not part.state.is_over] == [live]
    assert len(fake.requests) - before <= 6


def test_a_target_that_was_moved_often_is_found_with_the_stop_beside_it(
    broker: AlpacaBroker, fake: FakeAlpaca, clock: ManualClock
) -> None:
    fake.hold("AAPL", 10, "150")
    live = broker.protect("stop-1", "AAPL", 10, Decimal(140), Decimal(160)).broker_id
    for cent in range(1, 41):
        clock.advance(1)
        live = fake.move_by_hand(live, limit=f"160.{cent:02}")
    order = broker.order("stop-1")
    assert order is not None
    assert {(part.role, part.price) for part in order.parts if not part.state.is_over} == {
        (OrderRole.STOP, Decimal(140)),
        (OrderRole.TARGET, Decimal("160.40")),
    }


def replaced(number: int, by: int) -> str:
    """Return an order that another replaced."""
    [order] = json.loads(page(number, 1, status="replaced", replaced_by=f"id-{by}"))
    return json.dumps(order)


def broker_ids(order: Order) -> list[str]:
    """Return the ids of an order and of what it replaced, the oldest first."""
    return [part.broker_id for part in (*order.replaced, order)]


def test_replacements_that_the_list_lacks_are_asked_for_by_their_ids() -> None:
    first, rest = [replaced(n, n + 1) for n in range(4)], [replaced(n, n + 1) for n in range(4, 60)]
    with behind(*first, page(900, 1), *rest, json.dumps(json.loads(page(60, 1))[0])) as (broker, server):
        order = broker.order_of("id-0")
        assert order is not None
        assert broker_ids(order) == [f"id-{number}" for number in range(61)]
        assert len(server.asked) == 62


def test_trap_replacements_in_a_circle_end() -> None:
    with behind(replaced(0, 1), replaced(1, 2), replaced(2, 0)) as (broker, server):
        order = broker.order_of("id-0")
        assert order is not None
        assert broker_ids(order) == ["id-0", "id-1", "id-2"]
        assert order.state is OrderState.UNKNOWN
        assert len(server.asked) == 3


def test_trap_replacements_without_an_end_are_no_answer() -> None:
    first, rest = [replaced(n, n + 1) for n in range(4)], [replaced(n, n + 1) for n in range(4, 300)]
    with behind(*first, "[]", *rest) as (broker, server):
        with pytest.raises(BrokerUnavailable):
            broker.order_of("id-0")
        assert len(server.asked) < 110


def test_older_pages_are_read_for_many_orders_and_no_more_of_them_than_would_pay() -> None:
    with behind(page(0, A_PAGE), page(A_PAGE, A_PAGE)) as (broker, server):
        wanted = [f"order-{number}" for number in range(A_PAGE + 10, A_PAGE + 16)]
        assert set(broker.find_orders(wanted)) == set(wanted)
        assert len(server.asked) == 2
        assert broker.find_orders([f"order-{number}" for number in range(9_000, 9_006)]) == {}
        assert len(server.asked) == 4


def test_an_older_page_goes_up_to_the_last_order_of_the_one_before_and_has_that_too() -> None:
    with behind(page(0, A_PAGE), page(A_PAGE, 1)) as (broker, server):
        broker.find_orders([f"order-{number}" for number in range(9_000, 9_006)])
        first, second = (dict(parse_qsl(urlsplit(path).query)) for path in server.asked)
    assert "until" not in first
    assert second == first | {"until": "2025-08-19T14:36:41.000001+00:00"}


@pytest.mark.parametrize("change", [{"order_class": "bracket"}, {"replaced_by": "elsewhere"}, {"side": "neither"}])
def test_an_order_that_is_not_shown_whole_is_left_out(change: dict[str, Any]) -> None:
    with behind(page(0, 5, **change)) as (broker, _):
        assert broker.find_orders([f"order-{number}" for number in range(5)]) == {}


def test_the_last_page_ends_the_search() -> None:
    with behind(page(0, 3)) as (broker, server):
        assert broker.find_orders([f"order-{number}" for number in range(30)]).keys() == {
            "order-0",
            "order-1",
            "order-2",
        }
        assert len(server.asked) == 1


def test_trap_a_list_that_cannot_be_read_on_is_no_answer() -> None:
    with behind(page(0, A_PAGE, seconds=0)) as (broker, _), pytest.raises(BrokerUnavailable):
        broker.orders()
