"""An entry that somebody changes at the broker while it waits stays the trade's: counted, withdrawn, protected."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from engine.model.activity import ActivityKind
from engine.model.calculation import Amount, AmountKind
from engine.model.desk import DeskState, Request
from engine.model.manual_proposal import ManualProposal
from engine.model.notices.account import EntryChanged, ForeignPosition
from engine.model.origin import Source
from engine.model.trade import OrderRole, OrderState, Trade, TradeState
from tests.support.alpaca_desk import AtAlpaca
from tests.support.fakes.alpaca.faults import Fault
from tests.support.waiting import until

LIMIT, HIGHER = Decimal("149.50"), Decimal("149.80")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    with AtAlpaca.open(tmp_path) as desk:
        desk.price("AAPL", "150.25")
        yield desk


def bid(desk: AtAlpaca, shares: int = 500) -> str:
    """Let 500 shares be bought by hand at 149.50 at most, and return the id of the trade that waits."""
    wanted = ManualProposal(
        source=Source.DESK,
        by="U0TRADER",
        symbol="AAPL",
        amount=Amount(kind=AmountKind.SHARES, figure=Decimal(shares)),
        limit=LIMIT,
    )
    engine = desk.harness.engine
    made = engine.commands.buys.propose(wanted, Request(by="U0TRADER")).trade
    engine.commands.approve(made.id, Request(by="U0OTHER"))
    desk.look()
    return made.id


def trade(desk: AtAlpaca, trade_id: str) -> Trade:
    return desk.harness.trade(trade_id)


def changes(desk: AtAlpaca) -> list[EntryChanged]:
    return desk.harness.told_of(EntryChanged)


def risk(desk: AtAlpaca) -> Decimal:
    """Return the open risk in dollars."""
    portfolio = desk.harness.engine.queries.portfolio()
    return round(portfolio.open_risk * portfolio.account.equity, 2)


def at(desk: AtAlpaca, hour: int, minute: int = 0) -> datetime:
    return desk.harness.clock.now().replace(hour=hour, minute=minute, second=5)


def test_a_waiting_entry_with_another_limit_waits_on_and_is_told_once_with_its_risk(desk: AtAlpaca) -> None:
    trade_id = bid(desk)
    before = risk(desk)
    desk.fake.move_by_hand(trade_id, limit="149.80")
    desk.look()
    waiting = trade(desk, trade_id)
    assert (waiting.state, waiting.shares, waiting.reason) == (TradeState.SUBMITTED, 500, "")
    assert risk(desk) - before == 500 * (HIGHER - LIMIT)
    (told,) = changes(desk)
    assert (told.shares_before, told.limit_before) == (500, LIMIT)
    assert (told.shares_after, told.limit_after) == (500, HIGHER)
    assert told.risk_after > told.risk_before


def test_a_lower_limit_is_told_and_its_risk_stays_as_planned(desk: AtAlpaca) -> None:
    trade_id = bid(desk)
    before = risk(desk)
    desk.fake.move_by_hand(trade_id, limit="149.00")
    desk.look()
    assert [told.limit_after for told in changes(desk)] == [Decimal("149.00")]
    assert risk(desk) == before


def test_more_shares_than_planned_count_as_risk_at_once_and_halt_the_desk_over_its_limit(desk: AtAlpaca) -> None:
    trade_id = bid(desk)
    desk.fake.resize_by_hand(trade_id, 2000)
    desk.look(1)
    assert [(told.shares_before, told.shares_after) for told in changes(desk)] == [(500, 2000)]
    until(lambda: desk.harness.engine.queries.desk().state is DeskState.HALTED)  # the stream may have heard of it first
    assert desk.harness.engine.queries.desk().reason == "open_risk"
    desk.look()
    assert trade(desk, trade_id).state is TradeState.CANCELLED
    assert not [order for order in desk.broker.orders() if order.symbol == "AAPL"]


def test_a_halt_cancels_what_replaced_an_entry(desk: AtAlpaca) -> None:
    trade_id = bid(desk)
    desk.fake.move_by_hand(trade_id, limit="149.80")
    desk.harness.engine.commands.halt(Request(by="U0OTHER"))
    desk.look()
    desk.price("AAPL", "149.75")
    assert (desk.held(), trade(desk, trade_id).state) == (0, TradeState.CANCELLED)


def test_an_entry_that_is_replaced_while_the_desk_is_halted_is_cancelled_by_the_next_look(desk: AtAlpaca) -> None:
    trade_id = bid(desk)
    desk.fake.fault("DELETE", "/v2/orders/*", Fault.UNAVAILABLE, times=5)
    desk.harness.engine.commands.halt(Request(by="U0OTHER"))
    desk.fake.move_by_hand(trade_id, limit="149.80")
    desk.fake.mend()
    desk.look()
    assert trade(desk, trade_id).state is TradeState.CANCELLED
    assert not [order for order in desk.broker.orders() if order.symbol == "AAPL"]


def test_the_close_withdraws_what_replaced_an_entry(desk: AtAlpaca) -> None:
    trade_id = bid(desk)
    desk.fake.move_by_hand(trade_id, limit="149.80")
    desk.look()
    desk.harness.clock.set(at(desk, 20))
    desk.look()
    ended = trade(desk, trade_id)
    assert (ended.state, ended.reason) == (TradeState.CANCELLED, "not_filled")
    assert not [order for order in desk.broker.orders() if order.symbol == "AAPL"]


@pytest.mark.parametrize("moves", [1, 3])
def test_a_fill_of_what_replaced_an_entry_is_the_trades(desk: AtAlpaca, moves: int) -> None:
    trade_id = live = bid(desk)
    for number in range(moves):
        live = desk.fake.move_by_hand(live, limit=f"149.8{number}")
        desk.look()
    desk.price("AAPL", "149.75")
    desk.look()
    bought = trade(desk, trade_id)
    assert (bought.state, bought.filled_shares, bought.fill_price) == (TradeState.OPEN, 500, Decimal("149.75"))
    assert desk.live(OrderRole.STOP).shares == 500
    assert desk.live(OrderRole.TARGET).price == bought.target == Decimal("154.24")
    assert len(changes(desk)) == moves
    assert desk.harness.told_of(ForeignPosition) == []
    desk.restart()
    desk.look()
    assert trade(desk, trade_id) == bought


def test_what_was_bought_before_and_after_a_replacement_is_all_the_trades(desk: AtAlpaca) -> None:
    trade_id = bid(desk)
    desk.fake.fill(trade_id, 200, "149.40")
    new = desk.fake.resize_by_hand(trade_id, 300, limit="149.80")
    desk.fake.fill(new, 100, "149.70")
    desk.look()  # what is partly filled is ended after a while
    bought = trade(desk, trade_id)
    assert (bought.state, bought.filled_shares, bought.fill_price) == (TradeState.OPEN, 300, Decimal("149.50"))
    assert (desk.held(), desk.live(OrderRole.STOP).shares) == (300, 300)
    with desk.adapters.store.reading() as reader:
        assert {summed for _, summed in reader.shares_in_fills(trade_id).values() if summed} == {300}
        assert reader.unclaimed({ActivityKind.FILL}) == ()
    assert desk.harness.told_of(ForeignPosition) == []


def test_an_entry_that_was_replaced_and_filled_between_two_lives_is_the_trades(desk: AtAlpaca) -> None:
    trade_id = bid(desk)
    desk.end()
    desk.fake.fill(trade_id, 200, "149.40")
    second = desk.fake.resize_by_hand(trade_id, 300, limit="149.60")
    third = desk.fake.move_by_hand(second, limit="149.80")
    desk.fake.fill(third, 300, "149.70")
    with desk.next_life() as later:
        later.look()
        bought = trade(later, trade_id)
        assert (bought.state, bought.filled_shares, bought.fill_price) == (TradeState.OPEN, 500, Decimal("149.58"))
        assert later.live(OrderRole.STOP).shares == 500
        assert later.harness.told_of(ForeignPosition) == []


def test_each_of_the_brokers_ids_of_an_entry_leads_to_its_trade(desk: AtAlpaca) -> None:
    trade_id = bid(desk)
    desk.fake.move_by_hand(trade_id, limit="149.80")
    desk.price("AAPL", "149.75")
    desk.look()
    order = desk.broker.order(trade_id)
    assert order is not None
    for part in (order, *order.replaced):
        with desk.adapters.store.reading() as reader:
            assert reader.trade_of_order(part.broker_id) == trade_id


def test_a_lone_entry_outside_regular_hours_is_protected_after_it_was_replaced(tmp_path: Path) -> None:
    with AtAlpaca.open(tmp_path, extended_hours=True) as desk:
        desk.harness.clock.set(at(desk, 12).replace(day=20))
        desk.price("AAPL", "150.25")
        trade_id = bid(desk)
        desk.fake.move_by_hand(trade_id, limit="149.80")
        desk.look()
        assert trade(desk, trade_id).state is TradeState.SUBMITTED  # it is no bracket, which would be withdrawn
        desk.price("AAPL", "149.75")
        desk.look()
        assert trade(desk, trade_id).filled_shares == 500
        assert desk.live(OrderRole.STOP).shares == 500


def test_a_replacement_that_the_broker_rejects_changes_nothing(desk: AtAlpaca) -> None:
    trade_id = bid(desk)
    desk.fake.reject_next()
    desk.fake.move_by_hand(trade_id, limit="149.80")
    desk.look()
    entry = desk.live(OrderRole.ENTRY)
    assert (entry.state, entry.price) == (OrderState.ACCEPTED, LIMIT)
    assert (trade(desk, trade_id).state, changes(desk)) == (TradeState.SUBMITTED, [])


def test_a_look_at_one_trade_takes_in_the_change_of_its_entry(desk: AtAlpaca) -> None:
    trade_id = bid(desk)
    second = desk.fake.move_by_hand(trade_id, limit="149.60")
    desk.fake.move_by_hand(second, limit="149.80")
    desk.harness.engine.jobs.order_changed(trade_id)
    assert changes(desk)[-1].limit_after == HIGHER  # the stream may have seen the one between
