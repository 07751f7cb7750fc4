"""Splits, renames and the rest, before, at and after their day, whatever the broker does with the standing orders."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from engine.bootstrap import wire
from engine.model.corporate_action import ActionKind, CorporateAction
from engine.model.desk import DeskState
from engine.model.market import exchange_date
from engine.model.notices.account import ForeignPosition, UnexplainedChange
from engine.model.notices.base import Notice, NoticeKind
from engine.model.notices.corporate_actions import ActionDue, CashInLieu
from engine.model.trade import ExitReason, Order, OrderRole, TradeState
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID
from tests.support.samples import crossed, sample

WAYS = ("left", "cancelled", "adjusted")
OLD_STOP = Decimal("147.99")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    """The example's desk at Alpaca, which holds 512 AAPL at 150.25, with a stop at 147.99 and a target at 154.75."""
    with AtAlpaca.open(tmp_path) as desk:
        desk.buy()
        yield desk


def overnight(desk: AtAlpaca) -> None:
    """Let it be the next morning, three hours before the open."""
    desk.harness.clock.advance(19.75 * 3600)


def open_at(desk: AtAlpaca, price: str) -> None:
    """Let regular trading begin at a price."""
    desk.harness.clock.advance(3.5 * 3600)
    desk.price("AAPL", price)


def exits(desk: AtAlpaca) -> set[tuple[OrderRole, int, Decimal | None]]:
    """Return the live exits of AAPL: what for, how many shares, at which price."""
    return {(part.role, part.shares, part.price) for part in desk.parts() if not part.state.is_over}


def standing(desk: AtAlpaca) -> list[Order]:
    """Return the exits of the trade, whatever their symbol, which nobody has asked the broker to end."""
    ours = [order for order in desk.broker.orders() if order.client_order_id.startswith(TRADE_ID)]
    return [part for order in ours for part in order.parts if part.is_standing and part.role is not OrderRole.ENTRY]


def told(desk: AtAlpaca, *kinds: NoticeKind) -> list[Notice]:
    return [notice for notice in desk.harness.told() if notice.kind in kinds]


def restatements(desk: AtAlpaca) -> list[Notice]:
    return told(desk, NoticeKind.RESTATED)


def sent_since(desk: AtAlpaca, count: int) -> list[Decimal | None]:
    """Return the stop prices of what was sent for AAPL after so many orders."""
    ids = {taken.id for taken in desk.fake.reader[count:] if taken.symbol == "AAPL"}
    parts = [part for order in desk.fake.orders if order["id"] in ids for part in (order, *(order["legs"] or ()))]
    return [Decimal(part["stop_price"]) for part in parts if part["stop_price"]]


def announced(
    desk: AtAlpaca, kind: ActionKind = ActionKind.SPLIT, *, days: int = 0, new: int = 2, old: int = 1
) -> None:
    action = CorporateAction(
        id="ca-1",
        kind=kind,
        symbol="AAPL",
        ex_date=exchange_date(desk.harness.clock.now()) + timedelta(days=days),
        new_shares=Decimal(new),
        old_shares=Decimal(old),
    )
    desk.harness.actions.announced.append(action)
    desk.harness.engine.jobs.learn_corporate_actions()


@pytest.mark.parametrize(("way", "activity"), crossed(WAYS, (True, False), most=4))
def test_a_forward_split_restates_the_trade_and_its_orders(desk: AtAlpaca, way: str, activity: bool) -> None:
    before = len(desk.fake.reader)
    overnight(desk)
    desk.fake.split("AAPL", 2, orders=way, activity=activity)
    desk.look()
    open_at(desk, "75.12")
    desk.look()
    trade = desk.harness.trade()
    assert (trade.id, trade.state, trade.held_shares) == (TRADE_ID, TradeState.OPEN, 1024)
    assert trade.fill_price == Decimal("75.125")
    assert abs(trade.stop - Decimal("73.995")) <= Decimal("0.005")  # the broker may have rounded it the other way
    assert {(role, shares) for role, shares, _ in exits(desk)} == {(OrderRole.STOP, 1024), (OrderRole.TARGET, 1024)}
    assert all(price and price < 80 for price in sent_since(desk, before))
    assert len(told(desk, NoticeKind.RESTATED)) == 1
    assert desk.harness.engine.queries.desk().state is DeskState.ACTIVE


@pytest.mark.parametrize(("way", "activity"), crossed(WAYS, (True, False), most=4))
def test_a_reverse_split_restates_the_trade_and_sells_nothing(desk: AtAlpaca, way: str, activity: bool) -> None:
    overnight(desk)
    desk.fake.split("AAPL", 1, 10, orders=way, activity=activity, cash_in_lieu="1502.50")
    desk.look()
    open_at(desk, "1502.50")
    desk.look()
    trade = desk.harness.trade()
    assert (trade.state, trade.held_shares, trade.fill_price) == (TradeState.OPEN, 51, Decimal("1502.5"))
    assert {(role, shares) for role, shares, _ in exits(desk)} == {(OrderRole.STOP, 51), (OrderRole.TARGET, 51)}


def test_cash_in_lieu_is_part_of_the_result(desk: AtAlpaca) -> None:
    overnight(desk)
    desk.fake.split("AAPL", 1, 10, orders="cancelled", cash_in_lieu="1502.50")
    desk.look()
    open_at(desk, "1502.50")
    desk.look()
    desk.price("AAPL", "1560.00")
    desk.look()
    trade = desk.harness.trade()
    assert trade.state is TradeState.CLOSED
    assert trade.exit_price
    won = 51 * (trade.exit_price - Decimal("1502.50"))
    assert trade.result == pytest.approx(won, abs=Decimal("0.01"))
    assert [notice.dollars for notice in desk.harness.told_of(CashInLieu)] == [Decimal("300.5")]


def test_a_stop_that_fires_at_the_open_of_the_day_before_anybody_looked_sells_half_of_it_at_its_true_worth(
    desk: AtAlpaca,
) -> None:
    desk.fake.split("AAPL", 2, orders="left", activity=False)
    desk.price("AAPL", "75.00")  # the old stop over the price sells 512 of 1024
    desk.look(4)
    trade = desk.harness.trade()
    assert (trade.filled_shares, trade.exit_shares) == (1024, 512)
    assert trade.exit_price == Decimal("75.13")
    assert trade.result == pytest.approx(0, abs=100)


def test_a_price_that_really_fell_by_half_is_booked_as_the_loss_that_it_is(desk: AtAlpaca) -> None:
    desk.price("AAPL", "75.00")
    desk.look(4)
    trade = desk.harness.trade()
    assert (trade.state, trade.exit_shares, trade.exit_price) == (TradeState.CLOSED, 512, Decimal(75))


def test_the_evening_before_the_desk_is_told_and_entries_stop(desk: AtAlpaca) -> None:
    announced(desk, days=1)
    assert told(desk, NoticeKind.ACTION_DUE) == []
    desk.harness.clock.advance(6 * 3600)  # after the close
    desk.harness.engine.jobs.learn_corporate_actions()
    desk.harness.engine.jobs.learn_corporate_actions()
    (action,) = [notice.action for notice in desk.harness.told_of(ActionDue)]
    assert (action.kind, action.ratio) == (ActionKind.SPLIT, Fraction(2))
    assert action.ex_date == exchange_date(desk.harness.clock.now()) + timedelta(days=1)


def test_after_the_last_close_before_a_split_nothing_is_sent_at_the_prices_of_before(desk: AtAlpaca) -> None:
    announced(desk, days=1)
    desk.harness.clock.advance(6 * 3600)
    before = len(desk.fake.reader)
    for order in desk.fake.orders:
        if order["symbol"] == "AAPL" and order["side"] == "sell" and order["status"] in {"new", "held"}:
            desk.fake.cancel_by_hand(order["id"])
    desk.look()
    assert sent_since(desk, before) == []


def test_on_the_day_old_exits_are_pulled_and_the_new_ones_come_once_the_shares_did(desk: AtAlpaca) -> None:
    announced(desk, days=1)
    desk.harness.clock.advance(16 * 3600)  # before the open of the day
    desk.look()
    assert exits(desk) == set()
    desk.fake.split("AAPL", 2, orders="left", activity=False)
    desk.harness.market.price("AAPL", "75.12")
    desk.look()
    assert {(role, shares) for role, shares, _ in exits(desk)} == {(OrderRole.STOP, 1024), (OrderRole.TARGET, 1024)}


@pytest.mark.parametrize("way", WAYS)
def test_a_split_while_the_bot_was_away_is_understood_at_the_next_start(desk: AtAlpaca, way: str) -> None:
    overnight(desk)
    desk.fake.split("AAPL", 3, 2, orders=way)
    desk.restart()
    desk.look()
    open_at(desk, "100.17")
    desk.look()
    trade = desk.harness.trade()
    assert (trade.state, trade.held_shares) == (TradeState.OPEN, 768)
    assert {(role, shares) for role, shares, _ in exits(desk)} == {(OrderRole.STOP, 768), (OrderRole.TARGET, 768)}


@pytest.mark.parametrize("way", WAYS)
def test_a_rename_keeps_the_trade_and_its_history_under_the_new_symbol(desk: AtAlpaca, way: str) -> None:
    desk.fake.rename("AAPL", "APPL", orders=way)
    desk.look()
    trade = desk.harness.trade()
    assert (trade.id, trade.symbol, trade.state, trade.held_shares) == (TRADE_ID, "APPL", TradeState.OPEN, 512)


def test_a_stop_under_the_old_symbol_protects_nothing_while_its_cancel_hangs(desk: AtAlpaca) -> None:
    overnight(desk)
    desk.fake.hold_cancels()
    desk.fake.rename("AAPL", "APPL", orders="left")
    desk.look()
    desk.harness.clock.advance(3.5 * 3600)
    desk.price("APPL", "150.00")
    desk.look()
    assert [(each.symbol, each.shares) for each in standing(desk)] == [("APPL", 512)] * 2
    desk.fake.release_cancels()
    desk.look()
    assert [(each.role, each.symbol) for each in standing(desk)] == [
        (OrderRole.TARGET, "APPL"),
        (OrderRole.STOP, "APPL"),
    ]


def test_a_merger_for_cash_ends_the_trade_at_what_was_paid(desk: AtAlpaca) -> None:
    desk.fake.merge("AAPL", cash="160.00")
    desk.look()
    trade = desk.harness.trade()
    assert (trade.state, trade.exit_price, trade.exit_reason) == (
        TradeState.CLOSED,
        Decimal(160),
        ExitReason.CORPORATE_ACTION,
    )


def test_what_the_account_tells_later_than_its_shares_is_not_done_twice(desk: AtAlpaca) -> None:
    overnight(desk)
    desk.fake.split("AAPL", 2, orders="cancelled", activity=False)
    desk.look()
    assert desk.harness.trade().held_shares == 1024
    history = desk.fake.tell_of_split("AAPL", 512, 1024)
    desk.look()
    assert history
    assert desk.harness.trade().held_shares == 1024


def test_what_is_announced_later_than_it_happened_is_not_done_twice(desk: AtAlpaca) -> None:
    overnight(desk)
    desk.fake.split("AAPL", 2, orders="cancelled", activity=False)
    desk.look()
    announced(desk)
    desk.look()
    assert desk.harness.trade().held_shares == 1024
    assert exits(desk)


@pytest.mark.parametrize("activity", [True, False])
def test_what_is_announced_days_after_it_was_carried_out_is_not_awaited_once_more(
    desk: AtAlpaca, *, activity: bool
) -> None:
    """So does a database hear of it that was put back to before: from the account first, and then from the calendar."""
    overnight(desk)
    desk.fake.split("AAPL", 2, orders="cancelled", activity=activity)
    desk.harness.clock.advance(3 * 24 * 3600)
    desk.restart()
    open_at(desk, "75.12")
    desk.look()
    announced(desk, days=-3)
    desk.look()
    assert desk.harness.trade().held_shares == 1024
    assert {(role, shares) for role, shares, _ in exits(desk)} == {(OrderRole.STOP, 1024), (OrderRole.TARGET, 1024)}


def test_a_split_that_was_announced_and_did_not_happen_gives_the_trade_its_stop_back(desk: AtAlpaca) -> None:
    announced(desk, days=1)
    overnight(desk)
    desk.look()
    assert exits(desk) == set()
    open_at(desk, "150.40")
    desk.harness.clock.advance(20 * 60)
    desk.price("AAPL", "150.40")
    desk.look()
    assert {(role, shares) for role, shares, _ in exits(desk)} == {(OrderRole.STOP, 512), (OrderRole.TARGET, 512)}


def test_shares_that_vanish_for_no_known_reason_are_asked_about_and_nothing_is_booked(desk: AtAlpaca) -> None:
    desk.fake.delist("AAPL", removed=True, activity=False)
    for _ in range(15):
        desk.look(1)
    assert desk.harness.trade().held_shares == 512
    (change,) = desk.harness.told_of(UnexplainedChange)
    assert (change.before, change.found) == (512, 0)
    assert (change.price_before, change.price_now) == (Decimal("150.25"), None)
    assert (desk.harness.engine.queries.desk().state, desk.harness.engine.queries.desk().reason) == (
        DeskState.REDUCING,
        "unexplained",
    )


def test_whoever_resumes_says_that_the_account_is_right(desk: AtAlpaca) -> None:
    desk.fake.deposit("100000")
    desk.fake.delist("AAPL", removed=True, activity=False)
    for _ in range(15):
        desk.look(1)
    desk.harness.engine.commands.resume(EngineHarness.ADMIN)
    desk.look()
    assert desk.harness.trade().state is TradeState.CLOSED
    assert desk.harness.engine.queries.desk().state is DeskState.ACTIVE


def test_a_spin_off_leaves_the_trade_alone_and_its_new_shares_are_nobodys(desk: AtAlpaca) -> None:
    desk.fake.spin_off("AAPL", "SPUN", rate="0.5", price="20.00")
    desk.look()
    assert (desk.harness.trade().held_shares, desk.harness.trade().stop) == (512, OLD_STOP)
    assert [notice.shares for notice in desk.harness.told_of(ForeignPosition)] == [256]


def test_a_rename_that_the_account_tells_hours_later_changes_nothing_more(desk: AtAlpaca) -> None:
    action = CorporateAction(
        id="nc-1",
        kind=ActionKind.RENAME,
        symbol="AAPL",
        ex_date=exchange_date(desk.harness.clock.now()) + timedelta(days=1),
        new_symbol="APLX",
    )
    desk.harness.actions.announced.append(action)
    desk.harness.engine.jobs.learn_corporate_actions()
    overnight(desk)
    desk.fake.rename("AAPL", "APLX", orders="cancelled", activity=False)
    desk.look()
    desk.fake.sell_by_hand("APLX", 200, "150.25")
    desk.look()
    desk.fake.tell_of_rename("AAPL", "APLX", 512)
    desk.look()
    trade = desk.harness.trade()
    assert (trade.symbol, trade.held_shares, trade.stop) == ("APLX", 312, OLD_STOP)


def test_a_reverse_split_and_a_rename_of_one_morning_are_both_carried_out(desk: AtAlpaca) -> None:
    overnight(desk)
    desk.fake.split("AAPL", 1, 10, orders="cancelled", cash_in_lieu="1502.50")
    desk.fake.rename("AAPL", "APLX", orders="cancelled")
    desk.look()
    trade = desk.harness.trade()
    assert (trade.symbol, trade.held_shares, trade.fill_price) == ("APLX", 51, Decimal("1502.5"))


def test_of_two_bots_one_restates_a_trade(desk: AtAlpaca) -> None:
    other = wire(desk.harness.settings, desk.adapters)
    overnight(desk)
    desk.fake.split("AAPL", 2, orders="cancelled")
    for engine in (desk.harness.engine, other, desk.harness.engine, other):
        engine.jobs.reconcile()
        desk.harness.clock.advance(3)
        engine.jobs.poll_unconfirmed()
    assert desk.harness.trade().held_shares == 1024


def test_nothing_is_moved_to_an_old_price_while_a_split_is_not_understood(desk: AtAlpaca) -> None:
    before = len(desk.fake.reader)
    desk.fake.split("AAPL", 2, orders="adjusted", activity=False)
    desk.look()
    ids = {taken.id for taken in desk.fake.reader[before:] if taken.symbol == "AAPL"}
    prices = [order["limit_price"] for order in desk.fake.orders if order["id"] in ids and order["limit_price"]]
    assert all(Decimal(price) < 100 for price in prices)


def two_splits_missed(
    desk: AtAlpaca, first: tuple[int, int], second: tuple[int, int], told: str, activities: tuple[bool, bool]
) -> None:
    """Let two splits happen on days that follow, while nobody looks; `told` names those that are announced."""
    desk.end()
    for number, (ratio, activity) in enumerate(zip((first, second), activities, strict=True)):
        desk.harness.clock.advance(24 * 3600)
        desk.fake.split("AAPL", *ratio, orders="cancelled", activity=activity)
        if str(number) in told:
            desk.announce_split(*ratio)


@pytest.mark.parametrize(
    ("told", "activities"),
    [
        ("1", (True, True)),
        ("0", (True, True)),
        ("01", (False, False)),
        ("01", (True, False)),
        ("01", (True, True)),
        ("", (True, True)),
    ],
    ids=["second announced", "first announced", "both announced", "first told", "both known twice", "both told"],
)
@pytest.mark.parametrize(
    ("first", "second"), sample([((1, 2), (3, 1)), ((2, 1), (3, 1)), ((1, 10), (3, 2)), ((3, 1), (1, 2))], 2)
)
def test_of_two_splits_that_were_missed_each_is_carried_out_at_its_own_ratio(
    desk: AtAlpaca, first: tuple[int, int], second: tuple[int, int], told: str, activities: tuple[bool, bool]
) -> None:
    two_splits_missed(desk, first, second, told, activities)
    with desk.next_life() as later:
        later.look()
        later.harness.clock.advance(31)
        later.look()
        one, both = Fraction(*first), Fraction(*first) * Fraction(*second)
        shares = int(int(512 * one) * Fraction(*second))
        trade = later.harness.trade()
        assert trade.held_shares == shares
        assert trade.stop == pytest.approx(OLD_STOP * both.denominator / both.numerator, abs=Decimal("0.02"))
        assert {(role, count) for role, count, _ in exits(later)} == {
            (OrderRole.STOP, shares),
            (OrderRole.TARGET, shares),
        }
        assert len(restatements(later)) == 2
