"""The verbs of the desk, in the order of the flow.

     closed bars -> analyse -> propose ==stream trading_signals==> decide -> execute -> broker
                                                                     ^         |          |
                                        Slack: approve, size, reject |         v          v
     notices <- outbox <- every stage                                +---- reconcile <- fills, orders

Each verb calls its stages and then wakes the notices. The stages do not know each other's order; it is written here.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import structlog

from engine.choosing import Choosing
from engine.common.audit_log import AuditLog
from engine.common.order_ids import trade_id_of
from engine.common.service_health import BARS
from engine.common.tracing import about_a_trade
from engine.control.lifecycle_notices import Silence
from engine.errors import AlreadyDecided, RequestRefused, SecondNeeded, TemporaryError
from engine.model.desk import OWN_ACCORD, Desk, DeskState, Request
from engine.model.market import Session
from engine.model.trade import ExitReason, Trade, TradeState
from engine.model.view import SizeView
from engine.ports import Calendar, Clock, Notices
from engine.stages import Stages
from engine.truth import Store

log = structlog.get_logger()


class Engine(Choosing):
    """The trading engine: what the timetable runs, what people ask for, and what they look at.

    What people look at stands in `Looks`, what they choose in `Choosing`. `requests` keeps what people ask for in the
    audit, and the desk's secrets.
    """

    requests: AuditLog

    def __init__(self, *, stages: Stages, store: Store, clock: Clock, calendar: Calendar) -> None:
        super().__init__(
            show=stages.show,
            choices=stages.choices,
            perform=stages.perform,
            reports=stages.reports,
            stand=stages.stand,
            store=store,
            clock=clock,
        )
        self._stages = stages
        self._calendar = calendar
        self._notices: Notices = Silence()
        self.requests = stages.requests

    def deliver_with(self, notices: Notices) -> None:
        """Say who delivers the notices from now on."""
        self._notices = notices

    def ask_about_people(self, may: Callable[[str, str], bool]) -> None:
        """Say who knows whether somebody, by their id, may do a verb ('approve', 'set') now."""
        self._stages.people.ask(may)

    # What the timetable runs

    def start(self) -> None:
        """Learn the truth before anything else: reconcile, end what an earlier life left half done, warm up.

        A service that is lost is said, not waited for: each of these comes again by the timetable.
        """
        self._stages.kill_switch.hold_to_memory()
        self._stages.learn.begin()
        with self._round():
            self._stages.execute.withdraw()
        with self._round():
            # Before the orders: an exit that was filled meanwhile may be of shares that a company changed.
            self._stages.action_calendar.learn(self._stages.show.symbols)
        self.reconcile()
        self._carry_through()
        self._stages.execute.expire()
        with self._round(BARS):
            self._stages.bars.warm_up()
        self._stages.read_news()
        self._stages.announce.started()
        self._stages.kill_switch.hold_to_memory()  # which knows from now on that this life began
        self._notices.wake()

    def tick(self) -> None:
        """Look at the prices, while any trading is open; nothing is decided on them."""
        now = self._clock.now()
        if self._calendar.session(now) is Session.CLOSED:
            return
        self._stages.kill_switch.flush_pending_halts()
        with self._round():
            self._stages.observe(now)

    def bars(self) -> None:
        """Take in the bars that closed, and decide on them: analyse, propose, leave where a signal says so.

        Where a service is lost meanwhile, the newest bar is decided on with the next run, until another one closes.
        """
        bar = None
        with self._round(BARS):
            bar = self._stages.bars()
        if bar is None:
            return
        with self._round():
            now = self._clock.now()  # to read the bars took its time
            self._stages.kill_switch.flush_pending_halts()
            observation = self._stages.observe.look(self._stages.analyse.candidates(), now)
            signals = self._stages.analyse(observation, bar)
            self._stages.propose(signals, observation)
            desk = self.desk()
            alone = desk.auto and desk.state is not DeskState.HALTED  # after a halt nothing is sold unasked
            for trade_id in self._stages.protect.exit_on_signals(signals, auto=alone):
                self.order_changed(trade_id)
            self._stages.bars.decided(bar)
        self.decide()

    def decide(self) -> None:
        """Take proposals from the stream: AUTO_MODE approves what one person might, else the desk is asked."""
        for entry_id, trade in self._stages.queue.waiting():
            alone = (
                self.desk().auto
                and not self._stages.decide.needs_two(trade)
                and not self._stages.dead_mans_switch.is_silent()
            )
            self._stages.decide.show(trade, asking=not alone)
            if not alone or self._approve_by_itself(trade):
                self._stages.queue.done(entry_id)
        self._notices.wake()

    def read_news(self) -> None:
        """Read and score headlines, while any trading is open."""
        if self._calendar.session(self._clock.now()) is not Session.CLOSED:
            self._stages.read_news()

    def housekeeping(self) -> None:
        """Expire proposals, publish leftovers, and see that a halt is carried out and every position protected.

        What the broker does not answer to keeps nothing that comes after it from its turn.
        """
        with self._round():
            self._stages.kill_switch.flush_pending_halts()
            self._stages.kill_switch.hold_to_memory()
            self._stages.dead_mans_switch.look()
            self._stages.decide.expire()
            self._stages.choices.adjust.make_due()
            self._stages.execute.expire()
            self._stages.queue.publish()
            if self.desk().state is DeskState.HALTED:
                self._stages.kill_switch.cancel_entries()
        with self._round():
            self._stages.outlooks.look_at_earnings()
            for trade_id in self._stages.time_exits():
                self.order_changed(trade_id)
        self._carry_through()

    def reconcile(self) -> None:
        """Make the broker's truth ours; while it is not known, or makes no sense, the desk takes exits only."""
        with self._round():
            is_first = self._stages.learn()
            self._stages.cover()
            if is_first:
                self._carry_on()
            self._look_at_the_risk()

    def poll_unconfirmed(self) -> None:
        """Look again, every second, at what had no clear answer: orders, stops and positions."""
        with self._round():
            for trade_id in self._stages.execute.unanswered():
                self.order_changed(trade_id)
            self._stages.protect.again()
        if self._stages.compare.is_due():
            self.reconcile()

    @about_a_trade
    def order_changed(self, client_order_id: str) -> None:
        """Take in what the broker reports of an order; the ids of exits begin with their trade's."""
        trade_id = trade_id_of(client_order_id)
        with self._round():
            if self._stages.reconcile.trade(trade_id):
                self._stages.protect.trade(trade_id)
            self._look_at_the_risk()

    def watch(self) -> None:
        """Look at the open risk: warn, or halt."""
        with self._round():
            self._stages.watch()

    def tell_reports(self) -> None:
        """Tell the reports whose time has come."""
        self._stages.reports()
        self._notices.wake()

    def learn_corporate_actions(self) -> None:
        """Read what companies announced for what is watched and held, and tell what is due."""
        self._stages.action_calendar.learn(self._stages.show.symbols)
        self._notices.wake()

    def refresh_calendar(self) -> None:
        """Read the exchange's hours of the coming year, once a day; raises BrokerUnavailable."""
        self._calendar.refresh()

    def job_failed(self, job: str, error_id: str, *, failed: bool) -> None:
        """Tell the desk that a job of the timetable failed, or that it runs again."""
        self._stages.announce.job(job, error_id, failed=failed)
        self._notices.wake()

    def slack_reachable(self) -> None:
        """Take in that people can be reached."""
        self._stages.dead_mans_switch.heard()
        self._notices.wake()

    @property
    def entries_set_aside(self) -> int:
        """Count the entries of the signal stream that named no proposal, since the start."""
        return self._stages.queue.entries_set_aside

    # What people ask for

    @about_a_trade
    def approve(self, trade_id: str, request: Request) -> Trade:
        """Approve a proposal and send its order, unless a second person must approve.

        Raises RequestRefused and TemporaryError.
        """
        self._stages.kill_switch.flush_pending_halts()  # a halt that is not written yet is one
        begun = self._clock.steady()  # the price that is read next is younger than this
        try:
            trade = self._stages.decide.approve(trade_id, request)
            return trade if trade.state is TradeState.PROPOSED else self._carry_out(trade, begun)
        finally:
            self._notices.wake()

    @about_a_trade
    def reject(self, trade_id: str, request: Request, reason: str = "") -> Trade:
        """Reject a proposal; raises RequestRefused."""
        trade = self._stages.decide.reject(trade_id, request, reason)
        self._notices.wake()
        return trade

    @about_a_trade
    def size(self, trade_id: str, shares: int | None = None) -> SizeView:
        """Work out a proposal at a number of shares, its own where none is given; raises RequestRefused."""
        return self._stages.resize.preview(trade_id, shares)

    @about_a_trade
    def resize(self, trade_id: str, shares: int, request: Request) -> Trade:
        """Change a proposal's shares within every limit; raises RequestRefused."""
        trade = self._stages.resize(trade_id, shares, request)
        self._notices.wake()
        return trade

    @about_a_trade
    def close(self, trade_id: str, request: Request) -> Trade:
        """Close an open trade at the market; raises RequestRefused."""
        try:
            return self._stages.protect.close(trade_id, request, ExitReason.DESK)
        finally:
            self.order_changed(trade_id)

    def close_all(self, request: Request) -> tuple[str, ...]:
        """Close every open trade of the bot's own at the market; return the ids of those that are being sold."""
        self._stages.requests.claim(request, "close all")
        sold = list[str]()
        for trade in self._stages.protect.open_trades():
            with suppress(RequestRefused):  # it went its own way meanwhile, or the broker's words are told
                sold.append(self.close(trade.id, replace(request, id="")).id)
        return tuple(sold)

    @about_a_trade
    def keep(self, trade_id: str, request: Request) -> Trade:
        """Leave an open trade as it is, against a sell signal; raises RequestRefused."""
        return self._stages.protect.keep(trade_id, request)

    def halt(self, request: Request, reason: str = "") -> Desk:
        """Stop new trading at once; raises HaltNotPersisted where that cannot be written yet."""
        desk = self._stages.kill_switch.halt(request, reason)
        self._notices.wake()
        return desk

    def flatten(self, request: Request, reason: str = "") -> Desk:
        """Stop new trading and sell everything; what is not sold now is with each round of `housekeeping`.

        Raises HaltNotPersisted.
        """
        desk = self._stages.kill_switch.halt(request, reason, flatten=True)
        with self._round():
            self._stages.flatten()
        return desk

    def resume(self, request: Request, *, anyway: bool = False) -> Desk:
        """Trade again; raises FlattenUnderway while everything is being sold, unless `anyway` ends that."""
        desk = self._stages.kill_switch.resume(request, anyway=anyway)
        self._notices.wake()
        return desk

    def set_auto(self, *, on: bool, request: Request) -> Desk:
        """Switch AUTO_MODE."""
        desk = self._stages.kill_switch.set_auto(request, on=on)
        self._notices.wake()
        return desk

    # How verbs hang together

    def _carry_through(self) -> None:
        """Go on with what was begun, in this life or an earlier one: sales, stops, entries that came too late."""
        stages = self._stages
        steps = (
            stages.flatten,
            stages.protect.sell_leftovers,
            stages.cover,
            stages.protect,
            stages.execute.withdraw,
            stages.protect_foreign,
        )
        for step in steps:
            with self._round():
                step()

    @contextmanager
    def _round(self, call: str = "") -> Iterator[None]:
        """Let a round of work end early when a service is lost, and wake the notices of what it did."""
        try:
            yield
        except TemporaryError as error:
            self._stages.services.failed(error, call)
        self._notices.wake()

    def _look_at_the_risk(self) -> None:
        """Look at the risk where a fill, or a stop that somebody moved, has made it another one."""
        if self._stages.reconcile.takes_moves():
            self._stages.watch()
        else:
            self._stages.watch.after_fills()

    def _carry_out(self, approved: Trade, read_at: float | None = None) -> Trade:
        """Execute an approved trade, whose price was read then (steady), and look at once at what became of it."""
        try:
            self._stages.execute(approved, read_at)
        except AlreadyDecided:
            log.info("carried_out_elsewhere", trade_id=approved.id)
        self.order_changed(approved.id)
        return self.trade(approved.id)

    def _carry_on(self) -> None:
        """Carry out what an earlier life had approved; what may no longer be sent ends with a notice that says why."""
        self._stages.execute.expire()
        with self._store.reading() as ledger:
            approved = ledger.trades({TradeState.APPROVED})
        for trade in approved:
            try:
                self._carry_out(trade)
            except RequestRefused as error:
                log.info("not_carried_out", trade_id=trade.id, why=type(error).__name__)

    def _approve_by_itself(self, trade: Trade) -> bool:
        """Approve for AUTO_MODE; False when the world was not ready, so that the entry comes again."""
        try:
            self.approve(trade.id, OWN_ACCORD)
        except TemporaryError as error:
            self._stages.services.failed(error)
            return False
        except SecondNeeded:  # since it was proposed its price rose over the sum
            self._stages.decide.ask_after_all(trade)
            return True
        except RequestRefused as error:
            log.info("not_approved", trade_id=trade.id, why=type(error).__name__)
        return self.trade(trade.id).state is not TradeState.PROPOSED
