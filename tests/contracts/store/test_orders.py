from dataclasses import replace
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given, strategies as st

from engine.adapters.sql.signals import AT_ONCE
from engine.errors import StoreUnavailable
from engine.model.signal import Side
from engine.model.trade import Order, OrderRole, OrderState
from engine.ports.store import Store
from tests.contracts.store.samples import amounts, counts, instants, keep, on_one_store, words
from tests.support.fakes.trades import a_trade

TRADE = a_trade()

numbers = count()

ENTRY = Order(
    broker_id="b-1",
    client_order_id=TRADE.id,
    role=OrderRole.ENTRY,
    symbol="AAPL",
    side=Side.BUY,
    shares=512,
    state=OrderState.ACCEPTED,
)
STOP = replace(ENTRY, broker_id="b-2", role=OrderRole.STOP, side=Side.SELL, price=TRADE.stop, state=OrderState.HELD)
TARGET = replace(ENTRY, broker_id="b-3", role=OrderRole.TARGET, side=Side.SELL, price=TRADE.target)

orders = st.builds(
    Order,
    broker_id=words,
    client_order_id=words,
    role=st.sampled_from(OrderRole),
    symbol=words,
    side=st.sampled_from(Side),
    shares=counts,
    state=st.sampled_from(OrderState),
    price=st.none() | amounts,
    filled_shares=counts,
    fill_price=st.none() | amounts,
    filled_at=st.none() | instants,
    reason=words,
)


@pytest.fixture(autouse=True)
def _a_trade_that_has_orders(store: Store) -> None:
    keep(store, TRADE)


def seen(store: Store, *sights: Order, trade_id: str = TRADE.id) -> tuple[Order, ...]:
    """Keep sights of orders one after the other and return what is known in the end."""
    for sight in sights:
        with store.writing() as transaction:
            transaction.save_order(trade_id, sight)
    with store.reading() as reader:
        return reader.orders(trade_id)


@on_one_store
@given(order=orders)
def test_every_field_of_an_order_is_kept_exactly(store: Store, order: Order) -> None:
    new = replace(order, broker_id=f"{next(numbers)} {order.broker_id}")
    assert new in seen(store, new)


def test_a_trade_that_was_not_sent_has_no_orders(store: Store) -> None:
    with store.reading() as reader:
        assert reader.orders(TRADE.id) == ()


def test_a_bracket_is_read_flat_with_its_entry_first(store: Store) -> None:
    assert seen(store, replace(ENTRY, legs=(STOP, TARGET))) == (ENTRY, STOP, TARGET)


def test_the_entry_comes_first_even_when_it_was_seen_last(store: Store) -> None:
    assert seen(store, STOP, TARGET, ENTRY) == (ENTRY, STOP, TARGET)


def test_an_order_that_is_seen_again_is_changed_not_added(store: Store) -> None:
    filled = replace(ENTRY, state=OrderState.FILLED, filled_shares=512, fill_price=Decimal("150.28"))
    live = replace(STOP, state=OrderState.ACCEPTED)
    assert seen(store, replace(ENTRY, legs=(STOP,)), replace(filled, legs=(live,))) == (filled, live)


def test_an_order_kept_before_the_broker_named_it_takes_the_name(store: Store) -> None:
    unnamed = replace(ENTRY, broker_id="", state=OrderState.UNKNOWN, legs=(replace(STOP, broker_id=""),))
    assert seen(store, unnamed, replace(ENTRY, legs=(STOP,))) == (ENTRY, STOP)


def test_a_replacement_stands_beside_the_order_that_it_replaced(store: Store) -> None:
    old = replace(STOP, state=OrderState.REPLACED)
    new = replace(STOP, broker_id="b-4", price=Decimal("148.50"))
    assert seen(store, STOP, new, old) == (old, new)


def test_an_entry_that_was_replaced_goes_on_as_what_it_is_now(store: Store) -> None:
    part = replace(ENTRY, state=OrderState.PARTLY_FILLED, filled_shares=100, fill_price=Decimal("150.20"))
    old = replace(ENTRY, state=OrderState.REPLACED)
    new = replace(part, broker_id="b-4", price=Decimal("151.00"), filled_shares=300, fill_price=Decimal("150.40"))
    newer = replace(new, broker_id="b-5", price=Decimal("152.00"))
    between = replace(old, broker_id="b-4", price=new.price)
    assert seen(store, part, replace(new, replaced=(old,))) == (new, old)
    assert seen(store, replace(newer, replaced=(old, between))) == (newer, old, between)
    assert seen(store, replace(newer, replaced=(old, between))) == (newer, old, between)
    with store.reading() as reader:
        assert [reader.trade_of_order(each) for each in ("b-1", "b-4", "b-5")] == [TRADE.id] * 3
        assert sum(summed for _, summed in reader.shares_in_fills(TRADE.id).values()) == 300


def test_an_older_sight_of_an_entry_that_was_replaced_brings_nothing_back(store: Store) -> None:
    old = replace(ENTRY, state=OrderState.REPLACED)
    new = replace(ENTRY, broker_id="b-4", filled_shares=300, fill_price=Decimal("150.40"))
    late = replace(ENTRY, filled_shares=100, fill_price=Decimal("150.20"))
    assert seen(store, replace(new, replaced=(old,)), late) == (new, old)


def test_an_older_sight_that_comes_late_takes_no_fill_back(store: Store) -> None:
    more = replace(ENTRY, state=OrderState.PARTLY_FILLED, filled_shares=300, fill_price=Decimal("150.28"))
    less = replace(more, filled_shares=100)
    assert seen(store, more, less) == (more,)


def test_orders_belong_to_their_own_trade(store: Store) -> None:
    keep(store, a_trade(id="MSFT"))
    elsewhere = replace(ENTRY, client_order_id="MSFT", symbol="MSFT")
    assert seen(store, elsewhere, trade_id="MSFT") == (elsewhere,)
    assert seen(store, ENTRY) == (ENTRY,)


def test_the_orders_of_many_trades_are_read_as_those_of_each(store: Store) -> None:
    trade_ids = [f"T{number}" for number in range(AT_ONCE + 1)]
    keep(store, *(a_trade(id=trade_id) for trade_id in trade_ids))
    with store.writing() as transaction:
        for trade_id in (TRADE.id, trade_ids[0], trade_ids[-1]):
            for number, order in enumerate((STOP, TARGET, ENTRY)):
                transaction.save_order(
                    trade_id, replace(order, broker_id=f"{trade_id}-{number}", client_order_id=trade_id)
                )
    with store.reading() as reader:
        found = reader.orders_of(trade_ids)
        assert list(found) == trade_ids
        assert found == {trade_id: reader.orders(trade_id) for trade_id in trade_ids}
        assert [order.role for order in found[trade_ids[-1]]] == [OrderRole.ENTRY, OrderRole.STOP, OrderRole.TARGET]
        assert found[trade_ids[1]] == ()
        assert reader.orders_of(()) == {}


def test_an_order_whose_trade_the_database_lost_meanwhile_is_no_fault_of_its_own(store: Store) -> None:
    with pytest.raises(StoreUnavailable, match="lost what this belongs to"):
        seen(store, ENTRY, trade_id="nobody's")
