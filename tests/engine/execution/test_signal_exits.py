"""What is kept of a sell signal says whether the desk acted on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.common.symbol_halts import keep_symbol_halts
from engine.model.desk import Request
from engine.model.manual_proposal import ManualProposal
from engine.model.notices.trades import ExitAsked
from engine.model.origin import Source
from engine.model.symbol_halt import HaltReason, SymbolHalt
from engine.model.trade import Trade, TradeState
from tests.support.engine_harness import EngineHarness

ADMIN = Request(by="U0ADMIN", said="/auto on")


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[EngineHarness]:
    """A desk whose strategy sells after a bar that rose a lot."""
    harness = EngineHarness.at_the_example(tmp_path, strategy="tests.support.code_strategies:Bounces")
    harness.market.price("AAPL", "150.25")
    yield harness
    harness.close()


def bought(desk: EngineHarness) -> Trade:
    wanted = ManualProposal(source=Source.DESK, by="U0TRADER", symbol="AAPL")
    trade = desk.engine.commands.buys.propose(wanted, EngineHarness.TRADER).trade
    return desk.engine.commands.approve(trade.id, EngineHarness.TRADER)


def rise(desk: EngineHarness) -> None:
    desk.close_a_bar(150.30, 151.60)


def test_a_sell_signal_that_the_desk_is_asked_about_is_kept_as_one_of_the_open_trade(desk: EngineHarness) -> None:
    bought(desk)
    rise(desk)
    assert len(desk.told_of(ExitAsked)) == 1
    assert desk.kept() == [("AAPL", "exit_signal")]


def test_a_sell_signal_by_which_the_desk_sells_is_kept_as_one_of_the_open_trade(desk: EngineHarness) -> None:
    trade = bought(desk)
    desk.engine.commands.set_auto(on=True, request=ADMIN)
    rise(desk)
    assert desk.trade(trade.id).state is TradeState.CLOSED
    assert desk.kept() == [("AAPL", "exit_signal")]


def test_a_desk_that_is_halted_is_asked_all_the_same(desk: EngineHarness) -> None:
    bought(desk)
    desk.engine.commands.halt(EngineHarness.TRADER, "news")
    rise(desk)
    assert len(desk.told_of(ExitAsked)) == 1
    assert desk.kept() == [("AAPL", "exit_signal")]


def test_while_the_exchange_halts_the_symbol_its_sell_signal_is_passed_over_for_that(desk: EngineHarness) -> None:
    bought(desk)
    halt = SymbolHalt(symbol="AAPL", since=desk.clock.now(), reason=HaltReason.NEWS)
    with desk.store.writing() as transaction:
        keep_symbol_halts(transaction, {"AAPL": halt})
    rise(desk)
    assert desk.told_of(ExitAsked) == []
    assert desk.kept() == [("AAPL", "symbol_halted")]


def test_a_sell_signal_of_what_is_not_held_says_so(desk: EngineHarness) -> None:
    rise(desk)
    assert desk.kept() == [("AAPL", "nothing_to_sell")]
