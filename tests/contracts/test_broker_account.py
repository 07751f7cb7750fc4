"""What every Broker promises about the account's history, and about shares that are sold short."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest

from engine.errors import DeskNotActive, OrderExists, OrderRefused
from engine.model.account import AssetKind
from engine.model.activity import Activity, ActivityKind
from engine.model.signal import Side
from engine.model.trade import OrderRole, OrderState
from tests.contracts.brokers import ENTRY, Harness, bought, found, held, leg, unfinished

COVER = f"{ENTRY.client_order_id}-cover-1"
NOTHING = str(uuid.UUID(int=0))


def history(harness: Harness) -> tuple[Activity, ...]:
    return harness.broker.activities(harness.now() - timedelta(days=1))


def short(harness: Harness, shares: int = 40) -> None:
    """Sell shares that are not held, as a late fill does."""
    harness.deal_by_hand("AAPL", -shares, "150.25")


# The history


def test_a_new_account_has_no_history(harness: Harness) -> None:
    assert history(harness) == ()


def test_a_fill_is_told_with_its_shares_its_price_and_its_order(harness: Harness) -> None:
    order = bought(harness)
    (fill,) = history(harness)
    assert (fill.kind, fill.symbol, fill.shares) == (ActivityKind.FILL, "AAPL", Decimal(100))
    assert (fill.price, fill.order_id, fill.at) == (order.fill_price, order.broker_id, order.filled_at)


def test_a_sale_takes_shares_out_and_names_the_leg_that_sold(harness: Harness) -> None:
    bought(harness)
    harness.price("AAPL", "147.50")
    stop = leg(found(harness), OrderRole.STOP)
    _, sale = history(harness)
    assert (sale.shares, sale.price, sale.order_id) == (Decimal(-100), stop.fill_price, stop.broker_id)


def test_every_activity_has_an_id_of_its_own_that_stays(harness: Harness) -> None:
    bought(harness)
    harness.price("AAPL", "147.50")
    ids = [activity.id for activity in history(harness)]
    assert len(set(ids)) == 2
    assert [activity.id for activity in history(harness)] == ids


def test_the_history_is_told_since_an_instant_with_what_happened_at_it(harness: Harness) -> None:
    bought(harness)
    harness.price("AAPL", "147.50")
    (sale,) = harness.broker.activities(harness.now())
    assert sale.shares == -100
    assert harness.broker.activities(harness.now() + timedelta(seconds=5)) == ()


def test_a_deal_by_hand_is_told_at_its_own_price_under_an_order_that_is_nobody_s(harness: Harness) -> None:
    bought(harness)
    order_id = harness.deal_by_hand("AAPL", -10, "149.10")
    _, sale = history(harness)
    assert (sale.shares, sale.price, sale.order_id) == (Decimal(-10), Decimal("149.10"), order_id)
    order = harness.broker.order_of(order_id)
    assert order is not None
    assert (order.side, order.state, order.fill_price) == (Side.SELL, OrderState.FILLED, Decimal("149.10"))
    assert not order.client_order_id.startswith(ENTRY.client_order_id)


def test_money_that_comes_and_goes_is_told_and_is_in_the_account(harness: Harness) -> None:
    harness.move_cash(5_000)
    harness.move_cash(-30_000)
    assert [(activity.kind, activity.dollars) for activity in history(harness)] == [
        (ActivityKind.CASH, Decimal(5_000)),
        (ActivityKind.CASH, Decimal(-30_000)),
    ]
    assert harness.broker.account().cash == 75_000


# An order by the broker's own id


def test_an_order_is_found_by_the_broker_s_id_as_by_ours(harness: Harness) -> None:
    order = bought(harness)
    assert harness.broker.order_of(order.broker_id) == order


def test_a_leg_is_found_by_its_id_alone(harness: Harness) -> None:
    stop = leg(bought(harness), OrderRole.STOP)
    assert harness.broker.order_of(stop.broker_id) == stop


def test_an_id_that_the_broker_does_not_have_is_not_found(harness: Harness) -> None:
    assert harness.broker.order_of(NOTHING) is None


def test_our_own_id_is_none_of_the_broker_s(harness: Harness) -> None:
    bought(harness)
    assert harness.broker.order_of(ENTRY.client_order_id) is None


def test_to_look_at_a_leg_by_its_id_changes_nothing_for_its_trade(harness: Harness) -> None:
    before = bought(harness)
    harness.broker.order_of(leg(before, OrderRole.TARGET).broker_id)
    assert found(harness) == before


# Sold short


def test_shares_sold_short_are_a_position_below_nothing(harness: Harness) -> None:
    short(harness)
    (position,) = harness.broker.positions()
    assert (position.symbol, position.shares, position.kind) == ("AAPL", -40, AssetKind.STOCK)
    assert position.value == -40 * position.price
    account = harness.broker.account()
    assert account.cash == 100_000 + 40 * Decimal("150.25")
    assert account.equity == account.cash + position.value


def test_a_position_is_told_alone_as_it_is_among_all(harness: Harness) -> None:
    assert harness.broker.position("AAPL") is None
    short(harness)
    assert (harness.broker.position("AAPL"),) == harness.broker.positions()
    assert harness.broker.position("MSFT") is None


def test_what_is_held_and_more_is_sold_into_a_short_position(harness: Harness) -> None:
    bought(harness)
    harness.deal_by_hand("AAPL", -140, "151.00")
    (position,) = harness.broker.positions()
    assert (position.shares, position.cost) == (-40, Decimal(151))


def test_a_short_position_is_bought_back_at_the_market(harness: Harness) -> None:
    short(harness)
    harness.broker.buy_back(COVER, "AAPL", 40)
    harness.price("AAPL", "150.25")
    order = found(harness, COVER)
    assert (order.role, order.side, order.state) == (OrderRole.COVER, Side.BUY, OrderState.FILLED)
    assert (held(harness), unfinished(harness)) == (0, [])
    assert history(harness)[-1].shares == 40


def test_a_part_of_a_short_position_can_be_bought_back(harness: Harness) -> None:
    short(harness)
    harness.broker.buy_back(COVER, "AAPL", 15)
    harness.price("AAPL", "150.25")
    assert held(harness) == -25


def test_no_more_is_bought_back_than_is_short(harness: Harness) -> None:
    short(harness)
    with pytest.raises(OrderRefused):
        harness.broker.buy_back(COVER, "AAPL", 41)
    with pytest.raises(OrderRefused):
        harness.broker.buy_back(COVER, "MSFT", 1)
    assert harness.broker.order(COVER) is None


def test_nothing_that_is_held_is_bought_back(harness: Harness) -> None:
    bought(harness)
    with pytest.raises(OrderRefused):
        harness.broker.buy_back(COVER, "AAPL", 1)
    assert held(harness) == 100


def test_what_is_being_bought_back_is_not_bought_twice(harness: Harness) -> None:
    harness.wait(6)  # after the close both orders wait
    short(harness)
    harness.broker.buy_back(COVER, "AAPL", 30)
    with pytest.raises(OrderRefused):
        harness.broker.buy_back(f"{ENTRY.client_order_id}-cover-2", "AAPL", 11)


def test_buying_back_twice_under_one_id_buys_once(harness: Harness) -> None:
    short(harness)
    harness.broker.buy_back(COVER, "AAPL", 20)
    with pytest.raises(OrderExists):
        harness.broker.buy_back(COVER, "AAPL", 20)
    harness.price("AAPL", "150.25")
    assert held(harness) == -20


def test_a_short_position_cannot_be_sold(harness: Harness) -> None:
    short(harness)
    with pytest.raises(OrderRefused):
        harness.broker.close("exit-1", "AAPL", 40)
    assert held(harness) == -40


def test_closing_everything_buys_back_what_is_short(harness: Harness) -> None:
    short(harness)
    assert harness.broker.close_all() == ()
    harness.price("AAPL", "150.25")
    assert harness.broker.positions() == ()


# The last look


def test_the_last_look_is_taken_once_before_the_order_is_there(harness: Harness) -> None:
    looks = list[bool]()
    harness.broker.submit(ENTRY, lambda: looks.append(harness.broker.order(ENTRY.client_order_id) is None))
    assert looks == [True]


def test_what_the_last_look_raises_stops_the_order(harness: Harness) -> None:
    def stop() -> None:
        raise DeskNotActive("halted")

    with pytest.raises(DeskNotActive):
        harness.broker.submit(ENTRY, stop)
    assert harness.broker.order(ENTRY.client_order_id) is None
    harness.broker.submit(ENTRY)
    assert found(harness).shares == 100


def test_the_broker_s_clock_goes_as_ours(harness: Harness) -> None:
    assert harness.broker.clock_skew() == timedelta(0)
