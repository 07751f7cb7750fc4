"""Halts of trading in a symbol: nothing is bought in it, exits stay where they are, and people are told once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.common.service_health import Service
from engine.control import halt_watch
from engine.errors import NoPrice, SymbolHalted
from engine.model.notices.systems import ServiceBack, ServiceLost
from engine.model.notices.trades import SymbolHaltBegan, SymbolHaltEnded
from engine.model.origin import Source
from engine.model.trade import OrderRole, Trade, TradeState
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.statuses import FakeStatuses
from tests.support.fakes.worked_example import TRADE_ID


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The example's desk, and what the exchange tells it."""

    harness: EngineHarness
    statuses: FakeStatuses

    @property
    def halted(self) -> set[str]:
        view = self.harness.engine.queries.portfolio()
        return {halt.symbol for halt in view.halted}

    def halt(self, symbol: str = "AAPL") -> None:
        self.statuses.halt(symbol, self.harness.clock.now())
        self.harness.engine.jobs.halt_watch()

    def resume(self, symbol: str = "AAPL") -> None:
        self.harness.clock.advance(40)
        self.statuses.resume(symbol, self.harness.clock.now())
        self.harness.market.price(symbol, self.price)
        self.harness.engine.jobs.halt_watch()

    def reconnect(self, *, later: float = 120) -> None:
        self.statuses.cut()
        self.harness.clock.advance(later)
        self.harness.engine.jobs.halt_watch()

    @property
    def price(self) -> str:
        return "150.25"

    def bought(self) -> Trade:
        self.harness.play_the_signal()
        self.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
        self.harness.engine.jobs.housekeeping()
        self.harness.engine.jobs.reconcile()
        trade = self.harness.trade()
        assert trade.state is TradeState.OPEN
        return trade

    def look(self, *, later: float) -> None:
        """Let seconds pass, in which the desk looks every ten as it does each second."""
        for _ in range(int(later // 10)):
            self.harness.clock.advance(10)
            self.harness.engine.jobs.halt_watch()

    def told_of_stream(self) -> list[type]:
        told = (each for each in self.harness.told() if isinstance(each, (ServiceLost, ServiceBack)))
        return [type(each) for each in told if each.service == Service.HALTS]

    def told(self) -> list[type]:
        return [type(each) for each in self.harness.told() if isinstance(each, (SymbolHaltBegan, SymbolHaltEnded))]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    statuses = FakeStatuses()
    harness = EngineHarness.at_the_example(tmp_path, on=lambda adapters: replace(adapters, statuses=statuses))
    yield Desk(harness=harness, statuses=statuses)
    harness.close()


def test_what_is_halted_is_not_proposed_and_says_so(desk: Desk) -> None:
    desk.halt()
    assert desk.harness.play_the_signal() is None
    assert ("AAPL", "symbol_halted") in desk.harness.kept()


@pytest.mark.parametrize("source", [Source.DESK, Source.WEBHOOK, Source.MCP])
def test_nobody_proposes_what_is_halted(desk: Desk, source: Source) -> None:
    desk.halt()
    with pytest.raises(SymbolHalted) as refused:
        desk.harness.buy_by_hand(source)
    assert refused.value.facts["reason"] == "news"
    assert desk.harness.engine.queries.trades({TradeState.PROPOSED}) == ()


def test_a_proposal_waits_while_its_symbol_is_halted_and_can_be_approved_after(desk: Desk) -> None:
    desk.harness.play_the_signal()
    desk.halt()
    with pytest.raises(SymbolHalted):
        desk.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert desk.harness.trade().state is TradeState.PROPOSED
    assert desk.harness.broker.order(TRADE_ID) is None
    desk.resume()
    desk.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert desk.harness.trade().state is not TradeState.PROPOSED
    assert desk.told() == [SymbolHaltBegan, SymbolHaltEnded]


def test_auto_mode_waits_for_the_end_of_a_halt(desk: Desk) -> None:
    jobs = desk.harness.engine.jobs
    desk.harness.play_the_signal()
    desk.halt()
    desk.harness.engine.commands.set_auto(on=True, request=EngineHarness.ADMIN)
    desk.harness.stream.publish(desk.harness.trade())
    jobs.decide_proposals()
    assert desk.harness.trade().state is TradeState.PROPOSED
    desk.resume()
    desk.harness.stream.publish(desk.harness.trade())  # an entry that nobody acknowledged comes again
    jobs.decide_proposals()
    assert desk.harness.trade().state is not TradeState.PROPOSED


def test_an_order_on_its_way_is_held_back_at_the_last_look(desk: Desk) -> None:
    desk.harness.play_the_signal()
    approved = desk.harness.approved_but_not_sent()
    desk.halt()
    with pytest.raises(SymbolHalted):
        desk.harness.engine.jobs.order_flow.execute(approved)
    assert (desk.harness.trade().state, desk.harness.trade().reason) == (TradeState.CANCELLED, "symbol_halted")
    assert desk.harness.broker.order(TRADE_ID) is None


def test_an_open_trade_is_told_once_when_halted_and_once_when_resumed(desk: Desk) -> None:
    desk.bought()
    for _ in range(3):
        desk.halt()
        desk.harness.clock.advance(5)
    assert desk.told() == [SymbolHaltBegan]
    assert desk.halted == {"AAPL"}
    desk.resume()
    desk.resume()
    assert desk.told() == [SymbolHaltBegan, SymbolHaltEnded]
    assert desk.halted == set()
    desk.halt()
    assert desk.told() == [SymbolHaltBegan, SymbolHaltEnded, SymbolHaltBegan]


def test_nobody_is_told_of_a_symbol_in_which_there_is_no_trade(desk: Desk) -> None:
    desk.halt()
    assert desk.told() == []
    assert desk.harness.engine.queries.inspect("AAPL").halt is not None


def test_another_process_goes_by_what_the_leader_heard(desk: Desk) -> None:
    desk.harness.play_the_signal()
    desk.halt()
    with pytest.raises(SymbolHalted):
        desk.harness.born_again().commands.approve(TRADE_ID, EngineHarness.TRADER)


def test_what_is_known_of_no_halt_may_be_bought(desk: Desk) -> None:
    desk.statuses.cut()
    desk.harness.engine.jobs.halt_watch()
    assert desk.harness.play_the_signal() is not None


def test_after_a_reconnect_a_halt_holds_until_the_symbol_traded_again(desk: Desk) -> None:
    trade = desk.bought()
    desk.halt()
    desk.reconnect()
    assert desk.halted == {"AAPL"}  # its end may have been missed: the last trade is of before
    desk.harness.market.price("AAPL", desk.price)
    desk.reconnect(later=halt_watch.PAUSE)
    assert desk.halted == set()
    (ended,) = desk.harness.told_of(SymbolHaltEnded)
    assert ended.trade_id == trade.id


def test_a_late_report_of_an_earlier_trade_ends_no_halt(desk: Desk) -> None:
    desk.bought()
    desk.halt()
    desk.harness.clock.advance(30)
    desk.harness.market.price("AAPL", desk.price)
    desk.reconnect()
    assert desk.halted == {"AAPL"}


def test_while_no_prices_can_be_read_a_halt_in_doubt_holds(desk: Desk) -> None:
    desk.bought()
    desk.halt()
    desk.harness.market.is_down = True
    desk.reconnect()
    desk.harness.market.is_down = False
    assert desk.halted == {"AAPL"}


def test_prices_that_come_in_end_no_halt_that_the_stream_still_tells(desk: Desk) -> None:
    desk.bought()
    desk.halt()
    desk.harness.clock.advance(300)
    desk.harness.market.price("AAPL", desk.price)
    desk.harness.engine.jobs.halt_watch()
    assert desk.halted == {"AAPL"}


def test_a_halt_in_doubt_that_concerns_nobody_any_more_is_forgotten(desk: Desk) -> None:
    desk.halt()
    desk.harness.engine.commands.change_watchlist(["AAPL"], EngineHarness.ADMIN, more=False)
    desk.reconnect()
    assert "AAPL" not in desk.statuses.asked


def test_people_learn_once_that_halts_are_not_seen_and_once_that_they_are_again(desk: Desk) -> None:
    desk.look(later=20)
    desk.statuses.is_down = True
    desk.look(later=60)
    assert desk.told_of_stream() == []  # a connection that is lost is back in seconds
    desk.look(later=120)
    assert desk.told_of_stream() == [ServiceLost]
    desk.statuses.is_down = False
    desk.look(later=120)
    assert desk.told_of_stream() == [ServiceLost, ServiceBack]


def test_a_stream_that_was_never_heard_is_told_as_well(desk: Desk) -> None:
    desk.statuses.is_down = True
    desk.look(later=120)
    assert desk.told_of_stream() == [ServiceLost]


def test_outside_regular_hours_nobody_is_told_of_it_before_the_open(desk: Desk) -> None:
    desk.look(later=10)
    desk.harness.clock.advance(8 * 3600)
    desk.statuses.is_down = True
    desk.look(later=600)
    assert desk.told_of_stream() == []
    desk.harness.clock.advance(15 * 3600)
    desk.look(later=120)
    assert desk.told_of_stream() == [ServiceLost]


def test_who_leads_again_counts_the_minute_from_then(desk: Desk) -> None:
    desk.look(later=10)
    desk.statuses.is_down = True
    desk.harness.clock.advance(600)  # another process led, and heard it
    desk.look(later=60)
    assert desk.told_of_stream() == []


def test_while_halts_are_not_seen_what_has_not_traded_lately_is_not_bought(desk: Desk) -> None:
    desk.harness.play_the_signal()
    desk.statuses.is_down = True
    desk.look(later=100)
    with pytest.raises(NoPrice):
        desk.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert desk.harness.broker.order(TRADE_ID) is None


def test_a_stop_that_follows_the_price_stays_while_its_symbol_is_halted(desk: Desk) -> None:
    trade = desk.bought()
    desk.harness.engine.commands.exits.trail(trade.id, Decimal("0.01"), None, EngineHarness.TRADER)
    stop = desk.harness.trade().stop
    desk.halt()
    desk.harness.close_a_bar(153.0)
    assert desk.harness.trade().stop == stop
    assert [order.price for order in desk.harness.stops()] == [stop]
    desk.statuses.resume("AAPL", desk.harness.clock.now())
    desk.harness.engine.jobs.halt_watch()
    desk.harness.close_a_bar(153.0)
    assert desk.harness.trade().stop == Decimal("151.47")


def test_the_clock_sells_nothing_that_is_halted_and_sells_it_once_it_trades(tmp_path: Path) -> None:
    statuses = FakeStatuses()
    harness = EngineHarness.at_the_example(
        tmp_path, on=lambda adapters: replace(adapters, statuses=statuses), flatten_before_close_minutes=10
    )
    desk = Desk(harness=harness, statuses=statuses)
    desk.bought()
    desk.halt()
    harness.clock.advance(5 * 3600 + 300)  # 15:50 in New York
    harness.engine.jobs.housekeeping()
    assert harness.trade().state is TradeState.OPEN
    assert {part.role for order in harness.broker.orders() for part in order.parts} >= {OrderRole.STOP}
    desk.resume()
    harness.engine.jobs.housekeeping()
    assert harness.trade().state in {TradeState.CLOSING, TradeState.CLOSED}
    harness.close()


def test_the_halt_and_its_end_have_their_time_and_reason(desk: Desk) -> None:
    trade = desk.bought()
    at = desk.harness.clock.now()
    desk.halt()
    (told,) = desk.harness.told_of(SymbolHaltBegan)
    assert (told.trade_id, told.halt.since, told.halt.code) == (trade.id, at, "T1")
    assert at - told.halt.since == timedelta(0)


def test_a_halt_of_one_symbol_holds_no_other_back(desk: Desk) -> None:
    desk.halt("MSFT")
    assert desk.harness.play_the_signal() is not None
