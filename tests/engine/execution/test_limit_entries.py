"""A limit order of a purchase by hand at Alpaca: a bracket that waits, for one day, and never leaves shares bare."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from engine.bootstrap import wire
from engine.model.calculation import Amount, AmountKind
from engine.model.desk import Request
from engine.model.manual_proposal import ManualProposal
from engine.model.origin import Source
from engine.model.trade import Order, OrderRole, OrderState, Trade, TradeState
from tests.support.alpaca_desk import AtAlpaca

SHARES, LIMIT, STOP = 100, Decimal("149.50"), Decimal("147.25")


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    """A desk at Alpaca on which a purchase at 149.50 or better was approved; AAPL trades at 150.25."""
    with AtAlpaca.open(tmp_path) as desk:
        desk.price("AAPL", "150.25")
        amount = Amount(kind=AmountKind.SHARES, figure=Decimal(SHARES))
        wanted = ManualProposal(source=Source.DESK, by="U0TRADER", symbol="AAPL", amount=amount, limit=LIMIT)
        made = desk.harness.engine.commands.buys.propose(wanted, Request(by="U0TRADER")).trade
        desk.harness.engine.commands.approve(made.id, Request(by="U0OTHER"))
        yield desk


def trade(desk: AtAlpaca) -> Trade:
    [found] = [each for each in desk.harness.engine.queries.trades() if each.origin.is_manual]
    return found


def entry(desk: AtAlpaca) -> Order:
    order = desk.broker.order(trade(desk).id)
    assert order is not None
    return order


def stops(desk: AtAlpaca) -> list[tuple[int, Decimal | None]]:
    """The stops of the trade that work now."""
    orders = [part for order in desk.broker.orders() if order.symbol == "AAPL" for part in order.parts]
    working = (OrderState.ACCEPTED, OrderState.HELD)
    return [(part.shares, part.price) for part in orders if part.role is OrderRole.STOP and part.state in working]


def pass_seconds(desk: AtAlpaca, seconds: int) -> None:
    for second in range(seconds):
        desk.harness.clock.advance(1)
        desk.harness.engine.jobs.poll_unconfirmed()
        if second % 15 == 0:
            desk.harness.engine.jobs.housekeeping()
    desk.harness.engine.jobs.reconcile()


def test_it_waits_with_its_exits_at_its_limit(desk: AtAlpaca) -> None:
    pass_seconds(desk, 20)
    order = entry(desk)
    assert (order.state, order.price, order.shares) == (OrderState.ACCEPTED, LIMIT, SHARES)
    assert {leg.role for leg in order.legs} == {OrderRole.STOP, OrderRole.TARGET}
    assert trade(desk).state is TradeState.SUBMITTED


def test_once_its_price_is_reached_it_is_bought_and_protected(desk: AtAlpaca) -> None:
    desk.price("AAPL", "149.45")
    pass_seconds(desk, 20)
    bought = trade(desk)
    assert (bought.state, bought.filled_shares) == (TradeState.OPEN, SHARES)
    assert bought.fill_price is not None
    assert bought.fill_price <= LIMIT
    assert stops(desk) == [(SHARES, STOP)]


def test_of_a_part_that_stays_a_part_the_rest_is_cancelled_and_what_was_bought_gets_a_stop(desk: AtAlpaca) -> None:
    desk.fake.partly_fill(40)
    desk.price("AAPL", "149.45")
    pass_seconds(desk, 20)
    assert entry(desk).state is OrderState.CANCELLED
    assert (trade(desk).held_shares, stops(desk)) == (40, [(40, STOP)])


def test_what_is_not_bought_by_the_close_is_cancelled_and_says_why(desk: AtAlpaca) -> None:
    desk.harness.clock.set(desk.harness.clock.now().replace(hour=20, minute=0, second=5))
    desk.harness.engine.jobs.housekeeping()
    desk.harness.engine.jobs.reconcile()
    assert entry(desk).state is OrderState.CANCELLED
    assert (trade(desk).state, trade(desk).reason) == (TradeState.CANCELLED, "not_filled")


def test_a_halt_cancels_it(desk: AtAlpaca) -> None:
    desk.harness.engine.commands.halt(Request(by="U0OTHER"))
    desk.harness.engine.jobs.housekeeping()
    desk.harness.engine.jobs.reconcile()
    assert (entry(desk).state, trade(desk).state) == (OrderState.CANCELLED, TradeState.CANCELLED)


def test_a_bot_that_was_down_at_the_close_cancels_it_when_it_starts(desk: AtAlpaca) -> None:
    desk.harness.clock.set(desk.harness.clock.now().replace(day=20, hour=13, minute=31))
    wire(desk.harness.settings, desk.adapters).jobs.start()
    assert entry(desk).state is OrderState.CANCELLED
    assert trade(desk).state is TradeState.CANCELLED
