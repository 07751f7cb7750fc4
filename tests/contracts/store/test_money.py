"""Money that comes in or goes out is no gain and no loss, whenever the broker tells of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings, strategies as st

from engine.adapters.sql.store import open_store
from engine.common.portfolio import joined
from engine.model.account import Account
from engine.model.activity import Activity, ActivityKind
from engine.model.market import day_start
from engine.model.portfolio import Portfolio
from engine.model.trade import TradeState
from engine.ports.store import Store
from engine.risk.limits import Limits
from engine.risk.protections import DailyLoss, Drawdown
from tests.contracts.store.test_performance import ended
from tests.contracts.store.test_track_record import gone_to
from tests.support.databases import sqlite_at
from tests.support.fakes.trades import PROPOSED_AT

MINUTES = timedelta(minutes=5)
DAY = timedelta(days=1)
numbers = count()


def an_account(equity: str | Decimal, cash: str | Decimal) -> Account:
    return Account(equity=Decimal(equity), cash=Decimal(cash), buying_power=Decimal(cash), margin=False)


def came(dollars: str | Decimal, at: datetime, kind: ActivityKind = ActivityKind.CASH) -> Activity:
    return Activity(id=f"A{next(numbers)}", kind=kind, at=at, dollars=Decimal(dollars))


def look(store: Store, number: int, equity: str, cash: str = "100000") -> None:
    with store.writing() as transaction:
        transaction.save_equity(PROPOSED_AT + number * MINUTES, an_account(equity, cash), Decimal(0))


def tell(store: Store, *activities: Activity) -> None:
    with store.writing() as transaction:
        for activity in activities:
            transaction.add_activity(activity)


def at(number: float) -> datetime:
    return PROPOSED_AT + number * MINUTES


def seen(store: Store, equity: str, cash: str = "100000", number: int = 9) -> Portfolio:
    with store.reading() as reader:
        return joined(reader, an_account(equity, cash), (), at(number), Limits())


def drawdown(portfolio: Portfolio) -> Decimal:
    return round(Drawdown().look(portfolio, Limits()).figure, 6)


def reported(store: Store) -> Decimal:
    with store.reading() as reader:
        return round(reader.performance(PROPOSED_AT - DAY, at(1_000)).drawdown, 6)


@pytest.mark.parametrize(
    ("kind", "dollars"),
    [
        (ActivityKind.CASH, "-30000"),
        (ActivityKind.CASH, "30000"),
        (ActivityKind.DIVIDEND, "700"),
        (ActivityKind.FEE, "-1.25"),
    ],
)
@pytest.mark.parametrize("told", ["before", "with it", "after", "the day before", "the day after"])
def test_money_is_no_step_of_the_curve_whenever_it_is_told(
    store: Store, kind: ActivityKind, dollars: str, told: str
) -> None:
    after = Decimal(100_000) + Decimal(dollars)
    when = {"the day before": at(1) - DAY / 2, "the day after": at(1) + DAY / 2}.get(told, at(1))
    activity = came(dollars, when, kind)
    look(store, 0, "100000")
    if told == "before":
        tell(store, activity)
    look(store, 1, "100000")
    if told in {"with it", "the day before"}:
        tell(store, activity)
    for number in (2, 3):
        look(store, number, str(after), str(after))
    if told in {"after", "the day after"}:
        tell(store, activity)
    look(store, 4, str(after), str(after))
    # A few dollars are not waited for, so they may be off for a moment.
    assert max(drawdown(seen(store, str(after), str(after))), reported(store)) < Decimal("0.0001")
    with store.reading() as reader:
        curve = reader.performance(PROPOSED_AT, at(9)).curve
        assert abs((reader.peak_equity(PROPOSED_AT) or 0) - after) < 2
    assert all(abs(point.equity - after) < 2 for point in curve)


def test_the_fee_of_an_order_is_a_loss_of_trading(store: Store) -> None:
    look(store, 0, "100000")
    tell(store, replace(came("-1000", at(1), ActivityKind.FEE), order_id="broker-1"))
    look(store, 2, "99000", "99000")
    assert drawdown(seen(store, "99000", "99000")) == Decimal("0.01")
    with store.reading() as reader:
        assert reader.external() == 0


def test_what_is_known_and_not_yet_shown_is_neither_a_gain_nor_a_loss(store: Store) -> None:
    look(store, 0, "100000")
    tell(store, came("-30000", at(0)))
    assert drawdown(seen(store, "100000")) == 0
    assert drawdown(seen(store, "70000", "70000")) == 0
    look(store, 1, "99000")
    assert drawdown(seen(store, "99000")) == Decimal("0.01")
    assert drawdown(seen(store, "69000", "70000")) == round(1 - Decimal("0.99") * 69 / 69, 6)


def test_a_loss_beside_a_withdrawal_is_still_a_loss(store: Store) -> None:
    look(store, 0, "100000")
    look(store, 1, "67000", "70000")
    tell(store, came("-30000", at(0)))
    assert drawdown(seen(store, "67000", "70000")) == Decimal("0.03")
    assert reported(store) == Decimal("0.03")


def test_a_loss_as_large_as_money_that_is_to_go_is_a_loss_where_cash_did_not_move(store: Store) -> None:
    look(store, 0, "100000")
    tell(store, came("-30000", at(0)))
    assert drawdown(seen(store, "82000")) == Decimal("0.18")


def test_the_equity_with_which_the_day_began_counts_money_that_came_since(store: Store) -> None:
    look(store, 0, "100000")
    look(store, 200, "150000", "150000")
    tell(store, came("50000", at(200)))
    assert day_start(at(201)) > at(0)
    began_with = seen(store, "150000", "150000", number=201).record.day_equity
    assert began_with == 150_000


def test_a_share_of_what_was_lost_is_the_same_with_a_deposit_after_it(store: Store) -> None:
    look(store, 0, "100000")
    gone_to(store, TradeState.CLOSED, **ended("T", bought="150.25", sold="50.25", hours=0.1))
    look(store, 2, "99000", "99000")
    tell(store, came("99000", at(3)))
    look(store, 3, "198000", "198000")
    portfolio = seen(store, "198000", "198000")
    assert DailyLoss().look(portfolio, Limits()).figure == Decimal("0.01")
    with store.reading() as reader:
        came_of_it = reader.performance(PROPOSED_AT - DAY, at(9))
    assert (came_of_it.result, came_of_it.share) == (Decimal(-1000), Decimal("-0.01"))


def test_money_of_before_the_curve_began_changes_nothing(store: Store) -> None:
    look(store, 0, "100000")
    tell(store, came("100000", at(0) - 30 * DAY))
    look(store, 1, "101000")
    assert drawdown(seen(store, "90900")) == Decimal("0.1")


def test_money_that_no_step_showed_is_taken_out_in_the_end(store: Store) -> None:
    look(store, 0, "100000")
    tell(store, came("-30000", at(0)))
    for number in (1, 300, 600, 900, 1200, 1500):
        look(store, number, "100000")
    with store.reading() as reader:
        assert reader.external() == -30_000
        assert reader.peak_equity(at(1400)) is not None


def test_an_account_that_lost_all_is_not_measured_by_what_came_then(store: Store) -> None:
    for number, equity in enumerate(("100000", "-5", "0")):
        look(store, number, equity, equity)
    tell(store, came("50000", at(3)))
    look(store, 3, "50000", "50000")
    look(store, 4, "55000", "50000")
    with store.reading() as reader:
        assert reader.performance(PROPOSED_AT, at(9)).drawdown >= 1
    assert drawdown(seen(store, "55000", "50000")) > Decimal("0.9")


@dataclass(frozen=True, kw_only=True)
class Step:
    """What trading made of a dollar in five minutes, money that then came as a part of equity, when it is told."""

    trading: Decimal
    money: Decimal
    told: int


PARTS = st.decimals(min_value="0.02", max_value="0.6", places=3)
STEPS = st.lists(
    st.builds(
        Step,
        trading=st.decimals(min_value="-0.004", max_value="0.004", places=4),
        money=st.just(Decimal(0)) | PARTS | PARTS.map(lambda part: -part),
        told=st.integers(-1, 2),
    ),
    max_size=4,
)


CENTS = Decimal("0.00001")
"""What money that is cut to the cent makes of a part of the account: less than a dollar in 100,000."""


def played(store: Store, steps: Sequence[Step], *, with_money: bool) -> tuple[Decimal, Decimal, Decimal]:
    """Play steps, each far enough from the next that its money is told; return drawdowns and the day's growth."""
    equity = cash = Decimal(100_000)
    number = 0
    nothing = Step(trading=Decimal(0), money=Decimal(0), told=0)
    for step in (nothing, *steps, nothing):
        money = round(equity * step.money, 2) if with_money else Decimal(0)
        for quarter in range(4):
            if money and quarter == 1 + step.told:
                tell(store, came(money, at(number)))
            if quarter == 0:
                equity *= 1 + step.trading
            if quarter == 1:
                equity, cash = equity + money, cash + money
            look(store, number, str(equity), str(cash))
            number += 1
    portfolio = seen(store, str(equity), str(cash), number)
    peak = portfolio.record.peak_equity or Decimal(0)
    day = portfolio.record.day_equity or Decimal(0)
    return reported(store), peak / equity, day / equity


@settings(max_examples=30, deadline=None)
@given(steps=STEPS)
def test_any_trading_comes_to_the_same_with_and_without_money_between(steps: list[Step]) -> None:
    with TemporaryDirectory() as folder:
        stores = [open_store(sqlite_at(Path(folder) / name)) for name in ("with.db", "without.db")]
        try:
            pairs = zip(
                played(stores[0], steps, with_money=True), played(stores[1], steps, with_money=False), strict=True
            )
            assert all(abs(one - other) < CENTS for one, other in pairs)
        finally:
            for store in stores:
                store.close()
