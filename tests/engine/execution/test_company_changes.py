"""What other hands do comes together: exits moved one after the other, splits beside sales, purchases and fractions."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.common.share_counts import unexplained
from engine.model.corporate_action import ActionKind, CorporateAction
from engine.model.desk import DeskState, Request
from engine.model.market import exchange_date
from engine.model.notices.account import ExitMoved, ForeignPosition, SoldByHand, UnexplainedChange
from engine.model.trade import OrderRole, TradeState
from tests.support.alpaca_desk import AtAlpaca
from tests.support.fakes.alpaca.faults import Fault
from tests.support.fakes.worked_example import TRADE_ID
from tests.support.samples import crossed


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    """The example's desk at Alpaca, which holds 512 AAPL at 150.25, with a stop at 147.99 and a target at 154.75."""
    with AtAlpaca.open(tmp_path) as desk:
        desk.buy()
        yield desk


def look_for_a_minute(desk: AtAlpaca) -> None:
    desk.look()
    desk.harness.clock.advance(31)
    desk.look()


def next_open_at(desk: AtAlpaca, price: str) -> None:
    """Let it be the next day's open, at a price; the desk sleeps meanwhile."""
    desk.harness.clock.advance(23.25 * 3600)
    desk.price("AAPL", price)


def test_a_stop_beside_a_target_that_was_moved_before_is_still_seen(desk: AtAlpaca) -> None:
    desk.fake.cancel_by_hand(desk.live(OrderRole.TARGET).broker_id)
    desk.look()
    desk.fake.move_by_hand(desk.live(OrderRole.TARGET).broker_id, limit="160.00")
    desk.look()
    desk.fake.move_by_hand(desk.live(OrderRole.STOP).broker_id, stop="149.00")
    desk.look()
    moves = [(notice.before, notice.after) for notice in desk.harness.told_of(ExitMoved)]
    assert moves == [(Decimal("154.75"), Decimal(160)), (Decimal("147.99"), Decimal(149))]
    assert [desk.live(role).price for role in (OrderRole.STOP, OrderRole.TARGET)] == [Decimal(149), Decimal(160)]
    assert desk.orders_of_the_trade() == [TRADE_ID, f"{TRADE_ID}-stop-1"]


def test_a_split_is_understood_where_a_part_of_a_share_is_held_as_well(desk: AtAlpaca) -> None:
    desk.fake.split("AAPL", 5, 3, price="90.15", orders="cancelled")  # 853 shares and a third of one
    desk.look()
    action = CorporateAction(
        id="ca-1",
        kind=ActionKind.SPLIT,
        symbol="AAPL",
        ex_date=exchange_date(desk.harness.clock.now()) + timedelta(days=1),
        new_shares=Decimal(10),
    )
    desk.harness.actions.announced.append(action)
    desk.harness.engine.jobs.learn_corporate_actions()
    desk.fake.close_market()
    desk.fake.split("AAPL", 10, activity=False)
    desk.fake.set_session(None)
    next_open_at(desk, "9.02")  # the stop of before sells 853 of them at once
    look_for_a_minute(desk)
    trade = desk.harness.trade()
    assert (trade.filled_shares, trade.exit_shares, trade.exit_price) == (8530, 853, Decimal("9.02"))


def test_a_far_off_sale_beside_a_quantity_that_nothing_explains_is_asked_about(desk: AtAlpaca) -> None:
    desk.fake.close_market()
    desk.fake.split("AAPL", 13, 11, price="20.00", activity=False)
    desk.fake.set_session(None)
    next_open_at(desk, "20.00")
    look_for_a_minute(desk)
    assert desk.harness.told_of(UnexplainedChange)
    assert desk.harness.trade().exit_shares == 0


def test_shares_bought_by_hand_hide_no_split(desk: AtAlpaca) -> None:
    desk.fake.split("AAPL", 10, orders="cancelled", activity=False)
    desk.harness.market.price("AAPL", "15.02")
    desk.fake.buy_by_hand("AAPL", 200)
    look_for_a_minute(desk)
    trade = desk.harness.trade()
    assert (trade.held_shares, trade.stop) == (5120, Decimal("14.79"))
    assert [notice.shares for notice in desk.harness.told_of(ForeignPosition)] == [200]


def test_shares_sold_by_hand_before_a_split_are_booked_before_it(desk: AtAlpaca) -> None:
    desk.fake.cancel_by_hand(desk.live(OrderRole.TARGET).broker_id)
    desk.fake.sell_by_hand("AAPL", 112, "150.00")
    desk.fake.split("AAPL", 10, activity=False)
    desk.harness.market.price("AAPL", "15.02")
    look_for_a_minute(desk)
    (sold,) = desk.harness.told_of(SoldByHand)
    assert (sold.shares, sold.price, sold.is_estimate) == (112, Decimal(150), False)
    trade = desk.harness.trade()
    assert (trade.held_shares, trade.exit_shares, trade.exit_price) == (4000, 1120, Decimal("15.00"))


def test_what_exits_sold_before_a_split_is_booked_before_it(desk: AtAlpaca) -> None:
    desk.fake.fill_both_legs(TRADE_ID, 3)  # and nobody looks before the next morning
    desk.harness.clock.advance(19.75 * 3600)
    desk.fake.split("AAPL", 2, orders="cancelled")
    look_for_a_minute(desk)
    trade = desk.harness.trade()
    assert (trade.filled_shares, trade.exit_shares, trade.held_shares) == (1024, 12, 1012)
    assert not desk.harness.told_of(UnexplainedChange)


def test_two_splits_that_were_missed_are_both_carried_out(desk: AtAlpaca) -> None:
    """The first must not pass for the second, which was announced as well, and of a ratio that nobody guesses."""
    for new, old, price in [(1, 2, "300.50"), (13, 11, "254.27")]:
        desk.announce_split(new, old, days=1)
        desk.harness.clock.advance(24 * 3600)
        desk.fake.split("AAPL", new, old, price=price, orders="adjusted")
        desk.harness.market.price("AAPL", price)
    desk.harness.engine.jobs.learn_corporate_actions()
    look_for_a_minute(desk)
    trade = desk.harness.trade()
    assert (trade.held_shares, trade.stop, desk.held()) == (302, Decimal("250.44"), 302)
    assert not desk.harness.told_of(UnexplainedChange)


def test_what_a_split_that_nobody_told_of_left_over_is_asked_about_and_not_called_somebody_elses(
    desk: AtAlpaca,
) -> None:
    """The stop that was left alone sold half of it, before another split, of which the account tells."""
    desk.harness.clock.advance(24 * 3600)
    desk.fake.split("AAPL", 2, price="75.13", orders="left", activity=False)
    desk.price("AAPL", "75.13")
    desk.harness.clock.advance(24 * 3600)
    desk.fake.split("AAPL", 3, price="25.04", orders="left")
    desk.harness.market.price("AAPL", "25.04")
    look_for_a_minute(desk)
    assert desk.harness.trade().state is TradeState.CLOSED
    assert desk.held() == 1536
    assert desk.harness.told_of(UnexplainedChange)
    assert not desk.harness.told_of(ForeignPosition)
    assert desk.harness.engine.queries.desk().state is DeskState.REDUCING
    desk.harness.clock.advance(7 * 24 * 3600)
    desk.restart()
    for seconds in (0, 1, 5, 31):
        desk.harness.clock.advance(seconds)
        desk.look(1)
        assert desk.harness.engine.queries.desk().state is DeskState.REDUCING
    assert not desk.harness.told_of(ForeignPosition)
    desk.harness.engine.commands.resume(Request(by="U0TRADER"))
    look_for_a_minute(desk)
    assert [notice.shares for notice in desk.harness.told_of(ForeignPosition)] == [1536]


@pytest.mark.parametrize(
    ("names", "way"),
    crossed([("APLX", "APLY"), ("APLX", "AAPL"), ("APLX", "AAPL", "APLX")], ["left", "cancelled", "adjusted"], most=3),
)
def test_each_rename_of_days_that_follow_is_carried_out(desk: AtAlpaca, way: str, names: tuple[str, ...]) -> None:
    for name in names:
        desk.harness.clock.advance(8 * 3600)
        desk.fake.rename(desk.harness.trade().symbol, name, orders=way)
        desk.look()
        look_for_a_minute(desk)
        assert (desk.harness.trade().symbol, desk.harness.trade().held_shares) == (name, 512)
    assert desk.harness.told_of(ForeignPosition) == []
    assert desk.harness.told_of(UnexplainedChange) == []


def test_exits_that_the_broker_leaves_under_the_old_name_are_in_nobodys_way(desk: AtAlpaca) -> None:
    """They sell nothing any more; with them the new ones would look like too much, and be ended again and again."""
    desk.harness.clock.advance(8 * 3600)
    for role in (OrderRole.STOP, OrderRole.TARGET):
        desk.fake.fault("DELETE", f"/v2/orders/{desk.live(role).broker_id}", Fault.NO_CODE, times=999, status=422)
    desk.fake.rename("AAPL", "APLX")
    look_for_a_minute(desk)
    exits = exits_of(desk, "APLX")
    assert [(role, shares) for _, role, shares in exits] == [(OrderRole.TARGET, 512), (OrderRole.STOP, 512)]
    for _ in range(3):
        look_for_a_minute(desk)
    assert exits_of(desk, "APLX") == exits
    assert len(exits_of(desk, "AAPL")) == 2


def exits_of(desk: AtAlpaca, symbol: str) -> list[tuple[str, OrderRole, int]]:
    """Return id, role and shares of the orders that stand under a symbol."""
    parts = [part for order in desk.broker.orders() for part in order.parts if part.symbol == symbol]
    return [(part.broker_id, part.role, part.shares) for part in parts if part.is_standing]


def trades(desk: AtAlpaca) -> dict[str, tuple[str, int]]:
    """Return the symbol and the shares of each trade, by the symbol that it was bought under."""
    with desk.harness.store.reading() as reader:
        return {trade.id.split("_")[0]: (trade.symbol, trade.held_shares) for trade in reader.trades()}


def test_companies_that_are_renamed_on_one_day_each_get_their_own_name(desk: AtAlpaca) -> None:
    for name in ("MSFT", "TSLA", "AAPL"):
        desk.fake.rename(name, f"{name}X")
    look_for_a_minute(desk)
    assert trades(desk) == {"AAPL": ("AAPLX", 512), "MSFT": ("MSFTX", 300), "TSLA": ("TSLAX", 150)}
    assert desk.harness.told_of(ForeignPosition) == []


def test_a_name_that_passes_from_one_company_to_another_on_one_day_is_not_mixed_up(desk: AtAlpaca) -> None:
    desk.fake.rename("MSFT", "MSFX")
    desk.fake.rename("AAPL", "MSFT")
    look_for_a_minute(desk)
    assert trades(desk) == {"AAPL": ("MSFT", 512), "MSFT": ("MSFX", 300), "TSLA": ("TSLA", 150)}
    assert desk.harness.told_of(ForeignPosition) == []


def test_names_that_any_of_two_trades_could_have_are_asked_about(desk: AtAlpaca) -> None:
    desk.fake.price("IBM", "190.75")
    desk.fake.buy_by_hand("IBM", 512)
    look_for_a_minute(desk)
    for name in ("IBM", "AAPL"):
        desk.fake.rename(name, f"{name}X")
    look_for_a_minute(desk)
    assert trades(desk)["AAPL"] == ("AAPL", 512)
    assert [(notice.before, notice.found) for notice in desk.harness.told_of(UnexplainedChange)] == [(512, 0)]


@pytest.mark.parametrize("in_one_row", [False, True])
def test_companies_that_split_on_one_day_are_each_restated_by_their_own_ratio(desk: AtAlpaca, in_one_row: bool) -> None:
    desk.fake.close_market()
    desk.fake.split("TSLA", 3, in_one_row=in_one_row)
    desk.fake.split("AAPL", 1, 8, in_one_row=in_one_row)
    desk.fake.split("MSFT", 3, 2, in_one_row=in_one_row)
    look_for_a_minute(desk)
    assert trades(desk) == {"AAPL": ("AAPL", 64), "MSFT": ("MSFT", 450), "TSLA": ("TSLA", 450)}


def test_shares_that_come_for_those_of_another_company_change_nothing_of_a_trade(desk: AtAlpaca) -> None:
    desk.fake.price("IBM", "190.75")
    desk.fake.buy_by_hand("IBM", 50)
    look_for_a_minute(desk)
    desk.fake.merge("IBM", "AAPL", rate="0.5")
    look_for_a_minute(desk)
    assert trades(desk)["AAPL"] == ("AAPL", 512)


def test_a_trade_whose_company_is_taken_over_by_that_of_another_trade_goes_on_beside_it(desk: AtAlpaca) -> None:
    desk.fake.merge("MSFT", "AAPL", rate="2")
    look_for_a_minute(desk)
    assert trades(desk) == {"AAPL": ("AAPL", 512), "MSFT": ("AAPL", 600), "TSLA": ("TSLA", 150)}
    assert desk.harness.told_of(ForeignPosition) == []


def test_shares_of_others_split_with_ours_so_that_what_an_old_stop_sold_is_booked(desk: AtAlpaca) -> None:
    desk.fake.buy_by_hand("AAPL", 230)
    look_for_a_minute(desk)
    desk.fake.close_market()
    desk.fake.split("AAPL", 3, 2, price="100.17")
    desk.fake.set_session(None)
    desk.fake.partly_fill(20)
    desk.fake.hold_cancels()
    next_open_at(desk, "100.17")  # the stop of before sells 20, and nobody ends it
    look_for_a_minute(desk)
    trade = desk.harness.trade()
    assert (trade.filled_shares, trade.exit_shares, trade.exit_price) == (768, 20, Decimal("100.17"))
    assert [notice.shares for notice in desk.harness.told_of(ForeignPosition)] == [230, 345]
    with desk.harness.store.reading() as reader:
        assert unexplained(reader) == {}


def test_shares_of_others_are_renamed_with_ours(desk: AtAlpaca) -> None:
    desk.fake.buy_by_hand("AAPL", 230)
    look_for_a_minute(desk)
    desk.fake.rename("AAPL", "APLX")
    desk.look()
    foreign = [(notice.symbol, notice.shares) for notice in desk.harness.told_of(ForeignPosition)]
    assert foreign == [("AAPL", 230), ("AAPL", 0), ("APLX", 230)]


@pytest.mark.parametrize("new", [10, 2])
def test_a_sale_that_was_asked_about_is_not_booked_for_a_later_split(desk: AtAlpaca, new: int) -> None:
    desk.fake.close_market()
    desk.fake.split("AAPL", 3, 20, price="1001.67", activity=False)  # which is the ratio of no split that is known
    desk.fake.set_session(None)
    desk.end()
    next_open_at(desk, "1001.67")  # of 76 shares the target of before sells 512
    with desk.next_life() as life:
        look_for_a_minute(life)
        assert life.harness.told_of(UnexplainedChange)
        life.harness.clock.advance(24 * 3600)
        life.fake.split("AAPL", new)
        look_for_a_minute(life)
    assert (desk.harness.trade().exit_shares, desk.harness.trade().exit_price) == (0, None)
