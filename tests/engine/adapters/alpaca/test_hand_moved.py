"""Orders that somebody moves at Alpaca: each way of asking shows the price that is live."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from engine.adapters.alpaca.broker import AlpacaBroker
from engine.errors import OrderRefused
from engine.model.trade import Order, OrderRole, OrderState
from tests.contracts.brokers import ENTRY
from tests.support.fakes.alpaca.server import FakeAlpaca

LOOKS: dict[str, Callable[[AlpacaBroker], Order | None]] = {
    "by our id": lambda broker: broker.order(ENTRY.client_order_id),
    "among the orders": lambda broker: next(iter(broker.orders()), None),
    "among many": lambda broker: broker.find_orders([ENTRY.client_order_id, "b", "c"]).get(ENTRY.client_order_id),
}
LOOK = pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())


def leg(order: Order | None, role: OrderRole) -> Order:
    found = order.leg(role) if order else None
    assert found is not None
    return found


@LOOK
@pytest.mark.parametrize("role", [OrderRole.STOP, OrderRole.TARGET])
def test_a_leg_that_was_moved_twice_shows_its_last_price(
    broker: AlpacaBroker, fake: FakeAlpaca, look: Callable[[AlpacaBroker], Order | None], role: OrderRole
) -> None:
    broker.submit(ENTRY)
    name = "stop" if role is OrderRole.STOP else "limit"
    live = leg(look(broker), role).broker_id
    for price in ("148.50", "149.25") if role is OrderRole.STOP else ("156.00", "157.25"):
        live = fake.move_by_hand(live, **{name: price})
    moved = leg(look(broker), role)
    assert (moved.broker_id, moved.price) == (live, Decimal(price))
    assert not moved.state.is_over


@LOOK
def test_a_moved_leg_that_fills_is_the_leg(
    broker: AlpacaBroker, fake: FakeAlpaca, look: Callable[[AlpacaBroker], Order | None]
) -> None:
    del look
    broker.submit(ENTRY)
    fake.move_by_hand(leg(broker.order(ENTRY.client_order_id), OrderRole.STOP).broker_id, stop="149.25")
    fake.price("AAPL", "149.20")
    stop = leg(broker.order(ENTRY.client_order_id), OrderRole.STOP)
    assert (stop.state, stop.filled_shares, stop.price) == (OrderState.FILLED, 100, Decimal("149.25"))


def test_a_lone_stop_that_was_moved_has_its_replacement_as_a_leg(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    fake.hold("AAPL", 100, "150")
    sent = broker.protect("stop-1", "AAPL", 100, Decimal("148.00"))
    new = fake.move_by_hand(sent.broker_id, stop="1.00")
    shown = [broker.order("stop-1"), *broker.orders(), broker.find_orders(["stop-1", "b", "c"])["stop-1"]]
    assert {(leg(order, OrderRole.STOP).broker_id, leg(order, OrderRole.STOP).price) for order in shown} == {
        (new, Decimal("1.00"))
    }


@LOOK
def test_an_order_that_the_broker_adjusted_for_a_split_shows_its_new_price_and_shares(
    broker: AlpacaBroker, fake: FakeAlpaca, look: Callable[[AlpacaBroker], Order | None]
) -> None:
    broker.submit(ENTRY)
    fake.split("AAPL", 2, orders="adjusted")
    order = look(broker)
    stop, target = leg(order, OrderRole.STOP), leg(order, OrderRole.TARGET)
    assert (stop.price, stop.shares) == (Decimal("74.00"), 200)
    assert (target.price, target.shares) == (Decimal("77.38"), 200)


def test_both_legs_may_fill_and_the_account_is_short(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    broker.submit(ENTRY)
    fake.fill_both_legs(ENTRY.client_order_id)
    order = broker.order(ENTRY.client_order_id)
    assert {leg(order, role).filled_shares for role in (OrderRole.STOP, OrderRole.TARGET)} == {100}
    assert [position.shares for position in broker.positions()] == [-100]


def test_a_cancelled_leg_may_fill_late(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    broker.submit(ENTRY)
    target = leg(broker.order(ENTRY.client_order_id), OrderRole.TARGET)
    fake.price("AAPL", "147.50")
    fake.fill(target.broker_id, 30, "154.75")
    assert leg(broker.order(ENTRY.client_order_id), OrderRole.TARGET).filled_shares == 30
    assert [position.shares for position in broker.positions()] == [-30]


def test_an_order_of_ours_is_never_looked_for_by_the_wrong_kind_of_id(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    broker.submit(ENTRY)
    broker.protect("never-mind", "MSFT", 1, Decimal(400))
    broker.cancel(leg(broker.order(ENTRY.client_order_id), OrderRole.TARGET))
    assert broker.order(ENTRY.client_order_id) is not None
    with pytest.raises(OrderRefused):
        broker.buy_back(f"{ENTRY.client_order_id}-cover-1", "AAPL", 1)
    known = {str(order["id"]) for order in fake.orders}
    named = {request.path.split("/")[-1] for request in fake.requests if request.path.startswith("/v2/orders/")}
    assert named <= known
