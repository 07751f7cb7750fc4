"""Every open position has a stop that works, or the desk hears of it and a new one is sent."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from engine.bootstrap import wire
from engine.model.notices.base import NoticeKind
from engine.model.trade import Order, OrderRole, OrderState, TradeState
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.broker import TroubledBroker
from tests.support.fakes.worked_example import TRADE_ID


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    """The example's desk at Alpaca, AAPL proposed."""
    with AtAlpaca.open(tmp_path) as desk:
        desk.harness.play_the_signal()
        yield desk


def approve(desk: AtAlpaca) -> None:
    desk.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)


def pass_seconds(desk: AtAlpaca, seconds: int) -> None:
    for second in range(seconds):
        desk.harness.clock.advance(1)
        desk.harness.engine.jobs.poll_unconfirmed()
        if second % 15 == 0:
            desk.harness.engine.jobs.housekeeping()


def working_stops(desk: AtAlpaca) -> list[int]:
    return [part.shares for part in desk.parts() if part.role is OrderRole.STOP and not part.state.is_over]


def alarms(desk: AtAlpaca) -> int:
    told = [notice for notice in desk.harness.told() if notice.kind is NoticeKind.UNPROTECTED]
    return sum(notice.trade_id == TRADE_ID for notice in told)


def entry(desk: AtAlpaca) -> Order:
    order = desk.broker.order(TRADE_ID)
    assert order
    return order


def test_a_bracket_that_was_filled_is_left_alone(desk: AtAlpaca) -> None:
    approve(desk)
    pass_seconds(desk, 20)
    assert (working_stops(desk), alarms(desk)) == ([512], 0)
    assert desk.orders_of_the_trade() == [TRADE_ID]


def test_legs_that_stay_held_after_the_fill_are_replaced_by_a_stop_that_works(desk: AtAlpaca) -> None:
    desk.fake.hold_legs()
    approve(desk)
    pass_seconds(desk, 15)
    assert (working_stops(desk), alarms(desk)) == ([512], 1)
    desk.price("AAPL", "147.90")
    desk.harness.engine.jobs.reconcile()
    assert (desk.harness.trade().state, desk.held()) == (TradeState.CLOSED, 0)


def test_legs_that_come_into_force_a_moment_later_raise_no_alarm(desk: AtAlpaca) -> None:
    desk.fake.hold_legs()
    approve(desk)
    pass_seconds(desk, 1)
    desk.fake.release_legs()
    pass_seconds(desk, 15)
    assert (working_stops(desk), alarms(desk)) == ([512], 0)
    assert desk.orders_of_the_trade() == [TRADE_ID]


def test_a_purchase_that_stays_filled_in_part_is_ended_and_its_shares_get_a_stop(desk: AtAlpaca) -> None:
    desk.fake.partly_fill(200)
    approve(desk)
    pass_seconds(desk, 15)
    desk.harness.engine.jobs.reconcile()
    assert entry(desk).state is OrderState.CANCELLED
    assert (desk.harness.trade().held_shares, working_stops(desk)) == (200, [200])


def test_a_purchase_that_goes_on_filling_is_let_be(desk: AtAlpaca) -> None:
    desk.fake.partly_fill(200)
    approve(desk)
    pass_seconds(desk, 1)
    desk.price("AAPL", "150.25")
    pass_seconds(desk, 15)
    desk.harness.engine.jobs.reconcile()
    assert (desk.harness.trade().held_shares, working_stops(desk), alarms(desk)) == (512, [512], 0)


def test_after_a_part_of_the_position_was_sold_for_somebody_else_the_trade_has_a_stop_again(desk: AtAlpaca) -> None:
    approve(desk)
    desk.fake.hold("AAPL", 612, "150")
    desk.broker.close("by-hand", "AAPL", 300)  # more than is free: at Alpaca the bracket must go
    pass_seconds(desk, 16)
    assert sum(working_stops(desk)) == desk.held() == 312


def test_an_entry_that_is_not_filled_at_the_close_does_not_buy_on_another_day(desk: AtAlpaca) -> None:
    desk.fake.fill_by_hand()
    approve(desk)
    desk.harness.clock.set(desk.harness.clock.now().replace(hour=20, minute=0, second=5))
    desk.harness.engine.jobs.housekeeping()
    desk.harness.engine.jobs.reconcile()
    assert entry(desk).state is OrderState.CANCELLED
    assert (desk.harness.trade().state, desk.harness.trade().reason) == (TradeState.CANCELLED, "not_filled")


def test_a_stop_that_gets_no_answer_keeps_no_entry_buying_after_the_close(desk: AtAlpaca) -> None:
    desk.fake.fill_by_hand()
    approve(desk)
    line = TroubledBroker(desk.broker)
    engine = wire(desk.harness.settings, replace(desk.adapters, broker=line))
    line.protects_unclearly = "MSFT"  # it is held without an order
    desk.harness.clock.set(desk.harness.clock.now().replace(hour=20, minute=0, second=5))
    engine.jobs.housekeeping()
    assert entry(desk).state is OrderState.CANCELLED


def test_a_trade_whose_entry_the_broker_never_knew_ends_when_its_stop_is_hit(desk: AtAlpaca) -> None:
    desk.harness.engine.jobs.housekeeping()  # MSFT is held without an order; it gets a stop
    stop = desk.harness.engine.queries.trade("MSFT").stop
    desk.price("MSFT", str(stop - 1))
    desk.harness.engine.jobs.reconcile()
    ended = desk.harness.engine.queries.trade("MSFT")
    assert (ended.state, ended.held_shares, ended.exit_price) == (TradeState.CLOSED, 0, stop - 1)


def test_a_trade_that_the_database_lost_while_its_stop_was_waited_for_is_looked_after_no_more(tmp_path: Path) -> None:
    harness = EngineHarness.build(tmp_path)
    harness.line.protects_unclearly = "MSFT"
    harness.begin_the_example()
    with closing(sqlite3.connect(tmp_path / "desk.db")) as database, database:
        lost = database.execute("DELETE FROM trades WHERE symbol = 'MSFT'").rowcount
    assert lost == 1
    harness.engine.jobs.protect.trade("MSFT_20250818_233000")
    harness.close()
