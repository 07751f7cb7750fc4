"""What other hands do comes together: exits moved one after the other, splits beside sales, purchases and fractions."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.model.corporate_action import ActionKind, CorporateAction
from engine.model.desk import DeskState, Request
from engine.model.market import exchange_date
from engine.model.notices.account import ExitMoved, ForeignPosition, SoldByHand, UnexplainedChange
from engine.model.trade import OrderRole, TradeState
from tests.engine.at_alpaca import AtAlpaca
from tests.fakes.worked_example import TRADE_ID


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    """The example's desk at Alpaca, which holds 512 AAPL at 150.25, with a stop at 147.99 and a target at 154.75."""
    with AtAlpaca.open(tmp_path) as desk:
        desk.buy()
        yield desk


def look_for_a_minute(desk: AtAlpaca) -> None:
    desk.look()
    desk.rig.clock.advance(31)
    desk.look()


def next_open_at(desk: AtAlpaca, price: str) -> None:
    """Let it be the next day's open, at a price; the desk sleeps meanwhile."""
    desk.rig.clock.advance(23.25 * 3600)
    desk.price("AAPL", price)


def test_a_stop_beside_a_target_that_was_moved_before_is_still_seen(desk: AtAlpaca) -> None:
    desk.fake.cancel_by_hand(desk.live(OrderRole.TARGET).broker_id)
    desk.look()
    desk.fake.move_by_hand(desk.live(OrderRole.TARGET).broker_id, limit="160.00")
    desk.look()
    desk.fake.move_by_hand(desk.live(OrderRole.STOP).broker_id, stop="149.00")
    desk.look()
    moves = [(notice.before, notice.after) for notice in desk.rig.told_of(ExitMoved)]
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
        ex_date=exchange_date(desk.rig.clock.now()) + timedelta(days=1),
        new_shares=Decimal(10),
    )
    desk.rig.actions.announced.append(action)
    desk.rig.engine.jobs.learn_corporate_actions()
    desk.fake.close_market()
    desk.fake.split("AAPL", 10, activity=False)
    desk.fake.set_session(None)
    next_open_at(desk, "9.02")  # the stop of before sells 853 of them at once
    look_for_a_minute(desk)
    trade = desk.rig.trade()
    assert (trade.filled_shares, trade.exit_shares, trade.exit_price) == (8530, 853, Decimal("9.02"))


def test_a_far_off_sale_beside_a_quantity_that_nothing_explains_is_asked_about(desk: AtAlpaca) -> None:
    desk.fake.close_market()
    desk.fake.split("AAPL", 13, 11, price="20.00", activity=False)
    desk.fake.set_session(None)
    next_open_at(desk, "20.00")
    look_for_a_minute(desk)
    assert desk.rig.told_of(UnexplainedChange)
    assert desk.rig.trade().exit_shares == 0


def test_shares_bought_by_hand_hide_no_split(desk: AtAlpaca) -> None:
    desk.fake.split("AAPL", 10, orders="cancelled", activity=False)
    desk.rig.market.price("AAPL", "15.02")
    desk.fake.buy_by_hand("AAPL", 200)
    look_for_a_minute(desk)
    trade = desk.rig.trade()
    assert (trade.held_shares, trade.stop) == (5120, Decimal("14.79"))
    assert [notice.shares for notice in desk.rig.told_of(ForeignPosition)] == [200]


def test_shares_sold_by_hand_before_a_split_are_booked_before_it(desk: AtAlpaca) -> None:
    desk.fake.cancel_by_hand(desk.live(OrderRole.TARGET).broker_id)
    desk.fake.sell_by_hand("AAPL", 112, "150.00")
    desk.fake.split("AAPL", 10, activity=False)
    desk.rig.market.price("AAPL", "15.02")
    look_for_a_minute(desk)
    (sold,) = desk.rig.told_of(SoldByHand)
    assert (sold.shares, sold.price, sold.is_estimate) == (112, Decimal(150), False)
    trade = desk.rig.trade()
    assert (trade.held_shares, trade.exit_shares, trade.exit_price) == (4000, 1120, Decimal("15.00"))


def test_what_exits_sold_before_a_split_is_booked_before_it(desk: AtAlpaca) -> None:
    desk.fake.fill_both_legs(TRADE_ID, 3)  # and nobody looks before the next morning
    desk.rig.clock.advance(19.75 * 3600)
    desk.fake.split("AAPL", 2, orders="cancelled")
    look_for_a_minute(desk)
    trade = desk.rig.trade()
    assert (trade.filled_shares, trade.exit_shares, trade.held_shares) == (1024, 12, 1012)
    assert not desk.rig.told_of(UnexplainedChange)


def test_two_splits_that_were_missed_are_both_carried_out(desk: AtAlpaca) -> None:
    """The first must not pass for the second, which was announced as well, and of a ratio that nobody guesses."""
    for night, (new, old, price) in enumerate([(1, 2, "300.50"), (13, 11, "254.27")]):
        action = CorporateAction(
            id=f"ca-{night}",
            kind=ActionKind.SPLIT,
            symbol="AAPL",
            ex_date=exchange_date(desk.rig.clock.now()) + timedelta(days=1),
            new_shares=Decimal(new),
            old_shares=Decimal(old),
        )
        desk.rig.actions.announced.append(action)
        desk.rig.clock.advance(24 * 3600)
        desk.fake.split("AAPL", new, old, price=price, orders="adjusted")
        desk.rig.market.price("AAPL", price)
    desk.rig.engine.jobs.learn_corporate_actions()
    look_for_a_minute(desk)
    trade = desk.rig.trade()
    assert (trade.held_shares, trade.stop, desk.held()) == (302, Decimal("250.44"), 302)
    assert not desk.rig.told_of(UnexplainedChange)


def test_what_a_split_that_nobody_told_of_left_over_is_asked_about_and_not_called_somebody_elses(
    desk: AtAlpaca,
) -> None:
    """The stop that was left alone sold half of it, before another split, of which the account tells."""
    desk.rig.clock.advance(24 * 3600)
    desk.fake.split("AAPL", 2, price="75.13", orders="left", activity=False)
    desk.price("AAPL", "75.13")
    desk.rig.clock.advance(24 * 3600)
    desk.fake.split("AAPL", 3, price="25.04", orders="left")
    desk.rig.market.price("AAPL", "25.04")
    look_for_a_minute(desk)
    assert desk.rig.trade().state is TradeState.CLOSED
    assert desk.held() == 1536
    assert desk.rig.told_of(UnexplainedChange)
    assert not desk.rig.told_of(ForeignPosition)
    assert desk.rig.engine.queries.desk().state is DeskState.REDUCING
    desk.rig.clock.advance(7 * 24 * 3600)
    desk.restart()
    for seconds in (0, 1, 5, 31):
        desk.rig.clock.advance(seconds)
        desk.look(1)
        assert desk.rig.engine.queries.desk().state is DeskState.REDUCING
    assert not desk.rig.told_of(ForeignPosition)
    desk.rig.engine.commands.resume(Request(by="U0TRADER"))
    look_for_a_minute(desk)
    assert [notice.shares for notice in desk.rig.told_of(ForeignPosition)] == [1536]
