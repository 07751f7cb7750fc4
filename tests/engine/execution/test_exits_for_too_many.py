"""Exits stand for more than a trade holds, because somebody sold of it and their cancel did not get through."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from engine.model.market import Session
from engine.model.notices.trades import ExitSenseless
from engine.model.trade import Order, OrderRole, TradeState
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.alpaca.faults import Fault
from tests.support.fakes.worked_example import TRADE_ID


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    """The example's desk at Alpaca, which holds 512 AAPL with a stop at 147.99 and a target at 154.75."""
    with AtAlpaca.open(tmp_path) as desk:
        desk.buy()
        desk.look()
        yield desk


def sell_by_hand(desk: AtAlpaca, shares: int) -> None:
    """Sell of the trade beside its exits, no cancel of which gets through for now."""
    desk.fake.fault("DELETE", "/v2/orders/*", Fault.NO_CODE, times=99, status=422)
    desk.fake.sell_by_hand("AAPL", shares)
    desk.look()


def standing(desk: AtAlpaca, symbol: str = "AAPL") -> list[tuple[OrderRole, int]]:
    """Return role and unsold shares of the exits that stand under a symbol."""
    exits = [part for part in all_parts(desk) if part.role in (OrderRole.STOP, OrderRole.TARGET)]
    return sorted((part.role, part.unfilled_shares) for part in exits if part.symbol == symbol and part.is_standing)


def all_parts(desk: AtAlpaca) -> list[Order]:
    """Return the orders of every symbol and their legs, as they are listed."""
    return [part for order in desk.broker.orders() for part in order.parts]


def cancels(desk: AtAlpaca) -> int:
    return sum(request.method == "DELETE" for request in desk.fake.requests)


def test_they_are_ended_at_a_later_look_and_sent_for_what_is_left(desk: AtAlpaca) -> None:
    sell_by_hand(desk, 100)
    assert standing(desk) == [(OrderRole.STOP, 512), (OrderRole.TARGET, 512)]
    desk.fake.mend()
    desk.look()
    assert desk.harness.trade().held_shares == 412
    assert standing(desk) == [(OrderRole.STOP, 412), (OrderRole.TARGET, 412)]


def test_a_stop_that_is_selling_stands(desk: AtAlpaca) -> None:
    """To end it would leave the rest without a stop, below the price at which it was to be sold."""
    sell_by_hand(desk, 50)
    desk.fake.partly_fill(100)
    desk.price("AAPL", "147.50")
    desk.fake.mend()
    desk.look(1)
    assert standing(desk)[0] == (OrderRole.STOP, 412)


def after_hours(desk: AtAlpaca, by_hand: int, price: str) -> None:
    """Sell of the trade after hours, where its exits wait for the open, and let the price go there."""
    desk.fake.set_session(Session.AFTER)
    sell_by_hand(desk, by_hand)
    desk.price("AAPL", price)
    desk.fake.mend()
    desk.look()


def test_they_stand_while_the_price_is_at_the_stop(desk: AtAlpaca) -> None:
    after_hours(desk, 100, "146.00")
    assert standing(desk) == [(OrderRole.STOP, 512), (OrderRole.TARGET, 512)]
    desk.price("AAPL", "150.00")
    desk.look()
    assert standing(desk) == [(OrderRole.STOP, 412), (OrderRole.TARGET, 412)]


def test_at_the_price_of_the_stop_they_are_ended_where_they_would_sell_more_than_stays_without_one(
    desk: AtAlpaca,
) -> None:
    after_hours(desk, 300, "146.00")
    assert standing(desk) == []
    assert [notice.role for notice in desk.harness.told_of(ExitSenseless)] == [OrderRole.STOP]


def test_at_the_price_of_the_target_a_stop_takes_their_place(desk: AtAlpaca) -> None:
    after_hours(desk, 100, "156.00")
    assert standing(desk) == [(OrderRole.STOP, 412)]


def test_a_sale_of_the_desk_for_more_than_is_left_is_sent_anew(desk: AtAlpaca) -> None:
    desk.fake.fill_by_hand()
    desk.harness.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    desk.look()
    desk.fake.sell_by_hand("AAPL", 100)
    desk.look()
    assert [part.unfilled_shares for part in desk.parts() if part.role is OrderRole.EXIT] == [412]


def test_a_trade_that_is_short_has_each_of_them_ended_once_a_look(desk: AtAlpaca) -> None:
    desk.fake.fault("DELETE", "/v2/orders/*", Fault.NO_CODE, times=99, status=422)
    desk.fake.fill_both_legs(TRADE_ID, 300)
    desk.look()
    assert desk.harness.trade().short_shares == 88
    before = cancels(desk)
    desk.harness.engine.jobs.reconcile()
    assert cancels(desk) - before == len(standing(desk)) == 2


@pytest.mark.parametrize("role", [OrderRole.STOP, OrderRole.TARGET])
@pytest.mark.parametrize("sold", [0, 100])
def test_what_is_left_of_them_under_an_old_name_protects_nothing_and_is_ended_as_soon_as_that_can_be(
    desk: AtAlpaca, role: OrderRole, sold: int
) -> None:
    if sold:
        leg = desk.live(role)
        desk.fake.fill(leg.broker_id, sold, str(leg.price))
        desk.look()
    left = 512 - sold
    desk.harness.clock.advance(8 * 3600)
    old = standing(desk)
    for part in filter(lambda part: part.is_standing, desk.parts()):
        desk.fake.fault("DELETE", f"/v2/orders/{part.broker_id}", Fault.NO_CODE, times=99, status=422)
    desk.fake.rename("AAPL", "APLX")
    for _ in range(2):
        desk.look()
        desk.harness.clock.advance(31)
    trade = desk.harness.trade()
    assert (trade.symbol, trade.state, trade.held_shares) == ("APLX", TradeState.OPEN, left)
    assert standing(desk, "APLX") == [(OrderRole.STOP, left), (OrderRole.TARGET, left)]
    assert standing(desk) == old
    desk.fake.mend()
    desk.look()
    assert standing(desk) == []
    assert standing(desk, "APLX") == [(OrderRole.STOP, left), (OrderRole.TARGET, left)]


def test_what_the_broker_was_first_to_rename_stands(desk: AtAlpaca) -> None:
    desk.fake.rename("AAPL", "APLX", orders="adjusted", activity=False)
    for _ in range(3):
        desk.look()
        desk.harness.clock.advance(31)
    assert desk.harness.trade().symbol == "AAPL"
    assert standing(desk, "APLX") == [(OrderRole.STOP, 512), (OrderRole.TARGET, 512)]


def test_a_stop_that_somebody_moves_under_the_new_name_is_taken_over_beside_one_that_is_left_under_the_old(
    desk: AtAlpaca,
) -> None:
    desk.harness.clock.advance(8 * 3600)
    desk.fake.fault("DELETE", "/v2/orders/*", Fault.NO_CODE, times=999, status=422)
    desk.fake.rename("AAPL", "APLX")
    desk.look()
    desk.harness.clock.advance(31)
    desk.look()
    (stop,) = [part for part in all_parts(desk) if part.symbol == "APLX" and part.role is OrderRole.STOP]
    desk.fake.move_by_hand(stop.broker_id, stop="149.00")
    desk.look()
    assert desk.harness.trade().stop == Decimal(149)
