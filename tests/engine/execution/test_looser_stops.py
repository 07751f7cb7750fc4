"""A stop that is moved down on purpose ends what would tighten it again, once it stands lower and not before."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.errors import MoveRefused
from engine.execution.move_exits import begin_move
from engine.model.exit_plan import AS_SENT, ExitMove
from engine.model.notices.trades import ExitChanged, ExitNotMoved, ExitSenseless
from engine.model.trade import OrderRole
from tests.engine.backtest.parity import with_exits
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID

ADMIN, TRADER = EngineHarness.ADMIN, EngineHarness.TRADER
TRAILED, LOOSER, TIGHTER = Decimal("150.48"), Decimal("149.60"), Decimal("152.95")
"""The stop after a close of 152, where an admin wants it, and where 1 % under a close of 154.50 is."""

Desk = Callable[..., EngineHarness]
Happens = Callable[[EngineHarness], None]


class Dies(BaseException):
    """The process is gone."""


def die() -> None:
    raise Dies


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Desk]:
    """Build the example's desk with 512 AAPL bought, trailed by 1 % to $150.48 after a close of 152."""
    built = list[EngineHarness]()

    def build(**exits: Any) -> EngineHarness:
        strategy = str(with_exits(tmp_path / "mine.toml", {"trail": "0.01", "breakeven": "1"} | exits))
        built.append(harness := EngineHarness.at_the_example(tmp_path, strategy=strategy))
        harness.play_the_signal()
        harness.engine.commands.approve(TRADE_ID, TRADER)
        harness.engine.jobs.reconcile()
        if "partial" in exits:
            go_on(harness)
        harness.close_a_bar(152.0)
        go_on(harness)
        assert {stop.price for stop in harness.stops()} == {TRAILED}
        return harness

    yield build
    for harness in built:
        harness.close()


@pytest.fixture
def desk(opened: Desk) -> EngineHarness:
    return opened()


def go_on(desk: EngineHarness, times: int = 1) -> None:
    for _ in range(times):
        desk.clock.advance(15)
        desk.engine.jobs.housekeeping()
        desk.engine.jobs.reconcile()


def loosen(desk: EngineHarness) -> None:
    desk.engine.commands.exits.stop(TRADE_ID, LOOSER, ADMIN)


def loosen_in_vain(desk: EngineHarness) -> None:
    """Ask for the lower stop while no request reaches the broker."""
    desk.line.replaces_badly = "request lost"
    loosen(desk)
    desk.line.replaces_badly = ""
    assert desk.trade().exit_plan.stop is not None


def loosen_and_die(desk: EngineHarness) -> None:
    """Ask for the lower stop in a process that dies before it asks the broker."""
    desk.line.while_replacing = die
    with pytest.raises(Dies):
        loosen(desk)
    desk.line.while_replacing = lambda: None


def refused(desk: EngineHarness) -> None:
    desk.line.replaces_badly = "refused"
    with pytest.raises(MoveRefused):
        loosen(desk)
    desk.line.replaces_badly = ""


def halted(desk: EngineHarness) -> None:
    loosen_in_vain(desk)
    desk.engine.commands.halt(ADMIN, "stop it all")


def without_room(desk: EngineHarness) -> None:
    loosen_in_vain(desk)
    desk.engine.commands.runtime_settings.change("risk_per_trade", "0.1%", ADMIN)


def never_confirmed(desk: EngineHarness) -> None:
    desk.line.replaces_badly = "request lost"
    loosen(desk)
    go_on(desk, 22)
    desk.line.replaces_badly = ""


def asked_long_before_this_life(desk: EngineHarness) -> None:
    loosen_and_die(desk)
    desk.clock.advance(360)


def reached_by_the_market(desk: EngineHarness) -> None:
    loosen_in_vain(desk)
    for order in desk.stops():
        desk.broker.cancel(order)
    desk.market.price("AAPL", "149.50")


def tightened_meanwhile(desk: EngineHarness) -> None:
    loosen_in_vain(desk)
    desk.engine.commands.exits.stop(TRADE_ID, Decimal("150.60"), TRADER)


@pytest.mark.parametrize(
    "ends",
    [
        refused,
        halted,
        without_room,
        never_confirmed,
        asked_long_before_this_life,
        reached_by_the_market,
        tightened_meanwhile,
    ],
)
def test_a_lowering_that_does_not_come_about_ends_no_rule_and_the_next_bar_tightens(
    desk: EngineHarness, ends: Happens
) -> None:
    rules = desk.trade().exit_plan
    ends(desk)
    go_on(desk, 2)
    assert desk.trade().exit_plan == rules
    assert desk.trade().stop >= TRAILED
    desk.close_a_bar(154.5)
    go_on(desk)
    assert ([stop.price for stop in desk.stops()], desk.trade().stop) == ([TIGHTER], TIGHTER)
    told = [notice.wanted for notice in desk.told_of(ExitNotMoved)]
    told += [notice.price for notice in desk.told_of(ExitSenseless) if notice.price != TRAILED]
    assert told == ([] if ends is tightened_meanwhile else [LOOSER])


def at_once(desk: EngineHarness) -> None:
    loosen(desk)


def answer_lost(desk: EngineHarness) -> None:
    desk.line.replaces_badly = "answer lost"
    loosen(desk)
    desk.line.replaces_badly = ""


def sent_again(desk: EngineHarness) -> None:
    loosen_in_vain(desk)


def in_the_next_life(desk: EngineHarness) -> None:
    loosen_and_die(desk)
    desk.born_again().jobs.start()


def with_the_next_stop(desk: EngineHarness) -> None:
    """Let nothing stand that could be moved: the stop that is sent anew stands lower."""
    loosen_in_vain(desk)
    for order in desk.broker.orders():
        for part in order.parts:
            if part.role in {OrderRole.STOP, OrderRole.TARGET} and not part.state.is_over:
                desk.broker.cancel(part)


def over_a_tightening_without_an_answer(desk: EngineHarness) -> None:
    desk.line.replaces_badly = "request lost"
    desk.engine.commands.exits.stop(TRADE_ID, Decimal("150.90"), TRADER)
    desk.line.replaces_badly = ""
    loosen(desk)


@pytest.mark.parametrize(
    "moves",
    [at_once, answer_lost, sent_again, in_the_next_life, with_the_next_stop, over_a_tightening_without_an_answer],
)
def test_a_stop_that_stands_lower_is_not_tightened_again_by_itself_and_the_thread_says_so(
    desk: EngineHarness, moves: Happens
) -> None:
    moves(desk)
    go_on(desk, 2)
    plan = desk.trade().exit_plan
    assert (desk.trade().stop, plan.follows_closes, plan.is_moving) == (LOOSER, False, False)
    desk.close_a_bar(154.5)
    go_on(desk)
    assert [stop.price for stop in desk.stops()] == [LOOSER]
    assert [(told.after, told.is_trail_ended) for told in desk.told_of(ExitChanged)] == [(LOOSER, True)]


def test_while_a_lower_stop_is_on_its_way_no_bar_tightens_it(desk: EngineHarness) -> None:
    desk.line.replaces_badly = "request lost"
    loosen(desk)
    desk.close_a_bar(154.5)
    assert desk.trade().stop == TRAILED
    wanted = desk.trade().exit_plan.stop
    assert wanted is not None
    assert wanted.price == LOOSER


def test_a_trail_that_is_set_after_a_lower_stop_was_asked_for_is_the_later_word(desk: EngineHarness) -> None:
    loosen_in_vain(desk)
    desk.line.replaces_badly = "request lost"
    desk.clock.advance(1)
    desk.engine.commands.exits.trail(TRADE_ID, Decimal("0.02"), None, TRADER)
    desk.line.replaces_badly = ""
    go_on(desk, 2)
    plan = desk.trade().exit_plan
    assert (desk.trade().stop, plan.trail, plan.breakeven, plan.is_moving) == (LOOSER, Decimal("0.02"), None, False)
    assert [told.is_trail_ended for told in desk.told_of(ExitChanged)] == [False]
    desk.close_a_bar(154.5)
    assert desk.trade().stop == Decimal("151.41")


@pytest.mark.parametrize("trouble", ["", "refused"])
def test_a_wish_that_was_stored_with_its_trail_ended_already_goes_on_as_it_was(
    desk: EngineHarness, trouble: str
) -> None:
    """So an earlier version left it; which trail there was is not known any more."""
    trade = replace(desk.trade(), exit_plan=AS_SENT)
    with desk.store.writing() as transaction:
        move = ExitMove(price=LOOSER, before=trade.stop, by=ADMIN.by, at=desk.clock.now())
        begin_move(transaction, trade, OrderRole.STOP, move)
    desk.line.replaces_badly = trouble
    go_on(desk, 2)
    desk.line.replaces_badly = ""
    desk.close_a_bar(154.5)
    assert (desk.trade().stop, desk.trade().exit_plan) == (TRAILED if trouble else LOOSER, AS_SENT)


def test_both_stops_of_a_parted_trade_stand_lower_before_its_trail_ends(opened: Desk) -> None:
    desk = opened(partial="0.5")
    desk.line.replaces_badly = "refused"
    with suppress(MoveRefused):
        loosen(desk)
    desk.line.replaces_badly = ""
    go_on(desk)
    assert [stop.price for stop in desk.stops()] == [TRAILED, TRAILED]
    assert desk.trade().exit_plan.follows_closes
    loosen(desk)
    go_on(desk)
    assert [stop.price for stop in desk.stops()] == [LOOSER, LOOSER]
    assert not desk.trade().exit_plan.follows_closes


def test_the_rest_after_a_sold_part_is_trailed_on_where_the_broker_refuses_to_lower_its_stop(opened: Desk) -> None:
    desk = opened(partial="0.5")
    desk.market.price("AAPL", "155.00")
    go_on(desk, 2)
    assert desk.trade().exit_plan.is_part_sold
    refused(desk)
    desk.close_a_bar(156.0)
    go_on(desk)
    assert [(stop.price, stop.shares) for stop in desk.stops()] == [(Decimal("154.44"), 256)]


def test_a_target_that_sells_its_part_meanwhile_ends_no_lowering_and_no_trail(opened: Desk) -> None:
    desk = opened(partial="0.5")
    loosen_in_vain(desk)
    desk.line.replaces_badly = "request lost"
    desk.market.price("AAPL", "155.00")
    go_on(desk, 2)
    plan = desk.trade().exit_plan
    assert (plan.is_part_sold, plan.is_trailing, plan.is_moving) == (True, True, True)
    desk.line.replaces_badly = ""
    go_on(desk, 2)
    assert (desk.trade().stop, desk.trade().exit_plan.is_trailing) == (LOOSER, False)


def test_a_trail_whose_first_move_the_broker_refuses_is_on_and_the_next_bar_tries_again(desk: EngineHarness) -> None:
    desk.line.replaces_badly = "refused"
    answered = desk.engine.commands.exits.trail(TRADE_ID, Decimal("0.005"), None, TRADER)
    desk.line.replaces_badly = ""
    assert (answered.exit_plan.trail, answered.exit_plan.is_moving, answered.stop) == (Decimal("0.005"), False, TRAILED)
    assert [(told.wanted, bool(told.trouble)) for told in desk.told_of(ExitNotMoved)] == [(Decimal("151.24"), True)]
    desk.close_a_bar(152.1)
    assert desk.trade().stop == Decimal("151.33")


def test_a_trail_whose_first_stop_the_market_reaches_before_it_is_sent_is_on(desk: EngineHarness) -> None:
    desk.line.while_counting = lambda: desk.market.price("AAPL", "151.00")  # once its price was looked at
    answered = desk.engine.commands.exits.trail(TRADE_ID, Decimal("0.005"), None, TRADER)
    desk.line.while_counting = lambda: None
    assert (answered.exit_plan.trail, answered.exit_plan.is_moving) == (Decimal("0.005"), False)
    assert [told.price for told in desk.told_of(ExitSenseless)] == [Decimal("151.24")]


def test_the_answer_is_about_the_exit_that_was_asked_for(desk: EngineHarness) -> None:
    """A stop of somebody's, on its way, is refused at the same moment; the target is moved all the same."""
    loosen_in_vain(desk)
    desk.engine.commands.runtime_settings.change("risk_per_trade", "0.1%", ADMIN)
    answered = desk.engine.commands.exits.target(TRADE_ID, Decimal(160), TRADER)
    assert (answered.target, answered.stop, answered.exit_plan.is_moving) == (Decimal(160), TRAILED, False)
    assert [told.wanted for told in desk.told_of(ExitNotMoved)] == [LOOSER]
