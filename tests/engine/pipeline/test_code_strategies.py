"""A strategy in Python trades live: its scores, its stops and its name are in every proposal, its mistakes in none."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from engine.errors import SettingsInvalid
from engine.model.desk import DeskState
from engine.model.notices.desk import StrategyUnusable
from engine.model.notices.systems import ServiceBack, ServiceLost
from engine.model.signal import Component, Part, Side
from engine.model.strategy_check import StrategyFault
from engine.model.trade import TradeState
from engine.views.replay import recomputed
from tests.support.code_strategies import Busy
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.strategies import InProcessStrategies
from tests.support.fakes.worked_example import BAR_VOLUME, TRADE_ID

BUSY = "tests.support.code_strategies:Busy"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[EngineHarness]:
    """The example's desk, by a class that buys after a bar of more volume."""
    harness = EngineHarness.at_the_example(tmp_path, strategy=BUSY)
    yield harness
    harness.close()


def test_a_proposal_names_the_class_and_has_its_score_and_its_stop(desk: EngineHarness) -> None:
    trade = desk.play_the_signal()
    assert trade is not None
    signal = trade.signal
    assert (signal.strategy, signal.strategy_fingerprint) == ("busy", Busy().fingerprint)
    assert signal.components[0] == Component(part=Part.CODE, tenths=9)
    assert [each.part for each in signal.components] == [Part.CODE, Part.NEWS]
    assert signal.origin.stop_distance == Decimal("0.012345")
    assert trade.sizing.stop == Decimal("148.39")  # 150.25 less 1.2345 %
    assert trade.sizing.target == Decimal("152.05")
    assert trade.exit_plan.longest_bars == 40


def test_its_stop_holds_through_a_change_of_size_the_approval_and_the_order(desk: EngineHarness) -> None:
    trade = desk.play_the_signal()
    assert trade is not None
    fewer = desk.engine.commands.resize(trade.id, trade.shares - 40, EngineHarness.TRADER)
    assert fewer.sizing.stop == trade.sizing.stop
    bought = desk.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert bought.state is TradeState.OPEN
    assert bought.sizing.stop == trade.sizing.stop
    assert [order.price for order in desk.stops()] == [trade.sizing.stop]


def test_a_stop_that_is_no_lower_than_the_price_is_refused_and_the_bar_is_decided_on(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path, strategy="tests.support.code_strategies:Hair")
    assert harness.play_the_signal() is None
    assert harness.kept() == [("AAPL", "order_refused")]
    harness.close()


def test_its_trade_can_be_worked_out_again_but_for_what_only_its_code_knows(desk: EngineHarness) -> None:
    desk.play_the_signal()
    desk.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    with desk.store.reading() as reader:
        again = recomputed(reader, TRADE_ID)
    assert (again.differences, again.faults) == (0, ())


def test_it_is_asked_once_a_bar_however_often_the_bar_is_looked_at(desk: EngineHarness) -> None:
    desk.line.is_away = True  # so that nothing is decided on the bar
    desk.play_the_signal()
    asked = desk.strategies.scored
    for _ in range(3):
        desk.engine.jobs.process_bars()
    assert desk.strategies.scored == asked


def test_a_bar_of_which_it_gives_no_scores_brings_no_signal_and_the_desk_is_told_once(desk: EngineHarness) -> None:
    desk.strategies.trouble = "it gave no scores within 20 s"
    assert desk.play_the_signal() is None
    desk.close_a_bar(150.0, 149.9)
    (lost,) = desk.told_of(ServiceLost)
    assert (lost.service, lost.trouble) == ("strategy", "it gave no scores within 20 s")
    assert desk.engine.queries.trades({TradeState.PROPOSED}) == ()
    desk.strategies.trouble = ""
    desk.close_a_bar(149.8, volume=2 * BAR_VOLUME)
    assert [each.service for each in desk.told_of(ServiceBack)] == ["strategy"]
    assert [each.symbol for each in desk.engine.queries.trades({TradeState.PROPOSED})] == ["AAPL"]


def test_what_stands_in_the_card_of_a_symbol_is_its_last_score(desk: EngineHarness) -> None:
    assert desk.engine.queries.inspect("AAPL").signal is None
    desk.play_the_signal()
    signal = desk.engine.queries.inspect("AAPL").signal
    assert signal is not None
    assert (signal.side, signal.technical_tenths) == (Side.BUY, 9)


def test_one_that_the_check_finds_fault_with_leaves_a_restarted_desk_with_exits_only(tmp_path: Path) -> None:
    EngineHarness.build(tmp_path).close()
    faults = InProcessStrategies()
    faults.faults[BUSY] = StrategyFault.LOOKS_AHEAD
    harness = EngineHarness.at_the_example(tmp_path, strategy=BUSY, strategies=faults)
    (told,) = harness.told_of(StrategyUnusable)
    assert told.trouble == (
        f"STRATEGY: strategy '{BUSY}' may not trade (looks ahead): let it not; trading-bot lookahead {BUSY}"
        " shows all of it"
    )
    assert harness.play_the_signal() is None
    with harness.store.reading() as reader:
        assert reader.desk().state is DeskState.REDUCING
    harness.close()


def test_it_ends_the_first_start_of_a_desk_that_holds_nothing(tmp_path: Path) -> None:
    faults = InProcessStrategies()
    faults.faults[BUSY] = StrategyFault.READS_CLOCK
    with pytest.raises(SettingsInvalid, match=r"STRATEGY: .* may not trade .reads the clock"):
        EngineHarness.build(tmp_path, strategy=BUSY, strategies=faults)


def test_it_is_left_out_of_shadow_too(tmp_path: Path) -> None:
    EngineHarness.build(tmp_path).close()
    faults = InProcessStrategies()
    faults.faults[BUSY] = StrategyFault.LOOKS_AHEAD
    harness = EngineHarness.at_the_example(tmp_path, shadow_strategies=(BUSY, "trend"), strategies=faults)
    assert [each.name for each in harness.engine.queries.strategies.all().lines] == ["seed", "trend"]
    assert [each.is_live for each in harness.told_of(StrategyUnusable)] == [False]
    harness.close()
