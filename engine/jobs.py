"""What the timetable runs, in the order of the flow.

     closed bars -> analyse -> propose ==stream trading_signals==> decide -> execute -> broker
                                                                     ^         |          |
                                        Slack: approve, size, reject |         v          v
     notices <- outbox <- every stage                                +---- reconcile <- fills, orders

The stages do not know each other's order; it is written here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from engine.commands import Commands
from engine.common.outage_guard import OutageGuard
from engine.common.outlook import Outlooks
from engine.common.retry_each import for_each
from engine.common.service_health import BARS, ServiceHealth
from engine.common.trade_faults import TradeFaults
from engine.common.trade_lookup import existing
from engine.common.universe import Universe
from engine.control.broker_sync import BrokerSync
from engine.control.dead_mans_switch import DeadMansSwitch
from engine.control.halt_watch import HaltWatch
from engine.control.kill_switch import KillSwitch
from engine.control.lifecycle_notices import LifecycleNotices, Takeover
from engine.control.promotion import Promotion
from engine.control.risk_monitor import RiskMonitor
from engine.control.runtime_settings import RuntimeSettings
from engine.control.strategy_switch import StrategySwitch
from engine.errors import RequestRefused, SecondNeeded, StandingOver, TemporaryError
from engine.execution.action_calendar import ActionCalendar
from engine.execution.close_trades import CloseTrades
from engine.execution.cover import CoverShorts
from engine.execution.execute import Execute
from engine.execution.external_positions import ExternalPositions
from engine.execution.flatten import Flatten
from engine.execution.move_exits import MoveExits
from engine.execution.protect import Protect
from engine.execution.reconcile_positions import ReconcilePositions
from engine.execution.signal_exits import SignalExits
from engine.execution.time_exits import TimeExits
from engine.execution.trail_stops import TrailStops
from engine.execution.withdraw_entries import WithdrawEntries
from engine.model.desk import OWN_ACCORD, Desk, DeskState, Request
from engine.model.market import Session
from engine.model.signal import Side, Signal
from engine.model.trade import Trade, TradeState
from engine.order_flow import OrderFlow
from engine.pipeline.analyse import Analyse
from engine.pipeline.bar_decisions import BarDecisions
from engine.pipeline.bars import Bars
from engine.pipeline.candidates import Candidates
from engine.pipeline.decide import Decide
from engine.pipeline.four_eyes import FourEyes
from engine.pipeline.latest_scores import StrategyScores
from engine.pipeline.observe import Observation, Observe
from engine.pipeline.present import Present
from engine.pipeline.propose import Propose
from engine.pipeline.remind import Remind
from engine.pipeline.score_news import ScoreNews
from engine.pipeline.shadow import Shadow
from engine.pipeline.signal_digest import SignalDigest
from engine.pipeline.signal_queue import SignalQueue
from engine.pipeline.standing_approvals import StandingApprovals
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from engine.ports.notices import Notices
from engine.ports.store import Store
from engine.views.reports import Reports

log = structlog.get_logger()

NEWS_ARE_NEW = timedelta(minutes=2)
"""Real time for which what a leader that died noted of headlines is as good as what is noted each minute."""


@dataclass(frozen=True, kw_only=True)
class Jobs:
    """What the timetable runs, and what the outside tells: an order's update, that Slack can be reached."""

    action_calendar: ActionCalendar
    analyse: Analyse
    bar_decisions: BarDecisions
    bars: Bars
    broker_sync: BrokerSync
    calendar: Calendar
    candidates: Candidates
    clock: Clock
    close_trades: CloseTrades
    commands: Commands
    cover: CoverShorts
    dead_mans_switch: DeadMansSwitch
    decide: Decide
    execute: Execute
    external_positions: ExternalPositions
    flatten: Flatten
    four_eyes: FourEyes
    halt_watch: HaltWatch
    kill_switch: KillSwitch
    lifecycle_notices: LifecycleNotices
    move_exits: MoveExits
    notices: Notices
    observe: Observe
    order_flow: OrderFlow
    outlooks: Outlooks
    present: Present
    promotion: Promotion
    propose: Propose
    protect: Protect
    reconcile_positions: ReconcilePositions
    remind: Remind
    reports: Reports
    risk_monitor: RiskMonitor
    outage_guard: OutageGuard
    runtime_settings: RuntimeSettings
    score_news: ScoreNews
    services: ServiceHealth
    shadow: Shadow
    signal_digest: SignalDigest
    signal_exits: SignalExits
    signal_queue: SignalQueue
    standing: StandingApprovals
    store: Store
    strategy_scores: StrategyScores
    strategy_switch: StrategySwitch
    time_exits: TimeExits
    trade_faults: TradeFaults
    trail_stops: TrailStops
    universe: Universe
    withdraw_entries: WithdrawEntries

    def start(self, takeover: Takeover | None = None) -> None:
        """Learn how things stand before anything else: reconcile, end what an earlier life left half done, warm up.

        A service that is lost is said, not waited for, and so is a trade that cannot be handled: each of these comes
        again by the timetable. That the leader before died is told first, and in place of the start.
        """
        with self.store.order_lock(urgent=True):
            pass  # whoever led before, and sleeps on the way to the broker, is out of its term when it wakes
        if takeover:
            self.lifecycle_notices.took_over(takeover)
            self.notices.wake()
        self.bar_decisions.forget()
        self.kill_switch.hold_to_memory()
        self.promotion.note_broker()
        self.strategy_switch()  # before anything that an earlier life approved is carried out
        self.broker_sync.begin()
        self._run(self.withdraw_entries)
        with self.outage_guard():
            # Before the orders: an exit that was filled meanwhile may be of shares that a company changed.
            self.action_calendar.learn(self.universe.symbols)
        self.reconcile()
        self._carry_through()
        self._run(self.withdraw_entries.expire)
        with self.outage_guard(BARS):
            self.bars.warm_up()
        # What is unread is noted, so that no decision passes over it in silence. It is read by the timetable: here
        # every job would wait for the answers. Who led a moment ago has noted up to its end.
        if takeover is None or takeover.silence > NEWS_ARE_NEW:
            self.score_news.look()
        self.lifecycle_notices.started(takeover)
        self.kill_switch.hold_to_memory()  # which knows from now on that this life began
        self.notices.wake()

    def tick(self) -> None:
        """Look at the prices, while any trading is open; nothing is decided on them."""
        now = self.clock.now()
        if self.calendar.session(now) is Session.CLOSED:
            return
        self.kill_switch.flush_pending_halts()
        with self.outage_guard():
            self.observe(now)

    def process_bars(self) -> None:
        """Take in the bars that closed, and decide on them: analyse, propose, leave where a signal says so.

        Where a service is lost meanwhile, or a price is missing, the next runs decide on what is left of the newest
        bar, until another one closes. What waited in vain is kept with the reason.
        """
        if outlived := self.bar_decisions.outlived():
            self.propose.give_up(outlived)
            self.bar_decisions.give_up()
        bar = None
        with self.outage_guard(BARS):
            bar = self.bars()
        if bar is None or self.bar_decisions.undecided(bar) == ():
            return
        if not self.bar_decisions.has_trailed(bar):
            with self.outage_guard(BARS):
                with self.trade_faults.round_of(self.trail_stops):
                    for trade_id in self.trail_stops():
                        self.order_changed(trade_id)
                self.bar_decisions.note_trailed(bar)
        with self.outage_guard():
            self._decide_on(bar)
        if self.bar_decisions.has_trailed(bar) and self.bar_decisions.undecided(bar) == ():
            self.trade_faults.note_bar()
        self.decide_proposals()

    def decide_proposals(self) -> None:
        """Take proposals from the stream: AUTO_MODE approves what the strategy proposed and one person might."""
        for entry_id, trade in self.signal_queue.waiting():
            is_heard = not self.dead_mans_switch.is_silent()
            is_for_people = trade.origin.is_manual or self.four_eyes.are_needed(trade)
            alone = self._desk().auto and not is_for_people and is_heard
            under = self.standing.covering(trade) if is_heard and not alone else ""
            self.present(trade, asking=not alone)
            if not (alone or under) or self._approve_by_itself(trade, under):
                self.signal_queue.done(entry_id)
        self.notices.wake()

    def read_news(self) -> None:
        """Read and score headlines, while any trading is open."""
        if self.calendar.session(self.clock.now()) is not Session.CLOSED:
            self.score_news()

    def housekeeping(self) -> None:
        """Expire proposals, see that a halt is carried out and every position protected, and remind of what waits.

        Leftovers are published. A broker outage skips its own block only.
        """
        with self.outage_guard():
            self.kill_switch.flush_pending_halts()
            self.kill_switch.hold_to_memory()
            self.dead_mans_switch.look()
            self.decide.expire()
            self.runtime_settings.make_due()
            self._run(self.withdraw_entries.expire)
            self.signal_queue.publish()
            with self.trade_faults.round_of(self.kill_switch.cancel_entries):
                if self._desk().state is DeskState.HALTED:
                    self.kill_switch.cancel_entries()
        with self.outage_guard(), self.trade_faults.round_of(self.time_exits):
            self.outlooks.look_at_earnings()
            for trade_id in self.time_exits():
                self.order_changed(trade_id)
        with self.outage_guard(), self.trade_faults.round_of(self.move_exits):
            for trade_id in self.move_exits():
                self.order_changed(trade_id)
        self._carry_through()
        with self.outage_guard():
            self.remind()  # last: nothing that it meets keeps a position from its stop

    def reconcile(self) -> None:
        """Make the broker's truth ours; while it is not known, or makes no sense, the desk takes exits only."""
        with self.outage_guard():
            is_first = self.broker_sync()
            self._run(self.protect.part)
            self._run(self.cover)
            if is_first:
                self._carry_on()
            self.order_flow.look_at_the_risk()

    def poll_unconfirmed(self) -> None:
        """Look every second at what had no clear answer: orders, stops."""
        with self.outage_guard():
            for trade_id in self.execute.unanswered():
                self.order_changed(trade_id)
        self._run(self.protect.again)
        if self.reconcile_positions.take_due() or self.trade_faults.take_due():
            self.reconcile()

    def order_changed(self, client_order_id: str) -> None:
        """Take in what the broker reports of an order, by our own id of it."""
        self.order_flow.order_changed(client_order_id)

    def monitor_risk(self) -> None:
        """Look at the open risk: warn, or halt."""
        with self.outage_guard():
            self.risk_monitor()

    def tell_reports(self) -> None:
        """Tell the reports whose time has come, and what became of signals that were not proposed."""
        self.reports()
        self.signal_digest()
        self.notices.wake()

    def learn_corporate_actions(self) -> None:
        """Read what companies announced for what is watched and held, and tell what is due."""
        self.action_calendar.learn(self.universe.symbols)
        self.notices.wake()

    def refresh_calendar(self) -> None:
        """Read the exchange's hours of the coming year, once a day; raises BrokerUnavailable."""
        self.calendar.refresh()

    def job_failed(self, job: str, error_id: str, *, failed: bool) -> None:
        """Tell the desk that a job of the timetable failed, or that it runs again."""
        self.lifecycle_notices.job(job, error_id, failed=failed)
        self.notices.wake()

    def slack_reachable(self) -> None:
        """Take in that people can be reached."""
        self.dead_mans_switch.note_contact()
        self.notices.wake()

    def _desk(self) -> Desk:
        with self.store.reading() as reader:
            return reader.desk()

    def _decide_on(self, bar: datetime) -> None:
        """Act on the signals of a bar, as far as that was not done: buys need a price, sales do not wait for any."""
        self.strategy_scores.renew(bar)
        now = self.clock.now()  # to read and score the bars took its time
        self.kill_switch.flush_pending_halts()
        undecided = self.bar_decisions.undecided(bar)
        symbols = self.candidates() if undecided is None else undecided
        observation = Observation(at=now, snapshots={})
        with self.outage_guard():
            observation = self.observe.look(symbols, now)
        signals = self.analyse(symbols, observation, bar)
        unbought = tuple(signal for signal in signals if signal.side is Side.BUY)
        unsold = tuple(signal for signal in signals if signal.side is Side.SELL)
        with self.outage_guard():
            unbought = self.propose(signals, observation)
        with self.outage_guard(), self.trade_faults.round_of(self.signal_exits):
            self._leave(unsold)
            unsold = ()
        self.bar_decisions.note(bar, (*unbought, *unsold), observation.snapshots)

    def _leave(self, signals: Sequence[Signal]) -> None:
        """Sell what signals speak against, or ask the desk."""
        desk = self._desk()
        alone = desk.auto and desk.state is not DeskState.HALTED  # after a halt nothing is sold unasked
        for trade_id in self.signal_exits(signals, auto=alone):
            self.order_changed(trade_id)

    def _carry_through(self) -> None:
        """Go on with what was begun, in this life or an earlier one: sales, stops, entries that came too late."""
        steps = (
            self.flatten,
            self.close_trades.sell_leftovers,
            self.cover,
            self.protect,
            self.withdraw_entries,
            self.external_positions,
        )
        for step in steps:
            self._run(step)

    def _run(self, step: Callable[[], object]) -> None:
        """Run a step; a service that it lost is noted, and so are the trades that it could not handle."""
        with self.outage_guard(), self.trade_faults.round_of(step):
            step()

    def _carry_on(self) -> None:
        """Carry out what an earlier life had approved; what may no longer be sent ends with a notice that says why."""
        self._run(self.withdraw_entries.expire)
        with self.store.reading() as reader:
            approved = {trade.id: trade for trade in reader.trades({TradeState.APPROVED})}

        def carry_out(trade_id: str) -> None:
            try:
                self.order_flow.execute(approved[trade_id])
            except RequestRefused as error:
                log.info("not_carried_out", trade_id=trade_id, why=type(error).__name__)

        with self.trade_faults.look_of(self.withdraw_entries.expire):  # which ends those that are not carried out
            for_each(approved, carry_out)

    def _approve_by_itself(self, trade: Trade, under: str) -> bool:
        """Approve for AUTO_MODE or a standing approval; False when the world was not ready: the entry comes again."""
        try:
            self.commands.approve(trade.id, Request(by=under) if under else OWN_ACCORD, under=under)
        except TemporaryError as error:
            self.services.failed(error)
            return False
        except SecondNeeded:  # since it was proposed its price rose over the sum
            self.present.ask_after_all(trade)
            return True
        except StandingOver:  # it was taken back, or used up, a moment ago: people decide
            return True
        except RequestRefused as error:
            log.info("not_approved", trade_id=trade.id, why=type(error).__name__)
        with self.store.reading() as reader:
            return existing(reader, trade.id).state is not TradeState.PROPOSED
