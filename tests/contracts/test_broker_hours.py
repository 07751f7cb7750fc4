"""What every Broker promises outside regular hours, and of shares that it holds already."""

from dataclasses import replace
from decimal import Decimal

import pytest

from engine.errors import OrderRefused
from engine.model.trade import Entry, Order, OrderRole, OrderState
from tests.contracts.brokers import ENTRY, Harness, bought, found, held, unfinished

AFTER_HOURS = 7.0
"""Hours from 10:45 to 17:45 in New York."""
EXTENDED = replace(ENTRY, limit=Decimal("150.50"), extended=True)
STOP, TARGET = Decimal("148.50"), Decimal("154.78")


def bought_after_hours(harness: Harness) -> Order:
    harness.wait(AFTER_HOURS)
    harness.broker.submit(EXTENDED)
    harness.price("AAPL", "150.40")
    return found(harness)


def parts(harness: Harness, client_order_id: str) -> dict[OrderRole, Order]:
    """Return an order and its legs by what they are for."""
    order = found(harness, client_order_id)
    return {part.role: part for part in (order, *order.legs)}


def protected(harness: Harness) -> None:
    harness.broker.protect("protect-1", "AAPL", 100, STOP, TARGET)


@pytest.mark.parametrize("sound", [ENTRY, replace(ENTRY, limit=Decimal("150.50")), EXTENDED])
def test_a_sound_entry_passes_its_check(harness: Harness, sound: Entry) -> None:
    harness.broker.check(sound, Decimal("150.25"))


@pytest.mark.parametrize(
    "wrong",
    [
        replace(ENTRY, shares=0),
        replace(ENTRY, stop=Decimal("150.40")),
        replace(ENTRY, target=Decimal("150.10")),
        replace(ENTRY, stop=Decimal("147.995")),
        replace(ENTRY, stop=Decimal(0)),
        replace(ENTRY, target=Decimal("NaN")),
        replace(ENTRY, limit=Decimal("150.255")),
        replace(ENTRY, limit=Decimal("147.00")),
        replace(ENTRY, client_order_id="x" * 129),
        replace(EXTENDED, limit=None),
    ],
    ids=[
        "no shares",
        "stop above the price",
        "target under the price",
        "stop between cents",
        "no stop",
        "target that is no number",
        "limit between cents",
        "limit under the stop",
        "id too long",
        "extended hours without a limit",
    ],
)
def test_what_would_be_refused_for_its_shape_is_known_before_it_is_sent(harness: Harness, wrong: Entry) -> None:
    with pytest.raises(OrderRefused):
        harness.broker.check(wrong, Decimal("150.25"))
    assert harness.broker.orders() == ()


def test_an_entry_for_extended_hours_is_filled_in_them_within_its_limit_and_has_no_legs(harness: Harness) -> None:
    order = bought_after_hours(harness)
    assert (order.state, order.filled_shares, order.legs) == (OrderState.FILLED, 100, ())
    assert order.fill_price is not None
    assert order.fill_price <= Decimal("150.50")


def test_an_entry_for_extended_hours_waits_for_its_price_until_they_end(harness: Harness) -> None:
    harness.wait(AFTER_HOURS)
    harness.price("AAPL", "151.00")
    harness.broker.submit(EXTENDED)
    harness.price("AAPL", "150.90")
    assert unfinished(harness) != []
    harness.wait(2.5)
    assert found(harness).state is OrderState.EXPIRED
    assert held(harness) == 0


def test_shares_that_are_held_get_a_stop_and_a_target(harness: Harness) -> None:
    bought_after_hours(harness)
    protected(harness)
    exits = parts(harness, "protect-1")
    assert {role: (order.price, order.shares) for role, order in exits.items()} == {
        OrderRole.STOP: (STOP, 100),
        OrderRole.TARGET: (TARGET, 100),
    }
    assert not any(order.state.is_over for order in exits.values())


@pytest.mark.parametrize(
    ("price", "sold", "ended"),
    [("148.40", OrderRole.STOP, OrderRole.TARGET), ("154.90", OrderRole.TARGET, OrderRole.STOP)],
)
def test_a_stop_and_its_target_sell_the_shares_once(
    harness: Harness, price: str, sold: OrderRole, ended: OrderRole
) -> None:
    bought_after_hours(harness)
    protected(harness)
    harness.wait(17)  # 10:45 of the next morning
    harness.price("AAPL", price)
    exits = parts(harness, "protect-1")
    assert (exits[sold].state, exits[sold].filled_shares) == (OrderState.FILLED, 100)
    assert exits[ended].state is OrderState.CANCELLED
    assert held(harness) == 0


def test_stops_and_targets_sleep_outside_regular_hours(harness: Harness) -> None:
    bought_after_hours(harness)
    protected(harness)
    harness.price("AAPL", "140.00")
    harness.price("AAPL", "160.00")
    assert held(harness) == 100


def test_shares_that_are_protected_by_themselves_can_be_closed(harness: Harness) -> None:
    bought_after_hours(harness)
    protected(harness)
    harness.wait(17)
    harness.broker.close("exit-1", "AAPL", 100)
    harness.price("AAPL", "150.25")
    assert held(harness) == 0
    assert unfinished(harness) == []


def test_closing_all_ends_every_order_and_every_position(harness: Harness) -> None:
    bought(harness)
    harness.broker.submit(
        Entry(
            client_order_id="waits",
            symbol="MSFT",
            shares=10,
            stop=Decimal(300),
            target=Decimal(500),
            limit=Decimal(350),
        )
    )
    assert harness.broker.close_all() == ()
    harness.price("AAPL", "150.25")
    harness.price("MSFT", "340.00")
    assert harness.broker.positions() == ()
    assert unfinished(harness) == []


def test_closing_all_of_nothing_is_no_error(harness: Harness) -> None:
    assert harness.broker.close_all() == ()
