"""The same at Alpaca: cancels that take their time, exits moved and filled by others, a split, the close."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.model.notices.account import ExitMoved, SoldByHand
from engine.model.notices.trades import CancelStuck, PartSold, StopSold, TradeClosed, TradeOversold, TradeUnprotected
from engine.model.trade import ExitReason, OrderRole, TradeState
from tests.engine.backtest.parity import with_exits
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.alpaca.faults import Fault
from tests.support.fakes.worked_example import TRADE_ID

STOP, TARGET = Decimal("147.99"), Decimal("154.75")
Desk = Callable[..., AtAlpaca]
Standing = list[tuple[int, Decimal]]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Open the example's desk at Alpaca with 512 AAPL bought, whose target sells a part."""
    with ExitStack() as stack:

        def opened(partial: str = "0.5", *, buys: bool = True, **given: Any) -> AtAlpaca:
            strategy = str(with_exits(tmp_path / "mine.toml", {"partial": partial, "trail": "0.02"}))
            desk = stack.enter_context(AtAlpaca.open(tmp_path, strategy=strategy, **given))
            if buys:
                desk.buy()
            return desk

        yield opened


def standing(desk: AtAlpaca, role: OrderRole) -> Standing:
    found = [part for part in desk.parts() if part.role is role and part.is_standing and part.price]
    return sorted(((part.shares - part.filled_shares, part.price or STOP) for part in found), reverse=True)


def oversells(desk: AtAlpaca) -> bool:
    return sum(shares for shares, _ in standing(desk, OrderRole.STOP)) > desk.held()


def alarms(desk: AtAlpaca) -> int:
    return sum(told.trade_id == TRADE_ID for told in desk.harness.told_of(TradeUnprotected))


def is_parted(desk: AtAlpaca, part: int = 256, whole: int = 512) -> None:
    assert [shares for shares, _ in standing(desk, OrderRole.TARGET)] == [part]
    stops = standing(desk, OrderRole.STOP)
    assert sorted(shares for shares, _ in stops) == sorted([part, whole - part])
    assert {price for _, price in stops} == {desk.harness.trade().stop}


def test_the_bracket_is_sent_anew_in_two_and_the_target_sells_its_part(desk: Desk) -> None:
    opened = desk("0.25")
    is_parted(opened, 128)
    assert not alarms(opened)
    sent = [each for each in opened.orders_of_the_trade() if each != TRADE_ID]
    assert sent == [f"{TRADE_ID}-stop-1", f"{TRADE_ID}-stop-2"]
    opened.price("AAPL", "155.00")
    opened.look()
    assert (opened.held(), standing(opened, OrderRole.TARGET)) == (384, [])
    assert [told.shares for told in opened.harness.told_of(PartSold)] == [128]
    opened.price("AAPL", "147.00")
    opened.look()
    assert (opened.held(), opened.harness.trade().state) == (0, TradeState.CLOSED)
    assert opened.harness.trade().exit_price == (128 * Decimal(155) + 384 * Decimal(147)) / 512


@pytest.mark.parametrize("is_heard", [True, False])
def test_a_cancel_that_takes_its_time_is_waited_for_and_told(desk: Desk, *, is_heard: bool) -> None:
    opened = desk(buys=False)
    opened.harness.play_the_signal()
    opened.fake.hold_cancels()
    opened.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    opened.look()
    assert opened.orders_of_the_trade() == [TRADE_ID]
    assert len(opened.harness.told_of(CancelStuck)) == 1
    opened.fake.release_cancels()
    if is_heard:  # by the broker's stream
        opened.harness.engine.jobs.order_changed(TRADE_ID)
    else:  # and else within a second
        opened.harness.clock.advance(1)
        opened.harness.engine.jobs.poll_unconfirmed()
    is_parted(opened)
    assert not alarms(opened)


def test_a_cancel_that_is_tried_again_and_again_stands_in_the_audit_once(desk: Desk) -> None:
    opened = desk(buys=False)
    opened.harness.play_the_signal()
    opened.fake.fault("DELETE", "/v2/orders/*", Fault.UNAVAILABLE, times=10)
    opened.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    for _ in range(12):
        opened.harness.clock.advance(1)
        opened.harness.engine.jobs.poll_unconfirmed()
    is_parted(opened)
    with opened.harness.store.reading() as reader:
        rows = [row.outcome for row in reader.audit(subject=TRADE_ID) if row.action == "part"]
    assert rows == [f"256 of 512 at {TARGET}"]


def test_a_target_that_is_filled_while_its_cancel_waits_sells_the_whole(desk: Desk) -> None:
    """The broker was quicker: it is the target's price, for all of them."""
    opened = desk(buys=False)
    opened.harness.play_the_signal()
    opened.fake.hold_cancels()
    opened.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    opened.price("AAPL", "155.00")
    opened.fake.release_cancels()
    opened.look()
    assert (opened.held(), opened.harness.trade().state) == (0, TradeState.CLOSED)
    assert (opened.harness.trade().exit_shares, opened.harness.told_of(PartSold)) == (512, [])


@pytest.mark.parametrize("price", ["154.90", "147.50"])
def test_a_price_beyond_an_exit_leaves_the_bracket_as_it_is(desk: Desk, price: str) -> None:
    """What would take its place could not be sent, and the shares had no stop."""
    opened = desk(buys=False)
    opened.harness.play_the_signal()
    opened.fake.fill_by_hand()
    opened.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    opened.fake.fill(TRADE_ID)
    opened.price("AAPL", price)
    opened.look()
    assert standing(opened, OrderRole.STOP) == [(512, STOP)]
    opened.price("AAPL", "150.00")
    opened.look()
    is_parted(opened)


def test_an_entry_that_was_filled_in_part_is_parted_by_what_it_bought(desk: Desk) -> None:
    opened = desk(buys=False)
    opened.harness.play_the_signal()
    opened.fake.fill_by_hand()
    opened.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    opened.fake.fill(TRADE_ID, shares=201)
    opened.look(1)
    opened.fake.cancel_by_hand(TRADE_ID)
    opened.look()
    is_parted(opened, 100, 201)


@pytest.mark.parametrize(("partial", "left"), [("0.5", 0), ("0.25", 256), ("0.75", 0)])
def test_both_exits_of_the_part_filled_leave_no_stop_for_more_than_is_held(desk: Desk, partial: str, left: int) -> None:
    opened = desk(partial)
    opened.fake.fill_both_legs(f"{TRADE_ID}-stop-1")
    opened.look(5)
    assert not oversells(opened)
    assert opened.held() == left
    assert sum(shares for shares, _ in standing(opened, OrderRole.STOP)) == left
    assert bool(opened.harness.told_of(TradeOversold)) is (partial == "0.75")


@pytest.mark.parametrize(("partial", "left"), [("0.25", 256), ("0.75", 0)])
def test_a_stop_for_more_than_is_held_is_ended_though_its_cancel_failed(desk: Desk, partial: str, left: int) -> None:
    opened = desk(partial)
    opened.fake.fault("DELETE", "/v2/orders/*", Fault.UNAVAILABLE, times=4)
    opened.fake.fill_both_legs(f"{TRADE_ID}-stop-1")
    opened.look(10)
    assert not oversells(opened)
    assert opened.held() == left
    assert sum(shares for shares, _ in standing(opened, OrderRole.STOP)) == left


def test_a_stop_that_somebody_moved_is_taken_over_and_the_other_one_stays(desk: Desk) -> None:
    opened = desk("0.25")
    lone = next(part for part in opened.parts() if part.role is OrderRole.STOP and part.shares == 384)
    opened.fake.move_by_hand(lone.broker_id, stop="149.00")
    opened.look()
    assert [told.after for told in opened.harness.told_of(ExitMoved)] == [Decimal("149.00")]
    assert opened.harness.trade().stop == STOP  # the lowest of the two
    assert standing(opened, OrderRole.STOP) == [(384, Decimal("149.00")), (128, STOP)]
    opened.harness.engine.commands.exits.stop(TRADE_ID, Decimal("149.50"), EngineHarness.TRADER)
    opened.look()
    assert standing(opened, OrderRole.STOP) == [(384, Decimal("149.50")), (128, Decimal("149.50"))]


def test_both_stops_that_somebody_moved_to_one_price_are_told(desk: Desk) -> None:
    opened = desk()
    for stop in [part for part in opened.parts() if part.role is OrderRole.STOP and not part.state.is_over]:
        opened.fake.move_by_hand(stop.broker_id, stop="149.00")
        opened.harness.clock.advance(1)
        opened.look()
    told = opened.harness.told_of(ExitMoved)
    assert [(each.role, each.after) for each in told] == [(OrderRole.STOP, Decimal(149))] * 2
    assert opened.harness.trade().stop == 149


def test_a_stop_that_stood_nearer_is_told_where_it_sells(desk: Desk) -> None:
    opened = desk("0.25")
    lone = next(part for part in opened.parts() if part.role is OrderRole.STOP and part.shares == 384)
    opened.fake.move_by_hand(lone.broker_id, stop="149.00")
    opened.look()
    opened.price("AAPL", "148.90")
    opened.look()
    (told,) = opened.harness.told_of(StopSold)
    assert (told.shares, told.price, opened.held()) == (384, Decimal("148.90"), 128)
    opened.price("AAPL", "147.90")
    opened.look()
    assert (len(opened.harness.told_of(StopSold)), len(opened.harness.told_of(TradeClosed))) == (1, 1)


def test_of_two_stops_at_one_price_the_first_to_fill_tells_nothing_for_the_trade_ends(desk: Desk) -> None:
    opened = desk("0.25")
    lone = next(part for part in opened.parts() if part.role is OrderRole.STOP and part.shares == 384)
    opened.fake.fill_by_hand()
    opened.fake.fill(lone.broker_id, 384, "147.95")
    opened.look()
    assert (opened.held(), opened.harness.told_of(StopSold)) == (128, [])


def test_shares_sold_by_hand_are_taken_from_what_the_target_would_sell(desk: Desk) -> None:
    opened = desk()
    for part in opened.parts():
        if part.role is OrderRole.TARGET:
            opened.fake.cancel_by_hand(part.broker_id)
    opened.fake.sell_by_hand("AAPL", 100)
    opened.look(5)
    assert len(opened.harness.told_of(SoldByHand)) == 1
    assert opened.held() == 412
    is_parted(opened, 156, 412)


@pytest.mark.parametrize("trouble", ["", "503", "422", "hang"])
@pytest.mark.parametrize("sold", [100, 256])
def test_shares_sold_by_hand_from_under_the_stop_of_the_rest_are_taken_from_the_part(
    desk: Desk, sold: int, trouble: str
) -> None:
    opened = desk(patience=0.1)
    (lone,) = [part for part in opened.parts() if part.role is OrderRole.STOP and part.client_order_id.endswith("-2")]
    opened.fake.cancel_by_hand(lone.broker_id)
    if trouble == "503":
        opened.fake.fault("DELETE", "/v2/orders/*", Fault.UNAVAILABLE, times=4)
    elif trouble == "422":
        opened.fake.fault("DELETE", "/v2/orders/*", Fault.NO_CODE, times=2, status=422)
    elif trouble == "hang":
        opened.fake.hold_cancels()
    opened.fake.sell_by_hand("AAPL", sold)
    for _ in range(5):
        opened.look(1)
        assert not oversells(opened)
    opened.fake.release_cancels()
    opened.look(5)
    assert len(opened.harness.told_of(SoldByHand)) == 1
    assert (opened.held(), opened.harness.trade().held_shares) == (512 - sold, 512 - sold)
    assert sum(shares for shares, _ in standing(opened, OrderRole.STOP)) == 512 - sold
    assert sum(shares for shares, _ in standing(opened, OrderRole.TARGET)) == 256 - sold


def overnight_split(desk: AtAlpaca, way: str) -> None:
    """Let two shares be what one was the evening before, and a quarter of an hour of the next morning be over."""
    desk.harness.clock.advance(19.75 * 3600)
    desk.fake.split("AAPL", 2, orders=way)
    desk.look()
    desk.harness.clock.advance(3.5 * 3600)
    desk.price("AAPL", "76.00")
    desk.look(5)


@pytest.mark.parametrize("is_sold", [False, True])
@pytest.mark.parametrize("way", ["left", "cancelled", "adjusted"])
def test_after_a_split_the_parts_are_those_of_the_new_shares(desk: Desk, way: str, *, is_sold: bool) -> None:
    opened = desk()
    if is_sold:
        opened.price("AAPL", "155.00")
        opened.look()
    overnight_split(opened, way)
    assert opened.harness.trade().exit_plan.is_part_sold is is_sold
    if is_sold:
        stops = standing(opened, OrderRole.STOP)
        assert (stops, standing(opened, OrderRole.TARGET)) == ([(512, opened.harness.trade().stop)], [])
        return
    is_parted(opened, 512, 1024)
    opened.price("AAPL", "78.00")
    opened.look()
    assert (opened.held(), opened.harness.trade().exit_plan.is_part_sold) == (512, True)


@pytest.mark.parametrize("way", ["left", "cancelled", "adjusted"])
def test_a_part_that_was_sold_before_and_after_a_split_is_told_in_the_shares_of_today(desk: Desk, way: str) -> None:
    opened = desk()
    target = opened.live(OrderRole.TARGET)
    opened.fake.fill(target.broker_id, 100, "154.80")
    opened.look()
    overnight_split(opened, way)
    opened.price("AAPL", "78.00")
    opened.look()
    (told,) = opened.harness.told_of(PartSold)
    assert (told.shares, opened.held()) == (512, 512)
    assert told.price == round((200 * Decimal("77.40") + 312 * Decimal(78)) / 512, 4)


@pytest.mark.parametrize("sells", [True, False])
@pytest.mark.parametrize("is_parted_first", [True, False])
def test_an_old_stop_whose_cancel_hangs_at_a_split_sells_of_the_part_and_never_of_the_rest(
    desk: Desk, *, is_parted_first: bool, sells: bool
) -> None:
    """Its price is far over that of the new shares: it sells at the open, unless its cancel was done before."""
    opened = desk("0.4", buys=is_parted_first, patience=0.1)
    opened.fake.hold_cancels()
    if not is_parted_first:
        opened.buy()
    opened.harness.clock.advance(19.75 * 3600)
    opened.fake.split("AAPL", 10, orders="left")
    opened.look()
    assert not oversells(opened)
    if not sells:
        opened.fake.release_cancels()
        opened.look()
    opened.harness.clock.advance(3.5 * 3600)
    opened.price("AAPL", "15.02")
    opened.fake.release_cancels()
    opened.look(5)
    assert opened.held() == (4608 if sells else 5120)
    stops, targets = standing(opened, OrderRole.STOP), standing(opened, OrderRole.TARGET)
    assert sum(shares for shares, _ in stops) == opened.held()
    assert opened.held() - sum(shares for shares, _ in targets) == 5120 - 2048
    assert len(opened.harness.told_of(CancelStuck)) <= 1
    told = opened.harness.told_of(StopSold)  # of each stop that was left
    assert sum(notice.shares for notice in told) == (512 if sells else 0)
    assert all(notice.price == Decimal("15.02") for notice in told)


@pytest.mark.parametrize("is_sold", [False, True])
def test_what_is_left_is_sold_before_the_close(desk: Desk, *, is_sold: bool) -> None:
    opened = desk(flatten_before_close_minutes=15)
    if is_sold:
        opened.price("AAPL", "155.00")
        opened.look()
    opened.harness.clock.advance(5 * 3600)
    opened.price("AAPL", "152.00")
    opened.look(4)
    trade = opened.harness.trade()
    assert (opened.held(), trade.state, trade.exit_reason) == (0, TradeState.CLOSED, ExitReason.BEFORE_CLOSE)
    assert trade.exit_shares == 512


def test_the_next_life_parts_what_this_one_bought(desk: Desk) -> None:
    opened = desk(buys=False)
    opened.harness.play_the_signal()
    opened.fake.fill_by_hand()
    opened.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    opened.end()
    opened.fake.fill(TRADE_ID)
    with opened.next_life() as life:
        life.look()
        is_parted(life)
        assert not alarms(life)
