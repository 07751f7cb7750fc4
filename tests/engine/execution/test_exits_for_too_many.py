"""Exits stand for more than a trade holds, because somebody sold of it and their cancel did not get through."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.model.market import Session
from engine.model.trade import OrderRole, TradeState
from tests.support.alpaca_desk import AtAlpaca
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
    parts = [part for order in desk.broker.orders() for part in order.parts if part.symbol == symbol]
    exits = (OrderRole.STOP, OrderRole.TARGET)
    return sorted((part.role, part.unfilled_shares) for part in parts if part.role in exits and part.is_standing)


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


def test_they_stand_while_the_price_is_at_one_of_them(desk: AtAlpaca) -> None:
    desk.fake.set_session(Session.AFTER)
    sell_by_hand(desk, 100)
    desk.price("AAPL", "146.00")
    desk.fake.mend()
    desk.look()
    assert standing(desk) == [(OrderRole.STOP, 512), (OrderRole.TARGET, 512)]
    desk.price("AAPL", "150.00")
    desk.look()
    assert standing(desk) == [(OrderRole.STOP, 412), (OrderRole.TARGET, 412)]


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
