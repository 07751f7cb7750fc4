"""What people ask of an open trade's exits is done at the broker, within the rules, or refused with nothing changed."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from engine.errors import BadExit, DeskNotActive, NotAllowed, NotOpen, RiskRefused
from engine.execution.change_exits import LOOSEN
from engine.model.desk import DeskState
from engine.model.notices.account import ExitMoved
from engine.model.notices.trades import ExitChanged, TrailSet
from engine.model.trade import OrderRole
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID

TRADER, ADMIN = EngineHarness.TRADER, EngineHarness.ADMIN


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    """The example's desk with 512 AAPL bought at 150.25, stop 147.99, target 154.75; only admins may loosen."""
    with AtAlpaca.open(tmp_path) as desk:
        desk.buy()
        desk.harness.engine.commands.ask_about_people(lambda user, verb: verb != LOOSEN or user == ADMIN.by)
        yield desk


def move_stop(desk: AtAlpaca, price: str, who: object = TRADER) -> None:
    desk.harness.engine.commands.exits.stop(TRADE_ID, Decimal(price), who)  # type: ignore[arg-type]


def facts(desk: AtAlpaca) -> tuple[object, ...]:
    trade = desk.harness.trade()
    live = tuple(desk.live(role).price for role in (OrderRole.STOP, OrderRole.TARGET))
    return trade.stop, trade.target, trade.exit_plan, *live


def test_a_trader_tightens_a_stop_at_the_broker_and_everyone_is_told_once(desk: AtAlpaca) -> None:
    move_stop(desk, "149.20")
    assert desk.live(OrderRole.STOP).price == Decimal("149.20")
    assert (desk.harness.trade().stop, desk.harness.trade().exit_plan.is_moving) == (Decimal("149.20"), False)
    desk.look()
    (told,) = desk.harness.told_of(ExitChanged)
    assert (told.by, told.before, told.after) == (TRADER.by, Decimal("147.99"), Decimal("149.20"))
    assert told.risk_after < told.risk_before
    assert desk.harness.told_of(ExitMoved) == []


def test_a_stop_may_stand_over_the_entry_and_then_nothing_is_risked(desk: AtAlpaca) -> None:
    desk.price("AAPL", "153.00")
    move_stop(desk, "152.10")
    assert desk.harness.trade().risk == 0


def test_a_target_is_moved_and_stays_where_it_was_put(desk: AtAlpaca) -> None:
    desk.harness.engine.commands.exits.target(TRADE_ID, Decimal("160.00"), TRADER)
    desk.restart()
    desk.look()
    assert desk.live(OrderRole.TARGET).price == desk.harness.trade().target == Decimal(160)
    assert len(desk.harness.told_of(ExitChanged)) == 1


@pytest.mark.parametrize(
    ("field", "price", "problem"),
    [
        ("stop", "150.25", "over_market"),
        ("stop", "900", "over_market"),
        ("stop", "149.205", "cents"),
        ("stop", "0", "no_price"),
        ("stop", "-3", "no_price"),
        ("stop", "NaN", "no_price"),
        ("stop", "147.99", "same"),
        ("target", "150.25", "under_market"),
        ("target", "140", "under_market"),
        ("target", "1502.50", "far"),
        ("target", "160.001", "cents"),
        ("target", "Infinity", "no_price"),
        ("target", "154.75", "same"),
    ],
)
def test_a_price_that_cannot_be_is_refused_with_its_field_and_nothing_changes(
    desk: AtAlpaca, field: str, price: str, problem: str
) -> None:
    before, sent = facts(desk), len(desk.fake.reader)
    commands = desk.harness.engine.commands
    with pytest.raises(BadExit) as refused:
        (commands.exits.stop if field == "stop" else commands.exits.target)(TRADE_ID, Decimal(price), TRADER)
    assert (refused.value.facts["field"], refused.value.facts["problem"]) == (field, problem)
    assert (facts(desk), len(desk.fake.reader)) == (before, sent)


@pytest.mark.parametrize(("part", "ranges"), [("0", None), ("1", None), ("-0.1", None), (None, "0"), (None, "101")])
def test_a_trail_of_nothing_or_all_is_refused(desk: AtAlpaca, part: str | None, ranges: str | None) -> None:
    before = facts(desk)
    with pytest.raises(BadExit) as refused:
        desk.harness.engine.commands.exits.trail(
            TRADE_ID, Decimal(part) if part else None, Decimal(ranges) if ranges else None, TRADER
        )
    assert (refused.value.facts["field"], facts(desk)) == ("trail", before)


def test_a_trader_may_not_loosen_a_stop(desk: AtAlpaca) -> None:
    before = facts(desk)
    with pytest.raises(NotAllowed):
        move_stop(desk, "147.00")
    assert facts(desk) == before


def test_an_admin_loosens_a_stop_as_far_as_the_limits_allow(desk: AtAlpaca) -> None:
    move_stop(desk, "149.50")
    move_stop(desk, "149.00", ADMIN)
    assert desk.live(OrderRole.STOP).price == Decimal("149.00")
    with pytest.raises(RiskRefused):
        move_stop(desk, "140.00", ADMIN)
    assert desk.live(OrderRole.STOP).price == Decimal("149.00")


def test_a_stop_that_an_admin_loosened_is_not_tightened_again_by_a_trail(desk: AtAlpaca) -> None:
    commands = desk.harness.engine.commands
    commands.exits.trail(TRADE_ID, Decimal("0.005"), None, TRADER)
    assert desk.harness.trade().stop == Decimal("149.49")
    move_stop(desk, "149.00", ADMIN)
    assert not desk.harness.trade().exit_plan.is_trailing
    assert desk.harness.trade().stop == Decimal("149.00")


@pytest.mark.parametrize("state", [DeskState.HALTED, DeskState.REDUCING])
def test_a_desk_that_does_not_trade_tightens_and_never_loosens(desk: AtAlpaca, state: DeskState) -> None:
    with desk.harness.store.writing() as transaction:
        transaction.set_desk(replace(transaction.desk(), state=state, by="U0ADMIN", since=desk.harness.clock.now()))
    move_stop(desk, "149.50")
    with pytest.raises(DeskNotActive):
        move_stop(desk, "149.00", ADMIN)
    assert desk.live(OrderRole.STOP).price == Decimal("149.50")


def test_what_is_closing_keeps_its_exits(desk: AtAlpaca) -> None:
    desk.harness.engine.commands.close(TRADE_ID, TRADER)
    with pytest.raises(NotOpen):
        move_stop(desk, "149.00")


def test_a_trail_by_a_person_tightens_at_once_from_the_price_of_now(desk: AtAlpaca) -> None:
    desk.harness.engine.commands.exits.trail(TRADE_ID, Decimal("0.01"), None, TRADER)
    assert desk.live(OrderRole.STOP).price == Decimal("148.74")  # 150.25 less 1 %, cut to the cent
    assert [told.by for told in desk.harness.told_of(TrailSet)] == [TRADER.by]


def test_a_wider_trail_never_loosens_and_off_leaves_the_stop(desk: AtAlpaca) -> None:
    commands = desk.harness.engine.commands
    commands.exits.trail(TRADE_ID, Decimal("0.01"), None, TRADER)
    commands.exits.trail(TRADE_ID, Decimal("0.2"), None, TRADER)
    commands.exits.trail(TRADE_ID, None, None, TRADER)
    assert desk.live(OrderRole.STOP).price == Decimal("148.74")


def test_each_change_is_one_row_of_the_audit(desk: AtAlpaca) -> None:
    move_stop(desk, "149.20")
    desk.look()
    with desk.harness.store.reading() as reader:
        rows = [row for row in reader.audit(subject=TRADE_ID) if row.action == "stop"]
    assert [(row.actor, row.outcome) for row in rows] == [(TRADER.by, "147.99 -> 149.20")]


def test_a_stop_that_is_renewed_is_renewed_where_it_was_put(desk: AtAlpaca) -> None:
    move_stop(desk, "149.20")
    desk.fake.cancel_by_hand(desk.live(OrderRole.STOP).broker_id)
    desk.look()
    assert desk.live(OrderRole.STOP).price == Decimal("149.20")
