"""An entry that somebody replaces at Alpaca is one order: each way of asking shows it as it is now, under our id."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from engine.adapters.alpaca.broker import AlpacaBroker
from engine.adapters.alpaca.order_groups import OrderGroups
from engine.adapters.alpaca.replacements import as_one, read
from engine.model.trade import Order, OrderRole, OrderState
from tests.contracts.brokers import ENTRY
from tests.engine.adapters.alpaca.access import access_to
from tests.engine.adapters.alpaca.test_order_lookup import A_PAGE, behind, page
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.clock import ManualClock

LIMITED = replace(ENTRY, limit=Decimal("149.50"))
ALONE = replace(LIMITED, extended=True)
OURS = ENTRY.client_order_id

LOOKS: dict[str, Callable[[AlpacaBroker], Order | None]] = {
    "by our id": lambda broker: broker.order(OURS),
    "among the orders": lambda broker: next(iter(broker.orders()), None),
    "among many": lambda broker: broker.find_orders([OURS, "b", "c"]).get(OURS),
}
LOOK = pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
Look = Callable[[AlpacaBroker], Order | None]


def seen(look: Look, broker: AlpacaBroker) -> Order:
    order = look(broker)
    assert order is not None
    return order


@LOOK
@pytest.mark.parametrize("prices", [["149.80"], ["149.80", "149.20", "149.90"]], ids=["once", "often"])
def test_an_entry_is_what_replaced_it_last(
    broker: AlpacaBroker, fake: FakeAlpaca, clock: ManualClock, look: Look, prices: list[str]
) -> None:
    ids = [broker.submit(LIMITED).broker_id]
    for price in prices:
        clock.advance(1)
        ids.append(fake.move_by_hand(ids[-1], limit=price))
    order = seen(look, broker)
    assert (order.client_order_id, order.role, order.broker_id) == (OURS, OrderRole.ENTRY, ids[-1])
    assert (order.state, order.price, order.shares) == (OrderState.ACCEPTED, Decimal(prices[-1]), 100)
    assert [(part.broker_id, part.state) for part in order.replaced] == [
        (each, OrderState.REPLACED) for each in ids[:-1]
    ]
    assert {(leg.role, leg.state) for leg in order.legs} == {
        (OrderRole.STOP, OrderState.HELD),
        (OrderRole.TARGET, OrderState.HELD),
    }


@LOOK
def test_a_lone_entry_that_was_replaced_has_no_legs(
    broker: AlpacaBroker, fake: FakeAlpaca, clock: ManualClock, look: Look
) -> None:
    clock.set(clock.now().replace(hour=12))
    broker.submit(ALONE)
    fake.move_by_hand(OURS, limit="149.80")
    assert seen(look, broker).legs == ()
    assert seen(look, broker).price == Decimal("149.80")


@LOOK
def test_what_was_bought_before_and_after_is_counted_once(
    broker: AlpacaBroker, fake: FakeAlpaca, clock: ManualClock, look: Look
) -> None:
    broker.submit(LIMITED)
    fake.fill(OURS, 40, "149.40")
    new = fake.move_by_hand(OURS, limit="149.80")
    before = seen(look, broker)
    assert (before.state, before.filled_shares, before.fill_price) == (OrderState.PARTLY_FILLED, 40, Decimal("149.40"))
    assert before.shares == 140  # Alpaca lets the new one buy as many as the old one was for
    fake.fill(new, 60, "149.80")
    after = seen(look, broker)
    assert (after.filled_shares, after.unfilled_shares, after.fill_price) == (100, 40, Decimal("149.64"))
    assert sum(part.filled_shares for part in after.replaced) == 0
    clock.advance(1)
    fake.move_by_hand(new, limit="149.90")
    assert seen(look, broker).filled_shares == 100


def test_an_entry_that_was_filled_after_it_was_replaced_is_filled(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    broker.submit(LIMITED)
    fake.move_by_hand(OURS, limit="149.80")
    fake.price("AAPL", "149.75")
    order = seen(LOOKS["by our id"], broker)
    assert (order.state, order.filled_shares, order.fill_price) == (OrderState.FILLED, 100, Decimal("149.75"))
    assert order.filled_at is not None


def test_a_replacement_that_is_rejected_leaves_the_entry_as_it_was(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    sent = broker.submit(LIMITED)
    fake.reject_next()
    fake.move_by_hand(OURS, limit="149.80")
    assert seen(LOOKS["by our id"], broker).broker_id == sent.broker_id
    assert [order.price for order in broker.orders()] == [Decimal("149.50")]


def test_a_cancel_ends_what_an_entry_is_now(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    broker.submit(LIMITED)
    fake.move_by_hand(OURS, limit="149.80")
    broker.cancel(seen(LOOKS["among the orders"], broker))
    assert broker.orders() == ()
    assert seen(LOOKS["by our id"], broker).state is OrderState.CANCELLED


def test_each_of_the_brokers_ids_leads_to_the_entry(broker: AlpacaBroker, fake: FakeAlpaca, clock: ManualClock) -> None:
    ids = [broker.submit(LIMITED).broker_id]
    for price in ("149.60", "149.70", "149.80"):
        ids.append(fake.move_by_hand(ids[-1], limit=price))
    next_life = AlpacaBroker(access_to(fake), clock, WeekdayCalendar())
    for one in (broker, next_life):
        found = [one.order_of(broker_id) for broker_id in ids]
        assert {(order.client_order_id, order.price) for order in found if order} == {(OURS, Decimal("149.80"))}
        assert len(found) == len(ids)
        assert one.order(OURS) == found[0]
    next_life.stop()


def test_a_purchase_that_ends_a_short_position_keeps_its_role(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    fake.sell_by_hand("AAPL", 100, "150")
    fake.fill_by_hand()
    broker.buy_back("T-cover-1", "AAPL", 100)
    fake.move_by_hand("T-cover-1")
    (order,) = broker.orders()
    assert (order.client_order_id, order.role, len(order.replaced)) == ("T-cover-1", OrderRole.COVER, 1)


def test_pages_are_read_until_the_order_that_an_open_purchase_replaced() -> None:
    new = json.loads(page(0, 1, status="new", replaces=f"id-{A_PAGE + 3}"))
    old = json.loads(page(A_PAGE + 3, 1, status="replaced", replaced_by="id-0", client_order_id="ours"))
    first = [*new, *json.loads(page(1, A_PAGE - 1))]
    second = [*json.loads(page(A_PAGE, 3)), *old]
    with behind(json.dumps(new), json.dumps(first), json.dumps(second)) as (broker, server):
        (order,) = broker.orders()
        assert (order.client_order_id, order.broker_id) == ("ours", "id-0")
        assert len(server.asked) == 3


def raw(broker_id: str, status: str, **more: str) -> dict[str, Any]:
    """Return an order as Alpaca tells it."""
    [order] = json.loads(page(0, 1, id=broker_id, client_order_id=f"client-{broker_id}", status=status))
    return dict(order) | more


@pytest.mark.parametrize(
    ("chain", "broker_id", "state"),
    [
        ([raw("a", "pending_replace", replaced_by="b"), raw("b", "accepted")], "a", OrderState.ACCEPTED),
        ([raw("a", "new", replaced_by="b"), raw("b", "rejected")], "a", OrderState.ACCEPTED),
        ([raw("a", "filled", replaced_by="b", filled_qty="1"), raw("b", "rejected")], "a", OrderState.FILLED),
        ([raw("a", "replaced", replaced_by="b"), raw("b", "rejected")], "b", OrderState.REJECTED),
        ([raw("a", "replaced", replaced_by="b"), raw("b", "canceled")], "b", OrderState.CANCELLED),
        ([raw("a", "replaced", replaced_by="b")], "a", OrderState.UNKNOWN),
        (
            [raw("a", "replaced", replaced_by="b"), raw("b", "pending_replace", replaced_by="c"), raw("c", "new")],
            "b",
            OrderState.ACCEPTED,
        ),
    ],
    ids=["pending", "refused", "too late", "both gone", "cancelled", "not shown", "pending again"],
)
def test_an_order_is_the_first_of_them_that_is_alive(
    chain: list[dict[str, Any]], broker_id: str, state: OrderState
) -> None:
    order = read(as_one(chain[0], chain[1:]))
    assert (order.client_order_id, order.broker_id, order.state) == ("client-a", broker_id, state)


def test_updates_lead_to_what_we_sent_though_nobody_looked_between_two_replacements(broker: AlpacaBroker) -> None:
    groups = OrderGroups()
    groups.keep(broker.submit(LIMITED), None)
    sent = broker.order(OURS)
    assert sent is not None
    told = [{"id": "b", "client_order_id": "x", "replaces": sent.broker_id}, {"id": "c", "replaces": "b"}]
    assert [groups.root(update) for update in told] == [OURS, OURS]
