"""A split that is due and that the broker does not show yet: its shares have no stop, which is said, and counts."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.http.answers import Risk
from engine.common.portfolio import as_seen_by, read_portfolio
from engine.model.activity import NOBODY, Activity, ActivityKind
from engine.model.corporate_action import ActionKind, ActionState, CorporateAction
from engine.model.market import exchange_date
from engine.model.notices.base import NoticeKind
from engine.model.notices.corporate_actions import ActionLate
from engine.model.portfolio import Portfolio
from engine.model.trade import OrderRole
from tests.support.alpaca_desk import AtAlpaca
from tests.support.duty import BOTH_LINES, put_on_duty

CALLING = {
    NoticeKind.UNPROTECTED,
    NoticeKind.EXIT_SENSELESS,
    NoticeKind.ACTION_LATE,
    NoticeKind.LOSS_LIMIT,
    NoticeKind.RISK_WARNING,
    NoticeKind.HALTED,
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    """The example's desk at Alpaca, which holds 512 AAPL at 150.25, with a stop at 147.99; losses halt it."""
    with AtAlpaca.open(tmp_path, losses_halt=True) as desk:
        desk.buy()
        yield desk


def announce(desk: AtAlpaca, new: int = 2, old: int = 1, kind: ActionKind = ActionKind.SPLIT) -> CorporateAction:
    """Let an action be announced for the next day, and that day come, three hours before the open."""
    action = CorporateAction(
        id="ca-1",
        kind=kind,
        symbol="AAPL",
        ex_date=exchange_date(desk.harness.clock.now()) + timedelta(days=1),
        new_shares=Decimal(new),
        old_shares=Decimal(old),
    )
    desk.harness.actions.announced.append(action)
    desk.harness.engine.jobs.learn_corporate_actions()
    desk.harness.clock.advance(19.75 * 3600)
    desk.look(1)
    return action


def open_at(desk: AtAlpaca, price: str) -> None:
    """Let regular trading begin at a price, and the desk look at its risk."""
    desk.harness.clock.advance(3.5 * 3600)
    desk.price("AAPL", price)
    desk.look(1)
    desk.harness.engine.jobs.monitor_risk()


def portfolio(desk: AtAlpaca) -> Portfolio:
    limits = desk.harness.settings.risk.limits
    return read_portfolio(desk.broker, desk.harness.store, desk.harness.clock.now(), limits)


def alarms(desk: AtAlpaca) -> list[NoticeKind]:
    """Return what was told of the trade, or of losses, that calls who is on duty."""
    ours = {desk.harness.trade().id, ""}
    return [each.kind for each in desk.harness.told() if each.kind in CALLING and each.trade_id in ours]


def shown_as_waiting(desk: AtAlpaca) -> list[str]:
    """Return the symbols whose line says that their shares wait for a corporate action without a stop."""
    return [line.symbol for line in desk.harness.engine.queries.portfolio().lines if line.awaits]


def stops(desk: AtAlpaca) -> list[tuple[int, Decimal | None]]:
    """Return the shares and prices of the live stops of AAPL."""
    return [
        (part.shares, part.price) for part in desk.parts() if part.role is OrderRole.STOP and not part.state.is_over
    ]


@pytest.mark.parametrize(("new", "old", "price"), [(2, 1, "75.12"), (1, 10, "1502.50")])
def test_shares_that_wait_for_a_late_split_are_told_once_in_regular_hours_and_call_both_lines(
    desk: AtAlpaca, new: int, old: int, price: str
) -> None:
    put_on_duty(desk.harness, BOTH_LINES)
    action = announce(desk, new, old)
    assert (stops(desk), alarms(desk)) == ([], [])
    open_at(desk, price)
    desk.look(2)
    [late] = desk.harness.told_of(ActionLate)
    assert (late.action, late.bare, late.called) == (action, 512, ("U0TRADER", "U0ADMIN"))
    assert (stops(desk), alarms(desk)) == ([], [NoticeKind.ACTION_LATE])


def test_once_the_broker_has_caught_up_the_shares_have_their_stop_and_nothing_more_is_said(desk: AtAlpaca) -> None:
    announce(desk)
    open_at(desk, "75.12")
    desk.fake.split("AAPL", 2, price="75.12", orders="left")
    desk.look(2)
    assert stops(desk) == [(1024, Decimal("73.99"))]
    assert [kind for kind in alarms(desk) if kind is not NoticeKind.ACTION_LATE] == []
    assert not portfolio(desk).awaited


def test_what_the_account_tells_of_and_nobody_can_place_is_said_as_well(desk: AtAlpaca) -> None:
    desk.fake.tell_of_rename("AAPL", "APLX", 512)
    desk.fake.tell_of_rename("AAPL", "APLY", 512)
    desk.harness.clock.advance(60)
    desk.price("AAPL", "150.30")
    for part in desk.parts():
        if part.role is OrderRole.STOP:
            desk.fake.cancel_by_hand(part.broker_id)
    desk.look(2)
    [late] = desk.harness.told_of(ActionLate)
    assert (late.action.kind, late.action.new_shares, late.is_told) == (ActionKind.RENAME, Decimal(0), True)
    assert shown_as_waiting(desk) == ["AAPL"]


def test_a_stop_that_stands_is_shown_though_the_account_tells_of_what_nobody_can_place(desk: AtAlpaca) -> None:
    desk.fake.tell_of_rename("AAPL", "APLX", 512)
    desk.fake.tell_of_rename("AAPL", "APLY", 512)
    desk.harness.clock.advance(60)
    desk.price("AAPL", "150.30")
    desk.look(2)
    assert stops(desk) == [(512, Decimal("147.99"))]
    assert portfolio(desk).awaited == ("AAPL",)
    assert shown_as_waiting(desk) == []


@pytest.mark.parametrize(("new", "price"), [(2, "75.12"), (3, "50.08"), (4, "37.56"), (10, "15.02")])
def test_a_late_split_is_no_loss_and_makes_the_risk_no_larger(desk: AtAlpaca, new: int, price: str) -> None:
    announce(desk, new)
    before = portfolio(desk)
    open_at(desk, price)
    seen = portfolio(desk)
    assert seen.open_loss < 50
    assert seen.account.equity == pytest.approx(before.account.equity, abs=50)
    assert seen.owed == Decimal(0)
    assert seen.open_risk == pytest.approx(before.open_risk, abs=Decimal("0.0001"))
    assert alarms(desk) == [NoticeKind.ACTION_LATE]
    with desk.harness.store.reading() as reader:
        limits, now = desk.harness.settings.risk.limits, desk.harness.clock.now()
        assert as_seen_by(reader, seen, now, limits).account == seen.account


def test_a_late_reverse_split_makes_nobody_rich(desk: AtAlpaca) -> None:
    announce(desk, 1, 10)
    before = portfolio(desk)
    open_at(desk, "1502.50")
    seen = portfolio(desk)
    assert seen.account.equity == before.account.equity
    assert seen.open_risk == before.open_risk
    with desk.harness.store.reading() as reader:
        limits, now = desk.harness.settings.risk.limits, desk.harness.clock.now()
        assert as_seen_by(reader, seen, now, limits).account == seen.account


@pytest.mark.parametrize(("days", "state"), [(0, ActionState.ANNOUNCED), (1, ActionState.APPLIED)])
def test_shares_of_others_that_wait_for_a_late_reverse_split_make_nobody_rich(
    desk: AtAlpaca, days: int, state: ActionState
) -> None:
    desk.fake.hold("NVDA", 100, "100")
    desk.price("NVDA", "100")
    before = portfolio(desk)
    on = exchange_date(desk.harness.clock.now()) - timedelta(days=days)
    due = CorporateAction(id="ca-n", kind=ActionKind.SPLIT, symbol="NVDA", ex_date=on, old_shares=Decimal(10))
    with desk.harness.store.writing() as transaction:
        transaction.save_action(due, state)
    desk.price("NVDA", "1000")
    seen = portfolio(desk)
    assert (seen.account.equity, seen.owed) == (before.account.equity, Decimal(0))
    assert not seen.awaited


def test_shares_of_others_at_a_loss_are_worth_what_the_broker_says_once_the_account_tells_of_the_split(
    desk: AtAlpaca,
) -> None:
    desk.fake.hold("NVDA", 200, "50")
    desk.price("NVDA", "33")
    before, now = portfolio(desk), desk.harness.clock.now()
    due = CorporateAction(
        id="ca-n", kind=ActionKind.SPLIT, symbol="NVDA", ex_date=exchange_date(now), new_shares=Decimal(2)
    )
    with desk.harness.store.writing() as transaction:
        transaction.save_action(due, ActionState.ANNOUNCED)
        told = Activity(id="a-n", kind=ActivityKind.SPLIT, at=now, symbol="NVDA", shares=Decimal(100))
        transaction.add_activity(told, NOBODY)
    seen = portfolio(desk)
    assert (seen.account.equity, seen.owed) == (before.account.equity, Decimal(0))


def set_by_hand(desk: AtAlpaca, price: str, shares: int) -> None:
    """Let somebody set a stop at the broker after the desk's own was pulled, and regular trading begin."""
    desk.harness.clock.advance(3.5 * 3600)
    desk.broker.protect("by-hand", "AAPL", shares, Decimal(price))
    desk.price("AAPL", "75.12")
    desk.look(2)


def test_a_stop_that_somebody_set_for_the_day_is_a_stop(desk: AtAlpaca) -> None:
    announce(desk)
    set_by_hand(desk, "74.00", 512)
    assert alarms(desk) == []
    assert shown_as_waiting(desk) == []
    lines = desk.harness.engine.queries.signals.risk().lines
    assert [line.stop for line in lines if line.trade_id == desk.harness.trade().id] == [Decimal("74.00")]


def test_beside_a_stop_by_hand_for_a_part_the_rest_is_said_to_have_none(desk: AtAlpaca) -> None:
    announce(desk)
    set_by_hand(desk, "74.00", 200)
    [late] = desk.harness.told_of(ActionLate)
    assert late.bare == 312
    assert shown_as_waiting(desk) == ["AAPL"]


def test_what_is_shown_meanwhile_names_no_stop_that_there_is_not(desk: AtAlpaca) -> None:
    announce(desk)
    queries, trade = desk.harness.engine.queries, desk.harness.trade()
    assert shown_as_waiting(desk) == ["AAPL"]
    assert [(line.stop, line.awaits) for line in queries.signals.risk().lines if line.trade_id == trade.id] == [
        (None, True)
    ]
    view = queries.portfolio()
    [http] = [each for each in Risk.of(view, [trade]).trades if each.trade_id == trade.id]
    assert (http.stop, http.risk) == (None, next(line.risk for line in view.lines if line.symbol == "AAPL"))
