"""A target that sells a part: two orders for a bracket, never more sold than held, whatever happens in between."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.common.symbol_halts import keep_symbol_halts
from engine.errors import BadExit, OrderRefused, OrderUnclear
from engine.execution.move_exits import begin_move
from engine.model.exit_plan import ExitMove
from engine.model.notices.trades import ExitSenseless, PartSold, TargetSet, TradeClosed, TradeUnprotected
from engine.model.symbol_halt import HaltReason, SymbolHalt
from engine.model.trade import ExitReason, OrderRole, TradeState
from tests.engine.backtest.parity import with_exits
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID

STOP, TARGET = Decimal("147.99"), Decimal("154.78")
Desk = Callable[..., EngineHarness]


class Dies(BaseException):
    """The process is gone."""


def die() -> None:
    raise Dies


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Build the example's desk, and let it buy 512 AAPL at 150.28 by a strategy whose target sells a part."""
    built = list[EngineHarness]()

    def build(partial: str = "0.5", *, buys: bool = True, **given: Any) -> EngineHarness:
        strategy = str(with_exits(tmp_path / "mine.toml", {"partial": partial, "trail": "0.02"}))
        built.append(harness := EngineHarness.at_the_example(tmp_path, strategy=strategy, **given))
        harness.play_the_signal()
        if buys:
            harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
            harness.engine.jobs.reconcile()
        return harness

    yield build
    for harness in built:
        harness.close()


def standing(harness: EngineHarness, role: OrderRole) -> list[tuple[int, Decimal | None]]:
    """Return the shares and prices of what stands of AAPL in a role, the most shares first."""
    parts = [part for order in harness.broker.orders() for part in order.parts if part.symbol == "AAPL"]
    found = [part for part in parts if part.role is role and part.is_standing]
    return sorted(((part.shares - part.filled_shares, part.price) for part in found), reverse=True)


def is_parted(harness: EngineHarness, part: int = 256) -> None:
    """Hold that a part has stop and target, and the rest a stop."""
    assert standing(harness, OrderRole.TARGET) == [(part, TARGET)]
    assert standing(harness, OrderRole.STOP) == sorted([(part, STOP), (512 - part, STOP)], reverse=True)


def alarms(harness: EngineHarness) -> int:
    """Return how often the desk was told that shares of the trade had no stop."""
    return sum(told.trade_id == TRADE_ID for told in harness.told_of(TradeUnprotected))


def keep_halts(harness: EngineHarness, *halts: SymbolHalt) -> None:
    with harness.store.writing() as transaction:
        keep_symbol_halts(transaction, {halt.symbol: halt for halt in halts})


def go_on(harness: EngineHarness, times: int = 1) -> None:
    for _ in range(times):
        harness.clock.advance(15)
        harness.engine.jobs.housekeeping()
        harness.engine.jobs.reconcile()


def reach(harness: EngineHarness, price: str) -> None:
    """Let AAPL trade at a price, and the desk hear of it."""
    harness.market.price("AAPL", price)
    go_on(harness, 2)


@pytest.mark.parametrize(("partial", "part"), [("0.5", 256), ("0.3", 153)])
def test_after_the_fill_a_part_has_stop_and_target_and_the_rest_a_stop(desk: Desk, partial: str, part: int) -> None:
    harness = desk(partial)
    is_parted(harness, part)
    assert len(harness.told_of(TargetSet)) == 1
    assert not alarms(harness)
    with harness.store.reading() as reader:
        rows = [row.outcome for row in reader.audit(subject=TRADE_ID) if row.action == "part"]
    assert rows == [f"{part} of 512 at {TARGET}"]


def test_the_target_sells_the_part_and_the_rest_is_trailed_to_its_end(desk: Desk) -> None:
    harness = desk()
    reach(harness, "155.00")
    trade = harness.trade()
    assert (trade.state, trade.held_shares, trade.exit_plan.is_part_sold) == (TradeState.OPEN, 256, True)
    assert [(told.shares, told.price) for told in harness.told_of(PartSold)] == [(256, Decimal("154.96"))]
    assert (standing(harness, OrderRole.TARGET), standing(harness, OrderRole.STOP)) == ([], [(256, STOP)])
    harness.close_a_bar(160.0)
    assert standing(harness, OrderRole.STOP) == [(256, Decimal("156.80"))]
    reach(harness, "156.00")
    trade = harness.trade()
    sold = (Decimal("154.96") + Decimal("155.96")) / 2
    assert (trade.state, trade.exit_reason, trade.exit_price) == (TradeState.CLOSED, ExitReason.STOP, sold)
    assert trade.result == 512 * (sold - trade.entry)
    assert trade.multiple == (sold - trade.entry) / (trade.entry - STOP)
    assert (len(harness.told_of(PartSold)), len(harness.told_of(TradeClosed))) == (1, 1)


def test_a_bracket_stands_while_trading_is_halted_and_is_parted_once_it_goes_on(desk: Desk) -> None:
    harness = desk(buys=False)
    halt = SymbolHalt(symbol="AAPL", since=harness.clock.now(), reason=HaltReason.NEWS)
    harness.line.cancel_fails = OrderRefused("not now")
    harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    harness.line.cancel_fails = None
    keep_halts(harness, halt)
    go_on(harness, 2)
    assert standing(harness, OrderRole.TARGET)[0][0] == 512
    keep_halts(harness)
    go_on(harness)
    is_parted(harness)


def test_a_trail_raises_both_stops_before_the_target_is_reached(desk: Desk) -> None:
    harness = desk()
    harness.close_a_bar(154.0)
    assert standing(harness, OrderRole.STOP) == [(256, Decimal("150.92"))] * 2
    assert standing(harness, OrderRole.TARGET) == [(256, TARGET)]


def test_a_stop_sells_all_of_it(desk: Desk) -> None:
    harness = desk()
    reach(harness, "147.00")
    assert (harness.trade().state, harness.trade().held_shares) == (TradeState.CLOSED, 0)
    assert (harness.trade().exit_reason, harness.told_of(PartSold)) == (ExitReason.STOP, [])


@pytest.mark.parametrize("shares", [1, 2, 3])
def test_too_few_shares_are_not_parted(desk: Desk, shares: int) -> None:
    harness = desk("0.4", buys=False)
    harness.engine.commands.resize(TRADE_ID, shares, EngineHarness.TRADER)
    harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    go_on(harness)
    whole = [(shares, TARGET)] if shares < 3 else [(1, TARGET)]
    assert standing(harness, OrderRole.TARGET) == whole
    reach(harness, "155.00")
    assert harness.trade().held_shares == (0 if shares < 3 else 2)


def test_a_target_that_is_moved_sells_the_part_there_and_none_is_left_to_be_moved_then(desk: Desk) -> None:
    harness = desk()
    harness.engine.commands.exits.target(TRADE_ID, Decimal(153), EngineHarness.TRADER)
    assert standing(harness, OrderRole.TARGET) == [(256, Decimal(153))]
    reach(harness, "153.50")
    assert harness.trade().held_shares == 256
    with pytest.raises(BadExit) as refused:
        harness.engine.commands.exits.target(TRADE_ID, Decimal(160), EngineHarness.TRADER)
    assert refused.value.facts["problem"] == "no_order"


def test_a_wish_for_another_target_ends_where_the_target_was_quicker(desk: Desk) -> None:
    harness = desk()
    wish = ExitMove(price=Decimal(160), before=TARGET, by="U0TRADER", at=harness.clock.now())
    with harness.store.writing() as transaction:
        begin_move(transaction, harness.trade(), OrderRole.TARGET, wish)
    reach(harness, "155.00")
    trade = harness.trade()
    assert (trade.held_shares, trade.exit_plan.is_part_sold, trade.exit_plan.is_moving) == (256, True, False)
    assert len(harness.told_of(PartSold)) == 1


def test_there_is_no_target_to_move_for_the_rest_though_its_stop_is_gone(desk: Desk) -> None:
    harness = desk()
    reach(harness, "155.00")
    (stop,) = harness.stops()
    harness.broker.cancel(stop)
    harness.engine.jobs.reconcile()
    with pytest.raises(BadExit) as refused:
        harness.engine.commands.exits.target(TRADE_ID, Decimal(160), EngineHarness.TRADER)
    assert refused.value.facts["problem"] == "no_order"


def test_a_stop_that_is_moved_moves_for_all_shares(desk: Desk) -> None:
    harness = desk()
    harness.engine.commands.exits.stop(TRADE_ID, Decimal("149.20"), EngineHarness.TRADER)
    assert standing(harness, OrderRole.STOP) == [(256, Decimal("149.20"))] * 2
    go_on(harness)
    assert (harness.trade().stop, harness.trade().exit_plan.is_moving) == (Decimal("149.20"), False)


@pytest.mark.parametrize("price", ["150.30", "155.00"])
def test_closing_sells_what_is_held_once(desk: Desk, price: str) -> None:
    harness = desk()
    reach(harness, price)
    harness.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    go_on(harness, 2)
    assert (harness.trade().state, harness.trade().exit_shares) == (TradeState.CLOSED, 512)
    assert standing(harness, OrderRole.STOP) == standing(harness, OrderRole.TARGET) == []


@pytest.mark.parametrize(
    "moment",
    ["before the cancel", "after the cancel", "between the two", "answer lost", "after both"],
)
def test_a_death_at_any_step_leaves_exits_for_all_shares_to_the_next_life(desk: Desk, moment: str) -> None:
    """None of it is sold twice, and the moment without a stop is an alarm where the next life finds one."""
    harness = desk(buys=False)
    protected = 0

    def while_protecting() -> None:
        nonlocal protected
        protected += 1
        if (moment, protected) in {("after the cancel", 1), ("between the two", 2)}:
            die()

    def asked() -> None:
        stands = sum(shares for shares, _ in standing(harness, OrderRole.STOP))
        if moment == "before the cancel" and stands == 512:
            die()
        if moment == "after both" and len(standing(harness, OrderRole.STOP)) == 2:
            die()

    harness.line.while_protecting = while_protecting
    harness.line.while_asked = asked
    harness.line.loses_answer = False
    if moment == "answer lost":
        harness.line.while_protecting = lambda: setattr(harness.line, "loses_answer", True)
    try:
        harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
        go_on(harness)
    except (Dies, OrderUnclear):
        pass
    harness.line.while_protecting, harness.line.while_asked = lambda: None, lambda: None
    harness.line.loses_answer = False
    again = harness.born_again()
    again.jobs.start()
    again.jobs.housekeeping()
    again.jobs.reconcile()
    is_parted(harness)
    reach(harness, "155.00")
    assert (harness.trade().held_shares, len(harness.told_of(PartSold))) == (256, 1)


def test_a_death_before_the_sale_is_booked_tells_it_once(desk: Desk) -> None:
    harness = desk()
    harness.market.price("AAPL", "155.00")
    harness.broker.look()
    again = harness.born_again()
    again.jobs.start()
    again.jobs.housekeeping()
    assert (harness.trade().held_shares, len(harness.told_of(PartSold))) == (256, 1)


def test_a_cancel_that_the_broker_refuses_leaves_the_bracket_and_is_tried_again(desk: Desk) -> None:
    harness = desk(buys=False)
    harness.line.cancel_fails = OrderRefused("not now")
    harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    go_on(harness)
    assert standing(harness, OrderRole.STOP) == [(512, STOP)]
    assert not alarms(harness)
    harness.line.cancel_fails = None
    go_on(harness)
    is_parted(harness)


def test_exits_that_somebody_cancelled_come_back_in_their_parts(desk: Desk) -> None:
    harness = desk()
    for order in harness.broker.orders():
        for part in order.parts:
            if part.symbol == "AAPL" and part.is_standing:
                harness.broker.cancel(part)
    go_on(harness, 2)
    is_parted(harness)
    assert alarms(harness) in {1, 2}  # the desk may hear of one order, and act, before the other is cancelled
    assert max(told.bare for told in harness.told_of(TradeUnprotected) if told.trade_id == TRADE_ID) == 512


def test_the_rest_gets_no_target_again_once_the_part_is_sold(desk: Desk) -> None:
    harness = desk()
    reach(harness, "155.00")
    (order,) = harness.stops()
    harness.broker.cancel(order)
    go_on(harness, 2)
    assert (standing(harness, OrderRole.TARGET), standing(harness, OrderRole.STOP)) == ([], [(256, STOP)])
    assert harness.told_of(ExitSenseless) == []


def test_a_process_of_another_strategy_goes_on_with_what_a_trade_was_proposed_by(desk: Desk) -> None:
    harness = desk()
    assert (harness.trade().exit_plan.partial, harness.trade().exit_plan.trail) == (Decimal("0.5"), Decimal("0.02"))


@pytest.mark.parametrize("two", [True, False])
def test_two_processes_part_a_bracket_once(desk: Desk, *, two: bool) -> None:
    harness = desk(buys=False)
    other = harness.born_again()

    def another_is_quicker() -> None:
        harness.line.while_protecting = lambda: None
        other.jobs.reconcile()
        other.jobs.housekeeping()

    if two:
        harness.line.while_protecting = another_is_quicker
    harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    go_on(harness, 2)
    is_parted(harness)
