"""Spin-offs before, at and after their day: nothing is sent at old prices, and no loss is booked that nobody made.

AAPL was bought at 150.25. On the next day half a share of SPUN comes for each, and the two trade at 135.22 and 30.06:
just as much together, so 13522/15025 of the worth stays.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from engine.bootstrap import wire
from engine.model.corporate_action import ActionKind, ActionState, CorporateAction, MissingTerm
from engine.model.desk import DeskState
from engine.model.market import Snapshot, exchange_date
from engine.model.notices.account import ForeignPosition
from engine.model.notices.base import Notice, NoticeKind
from engine.model.notices.corporate_actions import (
    ActionDue,
    CashInLieu,
    SpinOffWaits,
    SpunOffPart,
    TradeRestated,
    TradeTerms,
)
from engine.model.trade import OrderRole, Trade, TradeState
from engine.model.view import PositionLine
from engine.risk.sizing import cut
from tests.support.alpaca_desk import AtAlpaca
from tests.support.duty import BOTH_LINES, put_on_duty
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID
from tests.support.samples import crossed

WAYS = ("left", "cancelled", "adjusted")
FILL, STOP, TARGET = Decimal("150.25"), Decimal("147.99"), Decimal("154.75")
PARENT, CHILD, RATE = "135.22", "30.06", "0.5"
KEPT = Fraction(13522, 15025)
TOTAL_KEPT = FILL - Decimal(RATE) * Decimal(CHILD)
"""What the price that was paid comes to after the spin-off: 135.22."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    """The example's desk at Alpaca, which holds 512 AAPL at 150.25, with a stop at 147.99 and a target at 154.75."""
    with AtAlpaca.open(tmp_path) as desk:
        desk.buy()
        yield desk


def an_action(
    desk: AtAlpaca, *, new: str = RATE, old: str = "1", child: str = "SPUN", days: int = 1
) -> CorporateAction:
    return CorporateAction(
        id="spin-1",
        kind=ActionKind.SPIN_OFF,
        symbol="AAPL",
        ex_date=exchange_date(desk.harness.clock.now()) + timedelta(days=days),
        new_shares=Decimal(new),
        old_shares=Decimal(old),
        new_symbol=child,
    )


def announce(desk: AtAlpaca, **told: Any) -> None:
    desk.harness.actions.announced[:] = [an_action(desk, **told)]
    desk.harness.engine.jobs.learn_corporate_actions()


def overnight(desk: AtAlpaca) -> None:
    """Let it be the next morning, three hours before the open."""
    desk.harness.clock.advance(19.75 * 3600)


def spin(
    desk: AtAlpaca,
    *,
    orders: str = "left",
    activity: bool = True,
    rate: str = RATE,
    child: str = CHILD,
    cash: str | None = None,
) -> None:
    """Let the shares of SPUN come into the account; the market of the desk shows no price of it by that."""
    desk.fake.spin_off(
        "AAPL", "SPUN", rate=rate, price=child, source_price=PARENT, orders=orders, activity=activity, cash_in_lieu=cash
    )


def begin_trading(desk: AtAlpaca, parent: str = PARENT, child: str | None = CHILD) -> None:
    """Let regular trading begin; without a price of SPUN it does not trade yet."""
    desk.harness.clock.advance(3.5 * 3600)
    if child:
        desk.price("SPUN", child)
    desk.price("AAPL", parent)


def go_on(desk: AtAlpaca, parent: str = PARENT, child: str | None = CHILD, *, minutes: int = 1) -> None:
    """Let regular trading go on at prices."""
    for _ in range(minutes):
        desk.harness.clock.advance(58)
        if child:
            desk.price("SPUN", child)
        desk.price("AAPL", parent)
        desk.look(1)


def lines(desk: AtAlpaca) -> list[PositionLine]:
    """Return how the trade's position is shown."""
    return [line for line in desk.harness.engine.queries.portfolio().lines if line.symbol == "AAPL"]


def exits(desk: AtAlpaca) -> set[tuple[OrderRole, int, Decimal | None]]:
    """Return the live exits of AAPL: what for, how many shares, at which price."""
    return {
        (part.role, part.shares - part.filled_shares, part.price) for part in desk.parts() if not part.state.is_over
    }


def told(desk: AtAlpaca, *kinds: NoticeKind) -> list[Notice]:
    return [notice for notice in desk.harness.told() if notice.kind in kinds]


def waits(desk: AtAlpaca) -> list[tuple[Decimal | None, Decimal | None, str, MissingTerm, str]]:
    """Return what the desk was asked about: the rates, the new symbol, what is missing, and of which symbol."""
    return [
        (notice.new_shares, notice.old_shares, notice.new_symbol, notice.missing, notice.unpriced)
        for notice in desk.harness.told_of(SpinOffWaits)
    ]


def sent_since(desk: AtAlpaca, count: int) -> list[Decimal]:
    """Return the prices of what was sold, or offered, of AAPL after so many orders."""
    ids = {taken.id for taken in desk.fake.reader[count:] if taken.client_order_id.startswith(TRADE_ID)}
    parts = [part for order in desk.fake.orders if order["id"] in ids for part in (order, *(order["legs"] or ()))]
    return [Decimal(part[name]) for part in parts for name in ("stop_price", "limit_price") if part[name]]


def kept(price: Decimal, part: Fraction = KEPT) -> Decimal:
    return cut(price * part.numerator / part.denominator)


def state_of_action(desk: AtAlpaca) -> ActionState:
    on = exchange_date(desk.harness.clock.now())
    with desk.harness.store.reading() as reader:
        ((_, state),) = reader.corporate_actions(on - timedelta(days=9), on + timedelta(days=9))
    return state


def is_restated(trade: Trade, part: Fraction = KEPT) -> bool:
    fill = FILL * part.numerator / part.denominator
    prices = (trade.stop, trade.target) == (kept(STOP, part), kept(TARGET, part))
    return trade.held_shares == 512 and trade.fill_price == fill and prices


@pytest.mark.parametrize(("way", "activity"), crossed(WAYS, (True, False), most=4))
def test_a_spin_off_leaves_the_shares_and_restates_their_prices(desk: AtAlpaca, way: str, activity: bool) -> None:
    before = len(desk.fake.reader)
    announce(desk)
    overnight(desk)
    desk.look()
    spin(desk, orders=way, activity=activity)
    desk.look()
    begin_trading(desk)
    desk.look()
    trade = desk.harness.trade()
    assert (trade.id, trade.state) == (TRADE_ID, TradeState.OPEN)
    assert is_restated(trade)
    assert exits(desk) == {(OrderRole.STOP, 512, kept(STOP)), (OrderRole.TARGET, 512, kept(TARGET))}
    assert set(sent_since(desk, before)) == {kept(STOP), kept(TARGET)}
    (notice,) = desk.harness.told_of(TradeRestated)
    assert (notice.action, notice.new_shares, notice.old_shares) == (ActionKind.SPIN_OFF, Decimal("0.5"), Decimal(1))
    assert notice.before == TradeTerms(shares=512, stop=STOP, target=TARGET, symbol="AAPL")
    assert notice.after == TradeTerms(shares=512, stop=trade.stop, target=trade.target, symbol="AAPL")
    part = SpunOffPart(symbol="SPUN", shares=256, cost=Decimal("7695.36"), kept=Decimal("0.89996672"))
    assert notice.spun_off == part
    assert [foreign.shares for foreign in desk.harness.told_of(ForeignPosition)] == [256]
    assert told(desk, NoticeKind.UNEXPLAINED, NoticeKind.SPIN_OFF_WAITS, NoticeKind.EXIT_MOVED) == []
    assert TRADE_ID not in {each.trade_id for each in desk.harness.told() if each.kind is NoticeKind.UNPROTECTED}
    assert desk.harness.engine.queries.desk().state is DeskState.ACTIVE
    assert state_of_action(desk) is ActionState.APPLIED


def test_the_evening_before_the_desk_is_told_and_nothing_is_sent_any_more(desk: AtAlpaca) -> None:
    announce(desk)
    desk.harness.clock.advance(6 * 3600)  # after the close
    desk.harness.engine.jobs.learn_corporate_actions()
    before = len(desk.fake.reader)
    for order in desk.fake.orders:
        if order["symbol"] == "AAPL" and order["side"] == "sell" and order["status"] in {"new", "held"}:
            desk.fake.cancel_by_hand(order["id"])
    desk.look()
    day = exchange_date(desk.harness.clock.now()) + timedelta(days=1)
    (action,) = [notice.action for notice in desk.harness.told_of(ActionDue)]
    assert (action.kind, action.new_shares, action.old_shares) == (ActionKind.SPIN_OFF, Decimal("0.5"), Decimal(1))
    assert (action.ex_date, action.new_symbol, action.cash) == (day, "SPUN", Decimal(0))
    assert sent_since(desk, before) == []


def test_before_the_open_of_the_day_old_exits_are_pulled_and_come_back_at_restated_prices_only(
    desk: AtAlpaca,
) -> None:
    announce(desk)
    overnight(desk)
    desk.look()
    assert exits(desk) == set()
    begin_trading(desk, child=None)
    desk.look()
    assert exits(desk) == set()
    go_on(desk)
    desk.look()
    assert {price for _, _, price in exits(desk)} == {kept(STOP), kept(TARGET)}


def test_a_market_that_moves_over_night_is_all_that_is_won_or_lost(desk: AtAlpaca) -> None:
    announce(desk)
    overnight(desk)
    spin(desk)
    desk.look()
    begin_trading(desk, "136.00", "31.00")  # 151.50 together
    desk.look()
    trade, part = desk.harness.trade(), Fraction(13600, 15150)
    assert is_restated(trade, part)
    desk.price("AAPL", str(trade.target))
    desk.look()
    trade = desk.harness.trade()
    assert (trade.state, trade.exit_price) == (TradeState.CLOSED, kept(TARGET, part))
    assert trade.result == 512 * (kept(TARGET, part) - FILL * part.numerator / part.denominator)


@pytest.mark.parametrize("when", ["before", "at", "after"])
def test_a_restart_in_between_changes_nothing(desk: AtAlpaca, when: str) -> None:
    announce(desk)
    overnight(desk)
    desk.look()
    for moment in ("before", "at", "after"):
        if moment == "at":
            spin(desk)
        if moment == "after":
            begin_trading(desk)
            desk.look()
        if moment == when:
            desk.restart()
        desk.look()
    assert is_restated(desk.harness.trade())
    assert len(told(desk, NoticeKind.RESTATED)) == 1
    assert {price for _, _, price in exits(desk)} == {kept(STOP), kept(TARGET)}


def test_an_old_stop_that_fires_at_the_open_while_the_bot_is_away_is_no_loss(desk: AtAlpaca) -> None:
    announce(desk)
    desk.end()
    overnight(desk)
    spin(desk)
    begin_trading(desk)  # under the old stop
    with desk.next_life() as later:
        later.look()
        trade = later.harness.trade()
        assert (trade.state, trade.exit_shares, trade.exit_price) == (TradeState.CLOSED, 512, Decimal(PARENT))
        assert trade.result == pytest.approx(0, abs=Decimal("1e-20"))


def test_what_was_announced_while_the_bot_was_away_is_learnt_before_anything_is_booked(desk: AtAlpaca) -> None:
    desk.end()
    desk.harness.actions.announced.append(an_action(desk))
    overnight(desk)
    spin(desk)
    begin_trading(desk)
    with desk.next_life() as later:
        later.look()
        assert later.harness.trade().state is TradeState.CLOSED
        assert later.harness.trade().result == pytest.approx(0, abs=Decimal("1e-20"))


def sell_at_the_target(desk: AtAlpaca, shares: int) -> None:
    order = desk.broker.order(TRADE_ID)
    target = order and order.leg(OrderRole.TARGET)
    assert target
    desk.fake.fill(target.broker_id, shares, str(TARGET))


def test_what_was_sold_before_keeps_its_result(desk: AtAlpaca) -> None:
    sell_at_the_target(desk, 212)
    desk.look()
    won = desk.harness.trade().result or Decimal(0)
    announce(desk)
    overnight(desk)
    spin(desk)
    desk.look()
    begin_trading(desk)
    desk.look()
    trade = desk.harness.trade()
    assert (trade.held_shares, won) == (300, 212 * (TARGET - FILL))
    assert trade.result == pytest.approx(won, abs=Decimal("1e-20"))
    assert {(role, shares) for role, shares, _ in exits(desk)} == {(OrderRole.STOP, 300), (OrderRole.TARGET, 300)}
    desk.price("AAPL", str(trade.target))
    desk.look()
    more = 300 * (trade.target - TOTAL_KEPT)
    assert desk.harness.trade().state is TradeState.CLOSED
    assert desk.harness.trade().result == pytest.approx(won + more, abs=Decimal("1e-18"))


def test_what_was_sold_before_and_after_while_the_bot_was_away_is_told_apart(desk: AtAlpaca) -> None:
    announce(desk)
    desk.end()
    sell_at_the_target(desk, 212)
    overnight(desk)
    spin(desk)
    begin_trading(desk)  # the old stop sells the other 300
    with desk.next_life() as later:
        later.look()
        trade = later.harness.trade()
        assert (trade.state, trade.exit_shares) == (TradeState.CLOSED, 512)
        assert trade.result == pytest.approx(212 * (TARGET - FILL), abs=Decimal("1e-18"))


def waiting(desk: AtAlpaca) -> None:
    """Let the day come on which SPUN does not trade at the open, and the desk be asked."""
    announce(desk)
    overnight(desk)
    spin(desk)
    desk.look()
    begin_trading(desk, child=None)
    go_on(desk, child=None, minutes=3)


def test_while_the_new_company_does_not_trade_the_desk_is_asked_once_and_takes_exits_only(desk: AtAlpaca) -> None:
    before = len(desk.fake.reader)
    waiting(desk)
    go_on(desk, child=None, minutes=20)
    assert waits(desk) == [(Decimal("0.5"), Decimal(1), "SPUN", MissingTerm.PRICE, "SPUN")]
    assert (desk.harness.engine.queries.desk().state, desk.harness.engine.queries.desk().reason) == (
        DeskState.REDUCING,
        "spin_off",
    )
    assert (desk.harness.trade().state, desk.harness.trade().stop) == (TradeState.OPEN, STOP)
    assert (exits(desk), sent_since(desk, before)) == (set(), [])


def test_shares_that_wait_are_shown_without_a_stop_and_count_as_such(desk: AtAlpaca) -> None:
    desk.price("AAPL", "152.00")
    desk.harness.engine.commands.exits.stop(TRADE_ID, Decimal("151.00"), EngineHarness.TRADER)
    desk.look()
    assert [(line.risk, line.awaits) for line in lines(desk)] == [(Decimal(0), False)]
    waiting(desk)
    bare = 512 * FILL * desk.harness.settings.risk.limits.foreign_risk
    assert [(line.risk, line.awaits) for line in lines(desk)] == [(bare, True)]
    go_on(desk, minutes=2)
    assert [(line.risk, line.awaits) for line in lines(desk)] == [(Decimal(0), False)]


def test_shares_bought_on_the_day_itself_wait_for_nothing(desk: AtAlpaca) -> None:
    announce(desk, days=0)
    desk.look()
    desk.fake.cancel_by_hand(desk.live(OrderRole.STOP).broker_id)
    desk.harness.engine.jobs.reconcile()
    assert exits(desk) == set()
    [line] = lines(desk)
    assert (line.risk, line.awaits) == (512 * (FILL - STOP), False)


def test_once_it_trades_the_desk_goes_on_by_itself(desk: AtAlpaca) -> None:
    waiting(desk)
    desk.restart()
    go_on(desk, minutes=2)
    assert is_restated(desk.harness.trade())
    assert {price for _, _, price in exits(desk)} == {kept(STOP), kept(TARGET)}
    assert desk.harness.engine.queries.desk().state is DeskState.ACTIVE


def test_it_may_trade_only_weeks_later(desk: AtAlpaca) -> None:
    before = len(desk.fake.reader)
    waiting(desk)
    for _ in range(3):
        desk.harness.clock.advance(7 * 24 * 3600)
        desk.harness.engine.jobs.learn_corporate_actions()
        go_on(desk, child=None, minutes=3)
        assert sent_since(desk, before) == []
    go_on(desk, minutes=2)
    assert is_restated(desk.harness.trade())
    assert set(sent_since(desk, before)) == {kept(STOP), kept(TARGET)}


def test_whoever_resumes_trades_on_in_the_others_while_it_waits(desk: AtAlpaca) -> None:
    waiting(desk)
    desk.harness.engine.commands.resume(EngineHarness.ADMIN)
    go_on(desk, child=None, minutes=3)
    assert desk.harness.engine.queries.desk().state is DeskState.ACTIVE
    assert exits(desk) == set()


def test_a_close_while_it_waits_sells_and_its_result_comes_with_the_price(desk: AtAlpaca) -> None:
    waiting(desk)
    desk.price("AAPL", "136.00")
    desk.harness.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    go_on(desk, child=None, minutes=2)
    assert (desk.held(), desk.harness.trade().state, desk.harness.trade().result) == (0, TradeState.CLOSING, None)
    go_on(desk, minutes=2)
    trade = desk.harness.trade()
    assert (trade.state, trade.exit_shares) == (TradeState.CLOSED, 512)
    assert trade.result == pytest.approx(512 * (Decimal("136.00") - TOTAL_KEPT), abs=Decimal("1e-18"))


def test_a_sale_whose_cost_is_never_known_is_booked_after_days_as_if_nothing_had_come(desk: AtAlpaca) -> None:
    waiting(desk)
    desk.harness.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    go_on(desk, child=None, minutes=2)
    desk.harness.clock.advance(7 * 24 * 3600)
    go_on(desk, child=None, minutes=2)
    trade = desk.harness.trade()
    assert (trade.state, trade.result) == (TradeState.CLOSED, 512 * (Decimal(PARENT) - FILL))
    assert desk.harness.engine.queries.desk().state is DeskState.ACTIVE


def test_a_sale_by_hand_while_it_waits_is_booked_once_its_cost_is_known(desk: AtAlpaca) -> None:
    waiting(desk)
    desk.fake.sell_by_hand("AAPL", 200, "136.00")
    go_on(desk, child=None, minutes=3)
    assert (desk.harness.trade().exit_shares, told(desk, NoticeKind.UNEXPLAINED)) == (0, [])
    go_on(desk, minutes=3)
    trade = desk.harness.trade()
    assert (trade.state, trade.held_shares, trade.exit_price) == (TradeState.OPEN, 312, Decimal("136.00"))
    assert trade.result == pytest.approx(200 * (Decimal("136.00") - TOTAL_KEPT), abs=Decimal("1e-18"))
    assert {(role, shares) for role, shares, _ in exits(desk)} == {(OrderRole.STOP, 312), (OrderRole.TARGET, 312)}


def a_snapshot(desk: AtAlpaca, **changes: object) -> Snapshot:
    at, cent = Decimal(CHILD), Decimal("0.01")
    good = Snapshot(symbol="SPUN", at=desk.harness.clock.now(), price=at, volume=1, bid=at - cent, ask=at + cent)
    return replace(good, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "broken",
    [
        {"price": Decimal(0)},
        {"price": Decimal("NaN")},
        {"bid": Decimal(31), "ask": Decimal(30)},
        {"price": Decimal(-1)},
    ],
    ids=["nothing", "no number", "crossed", "negative"],
)
def test_a_price_that_is_none_values_nothing(desk: AtAlpaca, broken: dict[str, object]) -> None:
    waiting(desk)
    desk.harness.market.put(a_snapshot(desk, **broken))
    desk.look()
    assert desk.harness.trade().stop == STOP


def test_a_price_from_before_the_open_values_nothing(desk: AtAlpaca) -> None:
    announce(desk)
    overnight(desk)
    spin(desk)
    desk.look()
    opening = desk.adapters.calendar.next_open(desk.harness.clock.now())
    desk.harness.clock.set(opening - timedelta(seconds=10))
    desk.price("SPUN", CHILD)
    desk.harness.clock.set(opening + timedelta(seconds=5))
    desk.price("AAPL", PARENT)
    desk.look(1)
    assert desk.harness.trade().stop == STOP
    desk.price("SPUN", CHILD)
    desk.look(1)
    assert is_restated(desk.harness.trade())


def test_while_prices_cannot_be_read_it_waits(desk: AtAlpaca) -> None:
    announce(desk)
    overnight(desk)
    spin(desk)
    desk.look()
    begin_trading(desk)
    desk.harness.market.is_down = True
    desk.look()
    assert desk.harness.trade().stop == STOP
    desk.harness.market.is_down = False
    desk.look()
    assert is_restated(desk.harness.trade())


@pytest.mark.parametrize(
    ("new", "old", "rate", "child"),
    [("1", "3", "0.3333333333", "45.09"), ("0.2", "1", "0.2", "75.15"), ("1", "19.35", "0.05", "290.8305")],
)
def test_an_uneven_rate_is_taken_exactly(desk: AtAlpaca, new: str, old: str, rate: str, child: str) -> None:
    announce(desk, new=new, old=old)
    overnight(desk)
    spin(desk, rate=rate, child=child, cash=child)
    desk.look()
    begin_trading(desk, child=child)
    desk.look()
    of_the_child = Fraction(new) / Fraction(old) * Fraction(child)
    assert is_restated(desk.harness.trade(), Fraction(PARENT) / (Fraction(PARENT) + of_the_child))


def test_cash_for_fractions_of_what_was_spun_off_is_told_and_is_none_of_the_trade_s(desk: AtAlpaca) -> None:
    announce(desk, new="0.2")
    overnight(desk)
    spin(desk, rate="0.2", child="75.15", cash="75.15")  # 102.4 shares
    desk.look()
    begin_trading(desk, child="75.15")
    desk.look()
    trade = desk.harness.trade()
    assert (trade.result, trade.restated.cash) == (None, Decimal(0))
    (cash,) = desk.harness.told_of(CashInLieu)
    assert (cash.dollars, cash.spun_off) == (Decimal("30.06"), "SPUN")
    assert [foreign.shares for foreign in desk.harness.told_of(ForeignPosition)] == [102]


def test_a_rate_that_is_not_announced_is_taken_from_what_came(desk: AtAlpaca) -> None:
    announce(desk, new="0")
    overnight(desk)
    desk.look()
    begin_trading(desk)
    go_on(desk, minutes=3)
    assert waits(desk) == [(None, None, "SPUN", MissingTerm.RATE, "SPUN")]
    spin(desk)
    go_on(desk, minutes=2)
    assert is_restated(desk.harness.trade())


def test_which_shares_come_may_be_told_by_the_account_only(desk: AtAlpaca) -> None:
    announce(desk, child="")
    overnight(desk)
    desk.look()
    begin_trading(desk)
    go_on(desk, minutes=3)
    assert waits(desk) == [(Decimal("0.5"), Decimal(1), "", MissingTerm.CHILD, "")]
    spin(desk)
    go_on(desk, minutes=2)
    assert is_restated(desk.harness.trade())


def test_terms_that_are_fixed_later_are_learnt(desk: AtAlpaca) -> None:
    announce(desk, new="0", child="")
    overnight(desk)
    announce(desk, days=0)
    desk.look()
    begin_trading(desk)
    desk.look()
    assert is_restated(desk.harness.trade())


def test_a_spin_off_that_is_put_off_gives_the_trade_its_exits_back(desk: AtAlpaca) -> None:
    announce(desk)
    overnight(desk)
    desk.look()
    announce(desk, days=5)
    begin_trading(desk, "150.30", None)
    desk.look()
    assert exits(desk) == {(OrderRole.STOP, 512, STOP), (OrderRole.TARGET, 512, TARGET)}


def test_of_two_bots_one_restates_a_trade(desk: AtAlpaca) -> None:
    other = wire(desk.harness.settings, desk.adapters)
    announce(desk)
    overnight(desk)
    spin(desk)
    desk.look()
    begin_trading(desk)
    for engine in (desk.harness.engine, other, desk.harness.engine, other):
        engine.jobs.reconcile()
        desk.harness.clock.advance(3)
        engine.jobs.poll_unconfirmed()
    assert is_restated(desk.harness.trade())
    assert len(told(desk, NoticeKind.RESTATED)) == 1


def test_a_company_that_changes_its_symbol_on_the_day_is_followed(desk: AtAlpaca) -> None:
    announce(desk)
    overnight(desk)
    spin(desk, orders="cancelled")
    desk.fake.rename("AAPL", "APLX", orders="cancelled")
    desk.look()
    desk.harness.clock.advance(3.5 * 3600)
    desk.price("SPUN", CHILD)
    desk.price("APLX", PARENT)
    desk.look()
    trade = desk.harness.trade()
    assert trade.symbol == "APLX"
    assert is_restated(trade)


def test_shares_bought_on_the_day_itself_are_none_of_its_business(desk: AtAlpaca) -> None:
    announce(desk, days=0)
    desk.look()
    assert exits(desk) == {(OrderRole.STOP, 512, STOP), (OrderRole.TARGET, 512, TARGET)}
    assert desk.harness.trade().stop == STOP


def test_a_stop_that_is_passed_at_the_restated_price_too_is_asked_about(desk: AtAlpaca) -> None:
    announce(desk)
    overnight(desk)
    spin(desk)
    desk.look()
    begin_trading(desk, "120.00", "26.68")
    desk.look()
    assert told(desk, NoticeKind.EXIT_SENSELESS)
    assert exits(desk) == set()


def test_days_and_terms_that_are_told_later_are_taken_over(desk: AtAlpaca) -> None:
    announce(desk, new="0", child="")
    announce(desk, new="1", old="4", child="SPUN", days=2)
    day = exchange_date(desk.harness.clock.now()) + timedelta(days=2)
    with desk.harness.store.reading() as reader:
        ((action, state),) = reader.corporate_actions(day, day)
    assert (action.ratio, action.new_symbol, state) == (Fraction(1, 4), "SPUN", ActionState.ANNOUNCED)


def test_shares_that_stay_without_a_stop_call_everybody_on_duty(desk: AtAlpaca) -> None:
    put_on_duty(desk.harness, BOTH_LINES)
    waiting(desk)
    assert [notice.called for notice in desk.harness.told_of(SpinOffWaits)] == [("U0TRADER", "U0ADMIN")]


def test_two_minutes_pass_before_the_desk_is_asked(desk: AtAlpaca) -> None:
    announce(desk)
    overnight(desk)
    spin(desk)
    desk.look()
    desk.harness.clock.set(desk.adapters.calendar.next_open(desk.harness.clock.now()) + timedelta(seconds=60))
    desk.price("AAPL", PARENT)
    desk.look()
    assert told(desk, NoticeKind.SPIN_OFF_WAITS) == []
    go_on(desk, child=None, minutes=2)
    assert waits(desk) == [(Decimal("0.5"), Decimal(1), "SPUN", MissingTerm.PRICE, "SPUN")]


def test_a_sale_by_hand_of_the_evening_before_is_booked_at_its_own_cost(desk: AtAlpaca) -> None:
    announce(desk)
    desk.end()
    desk.fake.sell_by_hand("AAPL", 200, "151.00")
    overnight(desk)
    spin(desk, orders="cancelled")
    begin_trading(desk)
    with desk.next_life() as later:
        go_on(later, minutes=3)
        trade = later.harness.trade()
        assert (trade.state, trade.held_shares) == (TradeState.OPEN, 312)
        assert trade.result == pytest.approx(200 * (Decimal("151.00") - FILL), abs=Decimal("1e-18"))
        assert {price for _, _, price in exits(later)} == {kept(STOP), kept(TARGET)}


def test_a_sale_at_the_market_that_waits_for_the_open_is_not_pulled(desk: AtAlpaca) -> None:
    announce(desk)
    overnight(desk)
    desk.look()
    desk.harness.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    desk.look()
    sales = [part for part in desk.parts() if part.role is OrderRole.EXIT]
    assert [part.state.is_over for part in sales] == [False]
    spin(desk)
    begin_trading(desk)
    desk.look()
    trade = desk.harness.trade()
    assert (trade.state, trade.exit_shares) == (TradeState.CLOSED, 512)
    assert trade.result == pytest.approx(512 * (Decimal(PARENT) - TOTAL_KEPT), abs=Decimal("1e-18"))


def test_two_companies_spun_off_on_one_day_leave_just_the_price_of_the_share(desk: AtAlpaca) -> None:
    announce(desk)
    (first,) = desk.harness.actions.announced
    second = replace(first, id="spin-2", new_symbol="ALSO", new_shares=Decimal(1), old_shares=Decimal(4))
    desk.harness.actions.announced.append(second)
    desk.harness.engine.jobs.learn_corporate_actions()
    overnight(desk)
    spin(desk)
    desk.look()
    begin_trading(desk, "120.00")
    desk.look()
    assert desk.harness.trade().stop == STOP  # ALSO has no price yet
    desk.price("ALSO", "60.88")
    desk.price("SPUN", CHILD)
    desk.price("AAPL", "120.00")
    desk.look()
    trade, part = desk.harness.trade(), Fraction(12000, 12000 + 1503 + 1522)
    assert trade.fill_price == pytest.approx(FILL * part.numerator / part.denominator, rel=Decimal("1e-20"))
    assert abs(trade.stop - kept(STOP, part)) <= Decimal("0.01")  # cut to the cent twice
    assert len(told(desk, NoticeKind.RESTATED)) == 2


def test_what_is_announced_twice_comes_once(desk: AtAlpaca) -> None:
    announce(desk)
    (first,) = desk.harness.actions.announced
    desk.harness.actions.announced.append(replace(first, id="spin-1-corrected"))
    desk.harness.engine.jobs.learn_corporate_actions()
    overnight(desk)
    spin(desk)
    desk.look()
    begin_trading(desk)
    desk.look()
    assert is_restated(desk.harness.trade())
    go_on(desk, minutes=2)
    assert is_restated(desk.harness.trade())


def test_another_company_spun_off_at_the_same_rate_is_awaited_though_it_is_announced_later(desk: AtAlpaca) -> None:
    """As where one company gives away three on one day, a fifth of a share of each."""
    with desk.harness.store.writing() as transaction:
        transaction.save_action(an_action(desk, child="SPUN"), ActionState.APPLIED)
    other = replace(an_action(desk, child="OTHER"), id="spin-2")
    desk.harness.actions.announced[:] = [other]
    desk.harness.engine.jobs.learn_corporate_actions()
    on = other.ex_date
    with desk.harness.store.reading() as reader:
        assert dict(reader.corporate_actions(on, on))[other] is ActionState.ANNOUNCED
