"""Live stops follow closes: by the bars since the purchase, at the broker, told without noise, whatever happens."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.model.desk import DeskState
from engine.model.notices.account import ExitMoved
from engine.model.notices.trades import ExitChanged, ExitSenseless, StopTrailed, TimeExit
from engine.model.trade import ExitReason
from tests.engine.backtest.parity import with_exits
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID

Desk = Callable[..., EngineHarness]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Build the example's desk with 512 AAPL bought at 150.28, by a strategy with some exits."""
    built = list[EngineHarness]()

    def build(**exits: Any) -> EngineHarness:
        strategy = str(with_exits(tmp_path / "mine.toml", exits))
        built.append(harness := EngineHarness.at_the_example(tmp_path, strategy=strategy))
        harness.play_the_signal()
        harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
        harness.engine.jobs.reconcile()
        return harness

    yield build
    for harness in built:
        harness.close()


def live_stop(desk: EngineHarness) -> Decimal | None:
    """Return the price of the one stop of AAPL; raises where there is none, or more than one."""
    (stop,) = desk.stops()
    assert stop.shares == 512
    return stop.price


def test_a_stop_follows_the_highest_close_and_never_goes_back(desk: Desk) -> None:
    harness = desk(trail="0.01")
    harness.close_a_bar(153.0)
    assert live_stop(harness) == harness.trade().stop == Decimal("151.47")
    harness.close_a_bar(152.0)
    assert live_stop(harness) == Decimal("151.47")
    harness.close_a_bar(154.0)
    assert live_stop(harness) == Decimal("152.46")


def test_closes_of_before_the_purchase_do_not_count(desk: Desk) -> None:
    harness = desk(trail="0.02")
    assert max(harness.market.recorded.close[:, harness.market.recorded.symbols.index("AAPL")]) > 151.2
    harness.close_a_bar(150.3)
    assert live_stop(harness) == Decimal("147.99")


def test_it_stands_at_the_entry_after_a_close_of_one_times_the_risk(desk: Desk) -> None:
    harness = desk(breakeven="1")
    harness.close_a_bar(152.5)  # 2.22 over the entry, and 2.29 was risked
    assert live_stop(harness) == Decimal("147.99")
    harness.close_a_bar(152.7)
    assert live_stop(harness) == Decimal("150.28")
    assert harness.trade().risk == 0


def test_it_follows_by_average_true_ranges(desk: Desk) -> None:
    harness = desk(trail_atr="3")
    harness.close_a_bar(154.0)
    stop = harness.trade().stop
    assert Decimal("147.99") < stop < Decimal(154)
    assert live_stop(harness) == stop


def test_it_is_told_once_an_hour_and_audited_each_time(desk: Desk) -> None:
    harness = desk(trail="0.01")
    harness.close_a_bar(152.0, 152.5)
    assert len(harness.told_of(StopTrailed)) == 1
    assert harness.told_of(ExitMoved) == []
    assert harness.told_of(ExitChanged) == []
    with harness.store.reading() as reader:
        rows = [row.outcome for row in reader.audit(subject=TRADE_ID) if row.action == "trail"]
    assert len(rows) == 2


@pytest.mark.parametrize("state", list(DeskState))
def test_it_follows_in_every_state_of_the_desk(desk: Desk, state: DeskState) -> None:
    harness = desk(trail="0.01")
    with harness.store.writing() as transaction:
        transaction.set_desk(replace(transaction.desk(), state=state, by="U0ADMIN", since=harness.clock.now()))
    harness.close_a_bar(153.0)
    assert live_stop(harness) == Decimal("151.47")


def test_a_stop_set_by_a_person_holds_until_the_trail_is_over_it(desk: Desk) -> None:
    harness = desk(trail="0.01")
    harness.close_a_bar(152.0)
    harness.engine.commands.exits.stop(TRADE_ID, Decimal("151.70"), EngineHarness.TRADER)
    harness.close_a_bar(153.0)
    assert live_stop(harness) == Decimal("151.70")  # the trail says 151.47
    harness.close_a_bar(154.0)
    assert live_stop(harness) == Decimal("152.46")


def test_a_new_life_goes_on_with_the_closes_that_it_missed(desk: Desk) -> None:
    harness = desk(trail="0.01")
    harness.line.is_away = True  # nothing can be done on these bars
    harness.close_a_bar(154.0, 153.0)
    assert harness.trade().stop == Decimal("147.99")
    harness.line.is_away = False
    again = harness.born_again()
    again.jobs.start()
    again.jobs.process_bars()
    again.jobs.housekeeping()
    assert live_stop(harness) == Decimal("152.46")


def test_a_market_that_fell_through_the_trail_leaves_the_old_stop_and_the_desk_is_told(desk: Desk) -> None:
    harness = desk(trail="0.001")
    harness.line.while_counting = lambda: harness.market.price("AAPL", "152.00")  # between the close and the look
    harness.close_a_bar(153.0)
    assert live_stop(harness) == Decimal("147.99")
    assert [told.price for told in harness.told_of(ExitSenseless)] == [Decimal("152.84")]


def test_a_trade_is_sold_after_so_many_bars(desk: Desk) -> None:
    harness = desk(longest_bars=3)
    for number in range(1, 4):
        assert harness.trade().exit_reason is None, number
        harness.close_a_bar(150.3)
        harness.engine.jobs.housekeeping()
    assert harness.trade().exit_reason is ExitReason.LONGEST_HOLD
    assert [told.reason for told in harness.told_of(TimeExit)] == [ExitReason.LONGEST_HOLD]


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[AtAlpaca]:
    """The example's desk at Alpaca, whose entry waits for two minutes by now, to be held for 3 bars."""
    strategy = str(with_exits(tmp_path / "mine.toml", {"longest_bars": 3}))
    with AtAlpaca.open(tmp_path, strategy=strategy) as desk:
        desk.harness.play_the_signal()
        desk.fake.fill_by_hand()
        desk.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
        desk.harness.clock.advance(120)
        yield desk


def fill_in_part(desk: AtAlpaca) -> datetime:
    """Let the entry buy 200 shares, and be cancelled; return when."""
    desk.fake.fill(TRADE_ID, shares=200)
    desk.fake.cancel_by_hand(TRADE_ID)
    return desk.harness.clock.now()


def test_of_an_entry_that_was_filled_in_part_and_cancelled_the_bars_count_from_that_fill(waiting: AtAlpaca) -> None:
    harness = waiting.harness
    bought = fill_in_part(waiting)
    harness.engine.jobs.order_changed(TRADE_ID)
    assert (harness.trade().held_shares, harness.trade().filled_at) == (200, None)
    assert harness.trade().exit_plan.bought_at == bought
    for number in range(1, 4):
        assert harness.trade().exit_reason is None, number
        harness.close_a_bar(150.3)
        harness.engine.jobs.housekeeping()
    assert harness.trade().exit_reason is ExitReason.LONGEST_HOLD


def test_while_the_bot_was_down_the_account_s_executions_tell_when_that_was(waiting: AtAlpaca) -> None:
    waiting.end()
    bought = fill_in_part(waiting)
    waiting.harness.clock.advance(600)
    with waiting.next_life() as life:
        assert (life.harness.trade().held_shares, life.harness.trade().exit_plan.bought_at) == (200, bought)


def test_a_broker_that_is_away_for_a_bar_gets_the_stop_later(desk: Desk) -> None:
    harness = desk(trail="0.01")
    harness.line.is_away = True
    harness.close_a_bar(153.0)
    harness.line.is_away = False
    harness.close_a_bar(152.9)
    harness.clock.advance(15)
    harness.engine.jobs.housekeeping()
    harness.engine.jobs.reconcile()
    assert live_stop(harness) == Decimal("151.47")


def test_the_rules_of_a_trade_are_those_that_it_was_proposed_by(desk: Desk) -> None:
    harness = desk(trail="0.01", breakeven="2", longest_bars=500)
    plan = harness.trade().exit_plan
    assert (plan.trail, plan.breakeven, plan.longest_bars) == (Decimal("0.01"), Decimal(2), 500)
    assert plan.bought_at is not None
    assert harness.clock.now() - plan.bought_at < timedelta(minutes=5)
