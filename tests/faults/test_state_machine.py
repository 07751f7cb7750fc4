"""Traders, the market and the broker play against the engine; after each move what must never happen has not.

A longer game: make state-machine RUNS=500 STEPS=50.
"""

import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from engine.adapters.factory import Adapters
from engine.adapters.paper.broker import PaperBroker
from engine.errors import BrokerUnavailable, OrderUnclear, RequestRefused
from engine.model.desk import DeskState, Request
from engine.model.trade import Entry, Order, OrderRole, Trade, TradeState
from engine.pipeline.observe import Observation
from engine.ports.broker import nothing_more
from engine.ports.store import Store
from tests.faults.child_process import BOLD, propose_from
from tests.support.engine_harness import EngineHarness
from tests.support.fakes import worked_example
from tests.support.fakes.broker import TroubledBroker
from tests.support.fakes.stream import FakeServer, FakeSignalStream
from tests.support.fakes.trades import a_signal

PRICES = {"AAPL": "150.25", "IBM": "190.75", "MSFT": "420.80", "NVDA": "120.55", "TSLA": "255.60"}
PEOPLE = (Request(by="U0TRADER", said="click"), Request(by="U0ADMIN", said="click"))
FREE: dict[str, Any] = {"watchlist": tuple(PRICES), "timezone": "UTC", **BOLD}
CEILING = Decimal("0.02")

symbols = st.sampled_from(sorted(PRICES))
people = st.sampled_from(PEOPLE)
turns = st.integers(0, 4)


class WitnessBroker(PaperBroker):
    """The paper broker; it remembers every entry that it took, and how the desk stood then."""

    store: Store
    taken: list[tuple[str, DeskState]]

    def submit(self, entry: Entry, last_look: Callable[[], None] = nothing_more) -> Order:
        order = super().submit(entry, last_look)
        with self.store.reading() as reader:
            self.taken.append((entry.client_order_id, reader.desk().state))
        return order

    def listen(self, on_update: Callable[[str], None]) -> None:
        """Call nobody back: a thread of its own would make each game another one, and reconciling must do alone."""


class Desk(RuleBasedStateMachine):
    """One game."""

    @initialize(participation=st.sampled_from([None, "0.0002"]))
    def begin(self, participation: str | None) -> None:
        self.folder = TemporaryDirectory()
        self.server = FakeServer()
        self.participation = None if participation is None else Decimal(participation)
        self.taken: list[tuple[str, DeskState]] = []
        self.now = worked_example.AT
        self.pushed = dict(PRICES)
        self.is_open = False
        self._live()

    def _live(self) -> None:
        self.harness = EngineHarness.build(
            Path(self.folder.name),
            at=self.now,
            on=self._adapters,
            **FREE,
        )
        self.is_open = True
        self._trade_at_prices()
        self.harness.engine.jobs.start()

    def _adapters(self, adapters: Adapters) -> Adapters:
        self.paper = WitnessBroker(
            Path(self.folder.name) / "witness.db",
            adapters.market,
            adapters.clock,
            adapters.calendar,
            cash=Decimal(300_000),
            margin=True,
            slippage_bp=Decimal(2),
            participation=self.participation,
        )
        self.paper.store, self.paper.taken = adapters.store, self.taken
        self.line = TroubledBroker(self.paper)
        return replace(adapters, broker=self.line, stream=FakeSignalStream(self.server, "engine"))

    # The market

    @rule(symbol=symbols)
    def a_signal_comes(self, symbol: str) -> None:
        now = self.harness.clock.now()
        shots = {shot.symbol: shot for shot in self.harness.market.snapshots((symbol,))}
        with suppress(BrokerUnavailable):
            propose_from(
                self.harness.engine,
                [a_signal(symbol=symbol, at=now, price=shots[symbol].price)],
                Observation(at=now, snapshots=shots),
            )
        self.harness.engine.jobs.decide_proposals()

    @rule(symbol=symbols, percent=st.sampled_from(["-4", "-1", "-0.4", "-0.1", "0.1", "0.4", "1", "4"]))
    def a_price_moves(self, symbol: str, percent: str) -> None:
        moved = Decimal(self.pushed[symbol]) * (1 + Decimal(percent) / 100)
        self.pushed[symbol] = str(round(min(Decimal(900), max(Decimal(20), moved)), 2))
        self._pass(1)

    @rule(seconds=st.sampled_from([2, 20, 130, 1000]))
    def time_passes(self, seconds: int) -> None:
        self._pass(seconds)

    # The people

    @rule(turn=turns, who=people, clicks=st.integers(1, 2))
    def someone_approves(self, turn: int, who: Request, clicks: int) -> None:
        for _ in range(clicks):
            self._act(turn, TradeState.PROPOSED, lambda trade: self.harness.engine.commands.approve(trade.id, who))

    @rule(turn=turns, who=people)
    def someone_rejects(self, turn: int, who: Request) -> None:
        self._act(turn, TradeState.PROPOSED, lambda trade: self.harness.engine.commands.reject(trade.id, who, "no"))

    @rule(turn=turns, who=people, shares=st.sampled_from([1, 50, 300, 700, 5_000]))
    def someone_resizes(self, turn: int, who: Request, shares: int) -> None:
        self._act(turn, TradeState.PROPOSED, lambda trade: self.harness.engine.commands.resize(trade.id, shares, who))

    @rule(turn=turns, who=people)
    def someone_closes(self, turn: int, who: Request) -> None:
        self._act(turn, TradeState.OPEN, lambda trade: self.harness.engine.commands.close(trade.id, who))

    @rule(who=people)
    def someone_halts(self, who: Request) -> None:
        self._audited(lambda: self.harness.engine.commands.halt(who, "practice"))

    @rule(who=people)
    def someone_resumes(self, who: Request) -> None:
        self._audited(lambda: self.harness.engine.commands.resume(who))

    # The broker and the process

    @rule(trouble=st.sampled_from(["none", "away", "request lost", "answer lost", "refuses"]))
    def the_line_changes(self, trouble: str) -> None:
        self.line.is_away = trouble == "away"
        self.line.loses_request = trouble == "request lost"
        self.line.loses_answer = trouble == "answer lost"
        self.line.refuses = "account is restricted" if trouble == "refuses" else ""

    @rule(turn=turns)
    def a_stop_is_cancelled_by_hand(self, turn: int) -> None:
        stops = [order for order in self._exits() if order.role is OrderRole.STOP and not order.state.is_over]
        if stops:
            self.paper.cancel(stops[turn % len(stops)])

    @rule()
    def the_jobs_run(self) -> None:
        for verb in (
            self.harness.engine.jobs.reconcile,
            self.harness.engine.jobs.housekeeping,
            self.harness.engine.jobs.decide_proposals,
            self.harness.engine.jobs.monitor_risk,
        ):
            verb()

    @rule()
    def the_desk_comes_to_rest(self) -> None:
        """With the line mended, two rounds of the jobs leave no position without a live stop."""
        self.the_line_changes("none")
        for _ in range(2):
            self.the_jobs_run()
        stops = Counter[str]()
        for order in self._exits():
            if order.role is OrderRole.STOP and not order.state.is_over:
                stops[order.symbol] += order.shares - order.filled_shares
        for trade in self._trades(TradeState.OPEN):
            entry = self.paper.order(trade.id)
            if entry and entry.state.is_over:
                assert stops[trade.symbol] >= trade.held_shares, f"{trade.id} holds {trade.held_shares} without a stop"

    @rule()
    def the_process_dies_and_another_begins(self) -> None:
        self._end_life()
        self.the_line_is_new()
        self._live()

    def the_line_is_new(self) -> None:
        self.line = TroubledBroker(self.paper)

    # What must hold after each move

    @invariant()
    def no_trade_has_two_entries(self) -> None:
        if self.is_open:
            names = [name for name, _ in self.taken]
            assert len(names) == len(set(names))
            bought = {trade.id: trade for trade in self._trades()}
            assert set(names) <= set(bought)

    @invariant()
    def no_entry_was_taken_after_a_halt(self) -> None:
        if self.is_open:
            assert not [name for name, state in self.taken if state is DeskState.HALTED]

    @invariant()
    def nothing_is_sold_that_was_not_bought(self) -> None:
        if self.is_open:
            assert all(position.shares > 0 for position in self.paper.positions())

    @invariant()
    def open_risk_stays_under_the_ceiling_or_the_desk_halts(self) -> None:
        if not self.is_open or self.line.is_away:
            return
        if self._open_risk() >= CEILING:
            self.harness.engine.jobs.monitor_risk()
            assert self.harness.engine.queries.desk().state is DeskState.HALTED

    def teardown(self) -> None:
        if self.is_open:
            self._end_life()
            self.folder.cleanup()

    # How moves are made

    def _act(self, turn: int, state: TradeState, act: Callable[[Trade], object]) -> None:
        """Do something to a trade in a state, if there is one; whatever is done is audited, and risk is kept."""
        found = self._trades(state)
        if found:
            self._audited(lambda: act(found[turn % len(found)]))

    def _audited(self, act: Callable[[], object]) -> None:
        before = self._audit()
        try:
            act()
        except (RequestRefused, BrokerUnavailable, OrderUnclear):
            return
        assert self._audit() > before, "done, and not in the audit"

    def _audit(self) -> int:
        with self.harness.store.reading() as reader:
            return len(reader.audit(limit=100_000))

    def _trades(self, *states: TradeState) -> tuple[Trade, ...]:
        with self.harness.store.reading() as reader:
            return reader.trades(states)

    def _exits(self) -> list[Order]:
        entries = [self.paper.order(name) for name, _ in self.taken]
        legs = [leg for entry in entries if entry for leg in entry.legs]
        renewed = [order for order in self.paper.orders() if "-" in order.client_order_id]
        return [*legs, *(part for order in renewed for part in (order, *order.legs))]

    def _open_risk(self) -> Decimal:
        """Return the open risk as the broker's books have it, with what is reserved and not yet bought."""
        reserved = sum((trade.risk for trade in self._trades(*RESERVED_STATES)), Decimal(0))
        return reserved / self.paper.account().equity

    def _pass(self, seconds: int) -> None:
        self.harness.clock.advance(seconds)
        self._trade_at_prices()
        self.paper.look()

    def _trade_at_prices(self) -> None:
        for symbol, price in self.pushed.items():
            self.harness.market.price(symbol, price)

    def _end_life(self) -> None:
        self.now = self.harness.clock.now()
        self.paper.stop()
        self.harness.close()


RESERVED_STATES = (TradeState.APPROVED, TradeState.SUBMITTED, TradeState.OPEN, TradeState.CLOSING)

RUNS, STEPS = int(os.environ.get("RUNS", "3")), int(os.environ.get("STEPS", "20"))

TestDesk = Desk.TestCase
TestDesk.settings = settings(
    max_examples=RUNS,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize="RUNS" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
