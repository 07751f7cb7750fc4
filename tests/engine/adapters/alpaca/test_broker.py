import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from engine.adapters.alpaca.broker import AlpacaBroker
from engine.errors import BrokerUnavailable, OrderExists, OrderRefused, OrderUnclear
from engine.model.market import Session
from engine.model.trade import Entry, Order, OrderRole, OrderState
from tests.engine.adapters.alpaca.access import access_to
from tests.engine.adapters.alpaca.replies import replies
from tests.support.fakes.alpaca.faults import Fault
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.clock import ManualClock

ENTRY = Entry(
    client_order_id="AAPL_20250819_234515",
    symbol="AAPL",
    shares=100,
    stop=Decimal("147.99"),
    target=Decimal("154.75"),
)
LIMITED = replace(ENTRY, limit=Decimal("150.50"))
EXTENDED = replace(LIMITED, extended=True)


def found(broker: AlpacaBroker, client_order_id: str = ENTRY.client_order_id) -> Order:
    order = broker.order(client_order_id)
    assert order is not None
    return order


def leg(broker: AlpacaBroker, role: OrderRole) -> Order:
    leg = found(broker).leg(role)
    assert leg is not None
    return leg


@pytest.fixture
def restarted(fake: FakeAlpaca, clock: ManualClock, broker: AlpacaBroker) -> Iterator[AlpacaBroker]:
    """A broker that knows nothing of what `broker` did."""
    del broker
    fresh = AlpacaBroker(access_to(fake), clock, WeekdayCalendar())
    yield fresh
    fresh.stop()


def test_the_label_says_whether_the_money_is_real(fake: FakeAlpaca, clock: ManualClock, broker: AlpacaBroker) -> None:
    live = AlpacaBroker(access_to(fake, live=True), clock, WeekdayCalendar())
    assert (broker.label, live.label) == ("alpaca-paper", "alpaca-live")
    live.stop()


def test_live_keys_meet_the_live_server_and_paper_keys_the_paper_server(fake: FakeAlpaca) -> None:
    paper = access_to(fake, trading_url="", stream_url="")
    live = access_to(fake, trading_url="", stream_url="", live=True)
    assert (paper.trading, paper.stream) == (
        "https://paper-api.alpaca.markets",
        "wss://paper-api.alpaca.markets/stream",
    )
    assert (live.trading, live.stream) == ("https://api.alpaca.markets", "wss://api.alpaca.markets/stream")


def test_keys_are_not_shown(fake: FakeAlpaca) -> None:
    assert fake.secret not in repr(access_to(fake))
    assert fake.key not in repr(access_to(fake))


def test_a_wrong_order_never_leaves(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    with pytest.raises(OrderRefused):
        broker.submit(replace(ENTRY, stop=Decimal("154.75")))
    with pytest.raises(OrderRefused):
        broker.protect("protect-1", "AAPL", 0, Decimal("148.50"))
    with pytest.raises(OrderRefused):
        broker.close("exit-1", "AAPL", -5)
    assert fake.requests == ()


def test_the_legs_of_an_entry_outlive_the_day(broker: AlpacaBroker, fake: FakeAlpaca, clock: ManualClock) -> None:
    broker.submit(ENTRY)
    clock.advance(24 * 3600)
    fake.price("AAPL", "150.25")
    assert not leg(broker, OrderRole.STOP).state.is_over


def test_outside_regular_hours_a_limit_order_goes_out_without_legs(broker: AlpacaBroker, clock: ManualClock) -> None:
    clock.advance(7 * 3600)  # 17:45 in New York
    broker.submit(EXTENDED)
    order = found(broker)
    assert (order.state, order.legs) == (OrderState.FILLED, ())
    stop = broker.protect("protect-1", "AAPL", 100, ENTRY.stop)
    assert (stop.role, stop.state) == (OrderRole.STOP, OrderState.ACCEPTED)


@pytest.mark.parametrize("wrong", [ENTRY, LIMITED, replace(EXTENDED, limit=None)])
def test_outside_regular_hours_neither_a_bracket_nor_an_order_at_the_market_leaves(
    broker: AlpacaBroker, fake: FakeAlpaca, clock: ManualClock, wrong: Entry
) -> None:
    clock.advance(7 * 3600)
    with pytest.raises(OrderRefused):
        broker.submit(wrong)
    assert fake.requests == ()


def test_trap_every_item_of_closing_all_is_looked_at(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    broker.submit(ENTRY)
    fake.hold("MSFT", 5, "400")
    fake.make_untradable("MSFT")
    (left,) = broker.close_all()
    assert (left.what, left.reason) == ("MSFT", 'asset "MSFT" is not tradable')
    assert [position.symbol for position in broker.positions()] == ["MSFT"]


def test_closing_all_without_a_clear_answer_is_unclear(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    fake.fault("DELETE", "/v2/positions", Fault.BROKEN)
    with pytest.raises(OrderUnclear):
        broker.close_all()


def test_trap_a_slash_at_the_end_of_an_address_is_harmless(fake: FakeAlpaca, clock: ManualClock) -> None:
    access = access_to(fake, trading_url=f"{fake.trading_url}/", data_url=f"{fake.data_url}/", stream_url="")
    broker = AlpacaBroker(access, clock, WeekdayCalendar())
    assert broker.account().cash == 100_000
    assert (access.data, access.stream) == (fake.data_url, fake.stream_url)
    broker.stop()


def test_a_partly_filled_entry_says_so(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    fake.partly_fill(40)
    broker.submit(ENTRY)
    order = found(broker)
    assert (order.state, order.filled_shares) == (OrderState.PARTLY_FILLED, 40)


def test_trap_a_held_stop_is_missing_from_the_open_orders_and_is_found(
    restarted: AlpacaBroker, broker: AlpacaBroker
) -> None:
    broker.submit(ENTRY)
    (order,) = restarted.orders()
    stop = order.leg(OrderRole.STOP)
    assert stop is not None
    assert (order.client_order_id, order.state, stop.state) == (
        ENTRY.client_order_id,
        OrderState.FILLED,
        OrderState.HELD,
    )


def test_trap_a_list_of_orders_has_fifty_unless_told_and_all_are_found(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    fake.fill_by_hand()
    for number in range(60):
        broker.submit(replace(LIMITED, client_order_id=f"entry-{number}", shares=1))
    assert len(broker.orders()) == 60


def test_trap_success_of_a_replacement_promises_nothing(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    broker.submit(ENTRY)
    fake.reject_next()
    broker.replace(leg(broker, OrderRole.TARGET), Decimal("154.78"))
    target = leg(broker, OrderRole.TARGET)
    assert (target.price, target.state.is_over) == (ENTRY.target, False)


def test_trap_a_replacement_has_another_id_and_is_followed_to_the_living_one(
    restarted: AlpacaBroker, broker: AlpacaBroker
) -> None:
    broker.submit(ENTRY)
    broker.replace(leg(broker, OrderRole.TARGET), Decimal("154.78"))
    last = broker.replace(leg(broker, OrderRole.TARGET), Decimal("154.80"))
    assert leg(restarted, OrderRole.TARGET).broker_id == last.broker_id


def test_a_replaced_lone_stop_has_its_replacement_as_a_leg(
    restarted: AlpacaBroker, broker: AlpacaBroker, fake: FakeAlpaca
) -> None:
    fake.hold("AAPL", 100, "150.25")
    stop = broker.protect("protect-1", "AAPL", 100, Decimal("148.50"))
    new = broker.replace(stop, Decimal("149.00"))
    order = found(restarted, "protect-1")
    assert order.state is OrderState.REPLACED
    assert [(leg.broker_id, leg.price) for leg in order.legs] == [(new.broker_id, Decimal("149.00"))]


def test_trap_a_partly_filled_target_would_be_replaced_in_full_and_is_not(
    broker: AlpacaBroker, fake: FakeAlpaca
) -> None:
    broker.submit(ENTRY)
    fake.partly_fill(40)
    fake.price("AAPL", "155.00")
    with pytest.raises(OrderRefused):
        broker.replace(leg(broker, OrderRole.TARGET), Decimal("156.00"))


def test_cancelling_what_nobody_knows_is_no_error(broker: AlpacaBroker) -> None:
    order = broker.submit(ENTRY)
    broker.cancel(replace(order, broker_id="00000000-0000-0000-0000-000000000000"))


def test_a_refused_sale_leaves_the_protection_alive(broker: AlpacaBroker) -> None:
    broker.submit(ENTRY)
    with pytest.raises(OrderRefused):
        broker.close("exit-1", "AAPL", 101)
    assert not leg(broker, OrderRole.STOP).state.is_over


def test_a_second_sale_under_the_same_id_leaves_the_protection_alive(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    broker.submit(ENTRY)
    broker.close("exit-1", "AAPL", 100)
    broker.submit(replace(ENTRY, client_order_id="again"))
    with pytest.raises(OrderExists):
        broker.close("exit-1", "AAPL", 100)
    assert len(broker.orders()) == 1
    assert "DELETE" in {request.method for request in fake.requests}


def test_a_sale_cancels_only_the_orders_that_hold_its_shares(broker: AlpacaBroker) -> None:
    broker.submit(replace(ENTRY, client_order_id="first", shares=70))
    broker.submit(replace(ENTRY, client_order_id="second", shares=30))
    broker.close("exit-1", "AAPL", 30)
    (left,) = broker.orders()
    assert left.client_order_id == "first"


def test_every_position_is_closed_by_an_order_of_its_own_that_can_be_checked(
    broker: AlpacaBroker, fake: FakeAlpaca
) -> None:
    broker.submit(ENTRY)
    broker.close("exit-1", "AAPL", 100)
    assert found(broker, "exit-1").state is OrderState.FILLED
    assert not any(seen.method == "DELETE" and seen.path.startswith("/v2/positions") for seen in fake.requests)


def test_a_sale_waits_for_the_open_when_the_exchange_is_shut(
    broker: AlpacaBroker, fake: FakeAlpaca, clock: ManualClock
) -> None:
    broker.submit(ENTRY)
    fake.close_market()
    broker.close("exit-1", "AAPL", 100)
    assert found(broker, "exit-1").state is OrderState.ACCEPTED
    clock.advance(1)
    fake.set_session(Session.REGULAR)
    assert found(broker, "exit-1").state is OrderState.FILLED


def test_a_position_has_its_average_cost_and_its_last_price(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    fake.hold("MSFT", 3, "400")
    (position,) = broker.positions()
    assert (position.shares, position.cost, position.price) == (3, Decimal(400), Decimal("420.80"))


def test_parts_of_a_share_are_counted_but_are_no_shares(fake: FakeAlpaca, clock: ManualClock) -> None:
    rows = [{"symbol": symbol, "qty": qty, "avg_entry_price": "10"} for symbol, qty in (("A", "2.5"), ("B", "0.5"))]
    with replies((200, json.dumps(rows))) as server:
        broker = AlpacaBroker(access_to(fake, trading_url=server.url), clock, WeekdayCalendar())
        held = {position.symbol: (position.shares, position.value) for position in broker.positions()}
        assert held == {"A": (2, Decimal(25)), "B": (0, Decimal(5))}
        broker.stop()


def test_a_sale_gives_up_when_the_protection_does_not_end(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    broker.submit(ENTRY)
    fake.fault("DELETE", "/v2/orders/*", Fault.EMPTY, times=99)  # said, but not done
    with pytest.raises(BrokerUnavailable):
        broker.close("exit-1", "AAPL", 100)
    assert broker.order("exit-1") is None


def test_a_sale_after_the_stop_has_sold_everything_is_refused(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    broker.submit(ENTRY)
    fake.price("AAPL", "147.50")
    with pytest.raises(OrderRefused):
        broker.close("exit-1", "AAPL", 100)


def test_trap_alpacas_clock_is_aware_and_can_be_ahead_of_ours(fake: FakeAlpaca, clock: ManualClock) -> None:
    behind = ManualClock(clock.now() - timedelta(seconds=90))
    broker = AlpacaBroker(access_to(fake), behind, WeekdayCalendar())
    assert broker.clock_skew() == timedelta(seconds=90)
    broker.stop()


def test_an_asset_is_known_or_is_not(broker: AlpacaBroker, fake: FakeAlpaca) -> None:
    fake.make_untradable("MSFT")
    apple, microsoft = broker.asset("AAPL"), broker.asset("MSFT")
    assert apple is not None
    assert microsoft is not None
    assert (apple.symbol, apple.tradable, microsoft.tradable) == ("AAPL", True, False)
    assert broker.asset("NOSUCH") is None


def test_wrong_keys_are_no_missing_order(fake: FakeAlpaca, clock: ManualClock) -> None:
    broker = AlpacaBroker(access_to(fake, secret="wrong"), clock, WeekdayCalendar())
    with pytest.raises(BrokerUnavailable):
        broker.order(ENTRY.client_order_id)
    broker.stop()
