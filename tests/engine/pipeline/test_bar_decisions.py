"""A bar is decided on symbol by symbol: what lacks a price waits for it, and holds up nothing else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from engine.bootstrap import Engine
from engine.model.manual_proposal import ManualProposal
from engine.model.market import BarHistory, Snapshot
from engine.model.notices.proposals import SignalsKept
from engine.model.notices.trades import ExitAsked
from engine.model.origin import Source
from engine.model.trade import ExitReason, TradeState
from engine.pipeline.bar_decisions import WAITING
from engine.pipeline.signal_digest import PATIENCE, TOLD
from tests.engine.backtest.parity import with_exits
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.trades import SIGNAL
from tests.support.fakes.worked_example import AT, HEADLINE, TRADE_ID, history, looks

BAR = timedelta(minutes=5)
CENT = Decimal("0.01")

Spoil = Callable[[EngineHarness, Snapshot], None]


def crossed(harness: EngineHarness, good: Snapshot) -> None:
    harness.market.put(replace(good, bid=good.price + CENT, ask=good.price))


def stale(harness: EngineHarness, good: Snapshot) -> None:
    harness.market.put(replace(good, at=good.at - timedelta(seconds=91), quoted_at=good.at))


def missing(harness: EngineHarness, good: Snapshot) -> None:
    harness.market.lose(good.symbol)


def all_failing(harness: EngineHarness, _: Snapshot) -> None:
    harness.market.shows_no_prices = True


SPOILT = (crossed, stale, missing, all_failing)


def priced(harness: EngineHarness, symbol: str = "AAPL", price: str = "150.25") -> Snapshot:
    """Let a symbol have a good price now, as seen by who asks for prices."""
    harness.market.shows_no_prices = False
    harness.market.price(symbol, price)
    at = Decimal(price)
    return Snapshot(symbol=symbol, at=harness.clock.now(), price=at, volume=1_000_000, bid=at - CENT, ask=at)


def at_the_close(harness: EngineHarness) -> None:
    """Let it be fifteen seconds after the close of the example's bar, with its news."""
    harness.clock.set(AT + timedelta(seconds=1))
    harness.engine.jobs.read_news()
    harness.clock.set(AT + timedelta(seconds=15))


def spoilt_look(harness: EngineHarness, spoil: Spoil) -> None:
    """Let the first look at the example's bar meet no good price."""
    at_the_close(harness)
    spoil(harness, priced(harness))
    harness.engine.jobs.process_bars()


def proposed(harness: EngineHarness) -> list[str]:
    return [trade.symbol for trade in harness.engine.queries.trades({TradeState.PROPOSED})]


def later_runs(harness: EngineHarness, until: timedelta) -> None:
    """Run the job every five seconds until some time after the close."""
    while harness.clock.now() < AT + until:
        harness.clock.advance(5)
        harness.engine.jobs.process_bars()


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_buy_whose_price_is_bad_at_one_look_is_proposed_at_the_next(harness: EngineHarness, spoil: Spoil) -> None:
    spoilt_look(harness, spoil)
    assert proposed(harness) == []
    harness.clock.advance(5)
    priced(harness)
    harness.engine.jobs.process_bars()
    assert proposed(harness) == ["AAPL"]
    [trade] = harness.engine.queries.trades({TradeState.PROPOSED})
    assert (trade.signal.bar, trade.signal.price) == (AT - BAR, Decimal("150.25"))
    assert harness.kept() == []


def test_a_desk_with_nothing_left_to_decide_looks_at_no_price(harness: EngineHarness) -> None:
    spoilt_look(harness, missing)
    harness.clock.advance(5)
    priced(harness)
    harness.engine.jobs.process_bars()
    asked = len(harness.market.asked)
    later_runs(harness, BAR)
    assert len(harness.market.asked) == asked


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_buy_without_a_price_until_the_next_close_is_kept_and_told(harness: EngineHarness, spoil: Spoil) -> None:
    at_the_close(harness)
    while harness.clock.now() < AT + BAR - timedelta(seconds=5):
        spoil(harness, priced(harness))
        harness.engine.jobs.process_bars()
        assert harness.kept() == []
        harness.clock.advance(5)
    harness.clock.set(AT + BAR)
    priced(harness)
    harness.engine.jobs.process_bars()
    assert (harness.kept(), proposed(harness)) == ([("AAPL", "no_price")], [])
    later_runs(harness, 2 * BAR)
    assert harness.kept() == [("AAPL", "no_price")]
    harness.clock.advance(PATIENCE.total_seconds())
    harness.engine.jobs.tell_reports()
    [notice] = harness.told_of(SignalsKept)
    assert [(str(group.why_not), group.symbols) for group in notice.groups] == [("no_price", ("AAPL",))]


def test_it_is_told_also_where_the_digest_told_others_while_it_waited(harness: EngineHarness) -> None:
    with harness.store.writing() as transaction:
        transaction.add_signal(replace(SIGNAL, at=AT - PATIENCE), "desk_halted")
    spoilt_look(harness, missing)
    harness.clock.advance(60)
    harness.engine.jobs.tell_reports()
    later_runs(harness, BAR)
    harness.clock.advance(PATIENCE.total_seconds())
    harness.engine.jobs.tell_reports()
    words = [[str(group.why_not) for group in notice.groups] for notice in harness.told_of(SignalsKept)]
    assert words == [["desk_halted"], ["no_price"]]


def test_a_buy_that_waits_for_the_broker_until_the_next_close_is_kept_and_told(harness: EngineHarness) -> None:
    at_the_close(harness)
    harness.line.is_away = True
    while harness.clock.now() < AT + BAR:
        priced(harness)
        harness.engine.jobs.process_bars()
        harness.clock.advance(5)
    assert harness.kept() == []
    harness.engine.jobs.process_bars()
    assert harness.kept() == [("AAPL", "truth_unknown")]


def test_what_somebody_proposed_meanwhile_is_not_told_as_without_a_price(harness: EngineHarness) -> None:
    spoilt_look(harness, missing)
    harness.clock.set(AT + BAR - timedelta(seconds=1))
    priced(harness)
    by_hand = ManualProposal(source=Source.DESK, by="U0TRADER", symbol="AAPL", key="")
    harness.engine.commands.buys.propose(by_hand, EngineHarness.TRADER)
    harness.clock.advance(1)
    harness.engine.jobs.process_bars()
    assert harness.kept() == [("AAPL", "symbol_taken")]


def test_what_can_be_decided_without_a_price_does_not_wait_for_one(harness: EngineHarness) -> None:
    harness.engine.commands.halt(EngineHarness.TRADER, "earnings")
    spoilt_look(harness, missing)
    assert harness.kept() == [("AAPL", "desk_halted")]


@pytest.fixture
def two(tmp_path: Path) -> EngineHarness:
    """A desk whose stops follow closes and that watches two symbols, both with the example's bars and news."""
    strategy = str(with_exits(tmp_path / "mine.toml", {"trail": "0.01"}))
    desk = EngineHarness.build(tmp_path, cash=Decimal(1_000_000), watchlist=("AAPL", "NVDA"), strategy=strategy)
    bars = history()
    desk.market.recorded = BarHistory.of(("AAPL", "NVDA"), bars.starts, np.repeat(bars.stacked, 2, axis=2))
    desk.news.lines.append(replace(HEADLINE, symbols=("AAPL", "NVDA")))
    desk.clock.set(AT - timedelta(seconds=30))
    desk.engine.jobs.start()
    return desk


def test_a_symbol_without_a_price_holds_up_no_other_and_is_then_looked_at_alone(two: EngineHarness) -> None:
    at_the_close(two)
    priced(two, "AAPL")
    two.engine.jobs.process_bars()
    assert proposed(two) == ["AAPL"]
    two.clock.advance(5)
    two.engine.jobs.process_bars()
    assert two.market.asked[-1] == ("NVDA",)
    priced(two, "NVDA")
    two.engine.jobs.process_bars()
    assert sorted(proposed(two)) == ["AAPL", "NVDA"]
    assert two.kept() == []
    two.close()


def test_while_a_symbol_waits_no_bars_are_read_again_for_the_stops(two: EngineHarness) -> None:
    at_the_close(two)
    priced(two, "AAPL")
    two.engine.jobs.process_bars()
    [trade] = two.engine.queries.trades({TradeState.PROPOSED})
    two.engine.commands.approve(trade.id, EngineHarness.TRADER)
    two.engine.jobs.reconcile()
    assert two.trade(trade.id).state is TradeState.OPEN
    read = len(two.market.bars_asked)
    later_runs(two, BAR / 2)
    assert len(two.market.bars_asked) == read
    assert two.market.asked[-1] == ("NVDA",)
    two.close()


def test_a_desk_that_restarts_in_between_decides_on_what_waited_and_on_nothing_twice(two: EngineHarness) -> None:
    at_the_close(two)
    priced(two, "AAPL")
    two.engine.jobs.process_bars()
    again = two.born_again()
    again.jobs.start()
    again.jobs.process_bars()
    assert proposed(two) == ["AAPL"]
    two.clock.advance(5)
    priced(two, "NVDA")
    again.jobs.process_bars()
    assert sorted(proposed(two)) == ["AAPL", "NVDA"]
    two.close()


def test_who_leads_again_keeps_no_signal_that_another_process_proposed_meanwhile(harness: EngineHarness) -> None:
    spoilt_look(harness, missing)
    other = harness.born_again()
    other.jobs.start()
    harness.clock.advance(5)
    priced(harness)
    other.jobs.process_bars()
    assert proposed(harness) == ["AAPL"]
    harness.clock.set(AT + BAR + timedelta(seconds=1))
    harness.engine.jobs.start()
    harness.engine.jobs.process_bars()
    assert harness.kept() == []


def begins_again(harness: EngineHarness, after: timedelta) -> Engine:
    """Let the desk end, and another life of it begin some time after the close of the example's bar."""
    harness.clock.set(AT + after)
    again = harness.born_again()
    again.jobs.start()
    again.jobs.process_bars()
    return again


@pytest.mark.parametrize("after", [BAR, timedelta(hours=8), timedelta(days=1)])
def test_a_buy_that_waited_as_the_desk_ended_is_kept_and_told_once_where_it_is_too_late(
    harness: EngineHarness, after: timedelta
) -> None:
    spoilt_look(harness, missing)
    again = begins_again(harness, after)
    assert harness.kept() == [("AAPL", "desk_away")]
    begins_again(harness, after + BAR)
    harness.clock.advance(PATIENCE.total_seconds())
    again.jobs.tell_reports()
    harness.clock.advance(PATIENCE.total_seconds())
    again.jobs.tell_reports()
    words = [[(str(group.why_not), group.symbols) for group in each.groups] for each in harness.told_of(SignalsKept)]
    assert words == [[("desk_away", ("AAPL",))]]


def test_what_waited_is_told_though_the_desk_is_halted_as_it_is_back(harness: EngineHarness) -> None:
    spoilt_look(harness, missing)
    harness.clock.set(AT + timedelta(seconds=60))
    with harness.store.writing() as transaction:
        transaction.set_setting(TOLD, harness.clock.now().isoformat())
    harness.engine.commands.halt(EngineHarness.TRADER)
    again = begins_again(harness, timedelta(days=1))
    assert harness.kept() == [("AAPL", "desk_halted")]
    harness.clock.advance(PATIENCE.total_seconds())
    again.jobs.tell_reports()
    words = [[(str(group.why_not), group.symbols) for group in each.groups] for each in harness.told_of(SignalsKept)]
    assert words == [[("desk_halted", ("AAPL",))]]


def test_what_waits_still_as_the_desk_is_back_and_comes_to_nothing_lacked_a_price(harness: EngineHarness) -> None:
    spoilt_look(harness, missing)
    again = begins_again(harness, timedelta(seconds=60))
    while harness.clock.now() <= AT + BAR:
        missing(harness, priced(harness))
        harness.clock.advance(5)
        again.jobs.process_bars()
    assert harness.kept() == [("AAPL", "no_price")]


def test_what_was_proposed_after_all_is_not_told_as_lost(harness: EngineHarness) -> None:
    spoilt_look(harness, missing)
    harness.clock.advance(5)
    priced(harness)
    harness.engine.jobs.process_bars()
    begins_again(harness, timedelta(hours=8))
    assert harness.kept() == []


def test_what_cannot_be_read_of_signals_that_waited_holds_up_no_start(harness: EngineHarness) -> None:
    spoilt_look(harness, missing)
    with harness.store.writing() as transaction:
        transaction.set_setting(WAITING, '[{"bar": "yesterday"}]')
    begins_again(harness, BAR)
    assert harness.kept() == []


def sell_signal(harness: EngineHarness, spoil: Spoil, *, auto: bool) -> None:
    """Hold the example's trade, and let a day later the same bars, upside down, speak against it."""
    harness.news.is_down = True
    harness.engine.commands.set_auto(on=True, request=EngineHarness.ADMIN)
    harness.play_the_signal()
    assert harness.trade().state is TradeState.OPEN
    harness.engine.commands.set_auto(on=auto, request=EngineHarness.ADMIN)
    over, top = AT + timedelta(days=1), Decimal("300.50")
    bars = history(over)
    upside_down = float(top) - np.array([bars.open, bars.low, bars.high, bars.close])
    harness.market.recorded = BarHistory.of(bars.symbols, bars.starts, np.concatenate([upside_down, bars.volume[None]]))
    for at, seen in looks(over):
        harness.clock.set(at)
        price = priced(harness, price=str(top - seen.price))
        harness.engine.jobs.tick()
    spoil(harness, price)
    harness.engine.jobs.process_bars()


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_sale_by_signal_needs_no_price(harness: EngineHarness, spoil: Spoil) -> None:
    sell_signal(harness, spoil, auto=True)
    assert harness.trade(TRADE_ID).exit_reason is ExitReason.SIGNAL


@pytest.mark.parametrize("spoil", SPOILT)
def test_to_ask_the_desk_whether_to_sell_needs_no_price(harness: EngineHarness, spoil: Spoil) -> None:
    sell_signal(harness, spoil, auto=False)
    assert [notice.trade_id for notice in harness.told_of(ExitAsked)] == [TRADE_ID]
    later_runs(harness, timedelta(days=1) + BAR)
    assert [notice.trade_id for notice in harness.told_of(ExitAsked)] == [TRADE_ID]
