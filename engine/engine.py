"""The verbs of the desk, in the order of the flow.

     market -> observe -> analyse -> propose ==stream trading_signals==> decide -> execute -> broker
                                                                            ^         |          |
                                               Slack: approve, size, reject |         v          v
     notices <- outbox <- every stage                                       +---- reconcile <- fills, orders

Each verb calls its stages and then wakes the notices. The stages do not know each other's order; it is written here.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import structlog

from engine.errors import AlreadyDecided, BrokerUnavailable, MarketUnavailable, Refused, TryAgain
from engine.model.desk import OWN_ACCORD, Desk, DeskState, Request
from engine.model.market import Session
from engine.model.notice import Notice, NoticeKind, stamp
from engine.model.trade import ExitReason, Trade, TradeState
from engine.model.view import Inspection, PortfolioView, SizeView
from engine.ports import Calendar, Clock, Notices
from engine.stages.analyse import Analyse
from engine.stages.decide import Decide
from engine.stages.execute import Execute
from engine.stages.observe import Observe
from engine.stages.propose import Propose
from engine.stages.protect import Protect
from engine.stages.read_news import ReadNews
from engine.stages.reconcile import Reconcile
from engine.stages.resize import Resize
from engine.stages.services import Service, Services
from engine.stages.show import Show
from engine.stages.steer import Steer
from engine.stages.watch import Watch
from engine.truth import Store

log = structlog.get_logger()

SHOWN_TRADES = 50


class Silence:
    """Notices that nobody has been told to deliver yet."""

    def wake(self) -> None:
        """Do nothing: the outbox keeps what waits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stages:
    """One of each stage."""

    observe: Observe
    analyse: Analyse
    read_news: ReadNews
    propose: Propose
    decide: Decide
    resize: Resize
    execute: Execute
    reconcile: Reconcile
    protect: Protect
    watch: Watch
    steer: Steer
    show: Show
    services: Services


class Engine:
    """The trading engine: what the timetable runs, what people ask for, and what they look at."""

    def __init__(self, *, stages: Stages, store: Store, clock: Clock, calendar: Calendar) -> None:
        self._stages = stages
        self._store = store
        self._clock = clock
        self._calendar = calendar
        self._notices: Notices = Silence()

    def deliver_with(self, notices: Notices) -> None:
        """Say who delivers the notices from now on."""
        self._notices = notices

    # What the timetable runs

    def start(self) -> None:
        """Learn the truth before anything else: reconcile, end what an earlier life left half done, warm up.

        A service that is lost is said, not waited for: each of these comes again by the timetable.
        """
        self.reconcile()
        self._stages.execute.expire()
        with self._store.reading() as ledger:
            approved = ledger.trades({TradeState.APPROVED})
        for trade in approved:
            self._carry_on(trade)
        with self._round():
            self._stages.observe.warm_up()
        self._stages.read_news()
        now = self._clock.now()
        with self._store.writing() as book:
            book.tell(Notice(key=f"started:{stamp(now)}", kind=NoticeKind.STARTED, at=now))
            book.record(OWN_ACCORD.entry(now, "start", outcome=book.desk().state))
        self._notices.wake()

    def tick(self) -> None:
        """Observe, analyse, propose and decide, while any trading is open."""
        now = self._clock.now()
        if self._calendar.session(now) is Session.CLOSED:
            return
        with self._round():
            observation = self._stages.observe(now)
            signals = self._stages.analyse(observation)
            self._stages.propose(signals, observation)
            for trade_id in self._stages.protect.leave_on(signals, auto=self.desk().auto):
                self.order_changed(trade_id)
        self.decide()

    def decide(self) -> None:
        """Take proposals from the stream: AUTO_MODE approves them, else the desk is asked."""
        for entry_id, trade in self._stages.decide.waiting():
            auto = self.desk().auto
            self._stages.decide.show(trade, asking=not auto)
            if not auto or self._approve_by_itself(trade):
                self._stages.decide.done(entry_id)
        self._notices.wake()

    def read_news(self) -> None:
        """Read and score headlines, while any trading is open."""
        if self._calendar.session(self._clock.now()) is not Session.CLOSED:
            self._stages.read_news()

    def tidy(self) -> None:
        """Expire proposals, publish leftovers, and see that a halt is carried out and every position protected."""
        with self._round():
            self._stages.decide.expire()
            self._stages.execute.expire()
            self._stages.propose.publish()
            if self.desk().state is DeskState.HALTED:
                self._stages.steer.cancel_entries()
            self._stages.protect.sell_leftovers()
            self._stages.protect()

    def reconcile(self) -> None:
        """Make the broker's truth ours."""
        with self._round():
            self._stages.reconcile()

    def order_changed(self, client_order_id: str) -> None:
        """Take in what the broker reports of an order; the ids of exits begin with their trade's."""
        with self._round():
            self._stages.reconcile.trade(client_order_id.split("-", maxsplit=1)[0])

    def watch(self) -> None:
        """Look at the open risk: warn, or halt."""
        with self._round():
            self._stages.watch()

    def job_failed(self, job: str, error_id: str, *, failed: bool) -> None:
        """Tell the desk that a job of the timetable failed, or that it runs again."""
        now = self._clock.now()
        kind = NoticeKind.JOB_FAILED if failed else NoticeKind.JOB_RECOVERED
        with self._store.writing() as book:
            book.tell(Notice(key=f"{kind}:{job}:{stamp(now)}", kind=kind, at=now, subject=job, detail=error_id))
        self._notices.wake()

    # What people ask for

    def approve(self, trade_id: str, request: Request) -> Trade:
        """Approve a proposal and send its order; raises Refused and TryAgain."""
        try:
            return self._carry_out(self._stages.decide.approve(trade_id, request))
        finally:
            self._notices.wake()

    def reject(self, trade_id: str, request: Request, reason: str = "") -> Trade:
        """Reject a proposal; raises Refused."""
        trade = self._stages.decide.reject(trade_id, request, reason)
        self._notices.wake()
        return trade

    def size(self, trade_id: str, shares: int | None = None) -> SizeView:
        """Work out a proposal at a number of shares, its own where none is given; raises Refused."""
        return self._stages.resize.preview(trade_id, shares)

    def resize(self, trade_id: str, shares: int, request: Request) -> Trade:
        """Change a proposal's shares within every limit; raises Refused."""
        trade = self._stages.resize(trade_id, shares, request)
        self._notices.wake()
        return trade

    def close(self, trade_id: str, request: Request) -> Trade:
        """Close an open trade at the market; raises Refused."""
        try:
            return self._stages.protect.close(trade_id, request, ExitReason.DESK)
        finally:
            self.order_changed(trade_id)

    def keep(self, trade_id: str, request: Request) -> Trade:
        """Leave an open trade as it is, against a sell signal; raises Refused."""
        return self._stages.protect.keep(trade_id, request)

    def halt(self, request: Request, reason: str = "") -> Desk:
        """Stop new trading at once."""
        desk = self._stages.steer.halt(request, reason)
        self._notices.wake()
        return desk

    def resume(self, request: Request) -> Desk:
        """Trade again after a halt."""
        desk = self._stages.steer.resume(request)
        self._notices.wake()
        return desk

    def set_auto(self, *, on: bool, request: Request) -> Desk:
        """Switch AUTO_MODE."""
        desk = self._stages.steer.set_auto(request, on=on)
        self._notices.wake()
        return desk

    def record_refusal(self, request: Request, action: str, why: str) -> None:
        """Keep in the audit what was asked and not done."""
        with self._store.writing() as book:
            book.record(request.entry(self._clock.now(), action, outcome="refused", why=why))

    # What people look at

    def now(self) -> datetime:
        """Return the market's time, aware UTC."""
        return self._clock.now()

    def desk(self) -> Desk:
        """Return the desk's state."""
        with self._store.reading() as ledger:
            return ledger.desk()

    def trade(self, asked: str) -> Trade:
        """Return the trade that a full id, or an unambiguous symbol or start of an id, means; raises Refused."""
        return self._stages.show.trade(asked)

    def trades(self, states: Collection[TradeState] = (), *, since: datetime | None = None) -> tuple[Trade, ...]:
        """Return up to 50 trades, newest first; in any state where none is named."""
        with self._store.reading() as ledger:
            return ledger.trades(states, since=since, limit=SHOWN_TRADES)

    def portfolio(self) -> PortfolioView:
        """Return account, positions and open risk; raises TryAgain."""
        return self._stages.show.portfolio()

    def inspect(self, symbol: str) -> Inspection:
        """Return all that is known of a symbol; raises Refused."""
        return self._stages.show.inspect(symbol)

    # How verbs hang together

    @contextmanager
    def _round(self) -> Iterator[None]:
        """Let a round of work end early when a service is lost, and wake the notices of what it did."""
        try:
            yield
        except TryAgain as error:
            self._lost(error)
        self._notices.wake()

    def _carry_out(self, approved: Trade) -> Trade:
        """Execute an approved trade, and look at once at what became of it."""
        try:
            self._stages.execute(approved)
        except AlreadyDecided:
            log.info("carried_out_elsewhere", trade_id=approved.id)
        self.order_changed(approved.id)
        return self.trade(approved.id)

    def _carry_on(self, approved: Trade) -> None:
        """Carry out what an earlier life had approved; what may no longer be sent ended with a notice that says why."""
        try:
            self._carry_out(approved)
        except Refused as error:
            log.info("not_carried_out", trade_id=approved.id, why=type(error).__name__)

    def _approve_by_itself(self, trade: Trade) -> bool:
        """Approve for AUTO_MODE; False when the world was not ready, so that the entry comes again."""
        try:
            self.approve(trade.id, OWN_ACCORD)
        except TryAgain as error:
            self._lost(error)
            return False
        except Refused as error:
            log.info("not_approved", trade_id=trade.id, why=type(error).__name__)
        return self.trade(trade.id).state is not TradeState.PROPOSED

    def _lost(self, error: TryAgain) -> None:
        service = {MarketUnavailable: Service.MARKET, BrokerUnavailable: Service.BROKER}.get(type(error))
        self._stages.services.lost(service or Service.BROKER, error)
