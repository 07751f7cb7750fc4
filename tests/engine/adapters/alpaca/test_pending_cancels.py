"""A cancel that Alpaca takes and does not carry out at once."""

from collections.abc import Iterator

import pytest

from engine.adapters.alpaca.broker import AlpacaBroker
from engine.adapters.circuit_breaker import GuardedBroker
from engine.errors import CancelPending
from engine.model.trade import Order, OrderRole, OrderState
from tests.contracts.brokers import ENTRY
from tests.engine.adapters.alpaca.access import access_to
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.breaker import FakeBreaker
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.clock import ManualClock


@pytest.fixture
def broker(fake: FakeAlpaca, clock: ManualClock) -> Iterator[AlpacaBroker]:
    """A broker that waits for no cancel, and has bought; every cancel stays pending."""
    broker = AlpacaBroker(access_to(fake), clock, WeekdayCalendar(), patience=0.0)
    broker.submit(ENTRY)
    fake.hold_cancels()
    yield broker
    broker.stop()


def entry(broker: AlpacaBroker) -> Order:
    order = broker.order(ENTRY.client_order_id)
    assert order is not None
    return order


def leg(broker: AlpacaBroker, role: OrderRole) -> Order:
    found = entry(broker).leg(role)
    assert found is not None
    return found


def cancels(fake: FakeAlpaca) -> int:
    return sum(request.method == "DELETE" for request in fake.requests)


def sell(broker: AlpacaBroker | GuardedBroker) -> None:
    broker.close("exit-1", "AAPL", 100)


def test_a_sale_that_waits_for_a_pending_cancel_says_so(broker: AlpacaBroker) -> None:
    with pytest.raises(CancelPending):
        sell(broker)


def test_a_pending_cancel_is_not_sent_again(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    for _ in range(5):
        with pytest.raises(CancelPending):
            sell(broker)
        broker.cancel(leg(broker, OrderRole.STOP))
    assert cancels(fake) == 1


def test_once_the_cancel_is_done_the_sale_goes_through(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    with pytest.raises(CancelPending):
        sell(broker)
    fake.release_cancels()
    sell(broker)
    assert broker.positions() == ()


def test_an_order_with_a_pending_cancel_is_alive_and_says_why(broker: AlpacaBroker) -> None:
    broker.cancel(leg(broker, OrderRole.TARGET))
    target = leg(broker, OrderRole.TARGET)
    assert (target.state, target.reason) == (OrderState.ACCEPTED, "pending_cancel")


def test_an_order_with_a_pending_cancel_may_still_be_filled(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    target = leg(broker, OrderRole.TARGET)
    broker.cancel(target)
    fake.fill(target.broker_id, 40)
    now = leg(broker, OrderRole.TARGET)
    assert (now.state, now.filled_shares, now.reason) == (OrderState.PARTLY_FILLED, 40, "pending_cancel")
    fake.fill(target.broker_id)
    assert leg(broker, OrderRole.TARGET).state is OrderState.FILLED


def test_a_pending_cancel_is_an_answer_and_opens_no_breaker(broker: AlpacaBroker) -> None:
    breaker = FakeBreaker()
    guarded = GuardedBroker(broker, breaker)
    for _ in range(10):
        with pytest.raises(CancelPending):
            sell(guarded)
    assert breaker.is_closed()
