"""Fourth stage: a person or AUTO_MODE decides on a proposal, exactly once.

A decision is a compare-and-set on the proposal in the same transaction that checks and reserves its risk, so of two
people who click at once, or of two engines, one decides and the other is told who did.
"""

from dataclasses import replace
from functools import partial

import structlog

from engine.common.duty_calls import NOBODY, DutyCalls, called_before
from engine.common.evidence import decision_record, judged
from engine.common.leader_watch import LeaderWatch
from engine.common.orders import entry_of
from engine.common.outlook import Outlooks, with_outlook
from engine.common.portfolio import LimitsOf, true_portfolio
from engine.common.service_health import Service, ServiceHealth
from engine.common.strategy_in_force import StrategyInForce
from engine.common.symbol_halts import refuse_halted
from engine.common.trade_lookup import existing, open_proposal
from engine.common.trading_hours import TradingHours
from engine.duty.calls import Members
from engine.errors import (
    AlreadyDecided,
    CorporateActionDue,
    NoPrice,
    OrderRefused,
    RequestRefused,
    RiskRefused,
    SizeChanged,
)
from engine.execution.corporate_actions import Restate
from engine.model.decision_record import DecisionKind
from engine.model.desk import OWN_ACCORD, Request
from engine.model.duty import CallKind
from engine.model.market import Session, Snapshot
from engine.model.notices.base import stamp
from engine.model.notices.proposals import SecondApprovalAsked, TradeDecided
from engine.model.portfolio import Portfolio
from engine.model.reason import EndReason
from engine.model.trade import Approved, Trade, TradeState
from engine.pipeline.four_eyes import FourEyes
from engine.pipeline.observe import Observe
from engine.pipeline.standing_approvals import StandingApprovals
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Store, Transaction
from engine.risk.context import RiskContext
from engine.risk.limits import Limits
from engine.risk.rules import refusal
from engine.risk.sizing import entry_price, size

log = structlog.get_logger()


class Decide:
    """Approves, rejects and expires proposals."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        hours: TradingHours,
        clock: Clock,
        observe: Observe,
        services: ServiceHealth,
        limits_of: LimitsOf,
        restate: Restate,
        outlooks: Outlooks,
        four_eyes: FourEyes,
        standing: StandingApprovals,
        strategy_in_force: StrategyInForce,
        calls: DutyCalls,
        leader_watch: LeaderWatch,
    ) -> None:
        self._store = store
        self._broker = broker
        self._hours = hours
        self._clock = clock
        self._observe = observe
        self._services = services
        self._limits_of = limits_of
        self._restate = restate
        self._outlooks = outlooks
        self._four_eyes = four_eyes
        self._standing = standing
        self._strategy = strategy_in_force
        self._calls = calls
        self._leader_watch = leader_watch

    def approve(self, trade_id: str, request: Request, shares: int | None = None, under: str = "") -> Trade:
        """Check everything again at the price of now, and approve: the risk is reserved from here on.

        Where two people must approve, the first one's word is kept, and what is returned is still a proposal. It counts
        for as long as its person may approve.
        A price that moved within tolerance gives a new size, never more shares than were proposed. A rule that refuses,
        or an order that the broker would not take, ends the proposal as refused. `under` is the id of the standing
        approval by which it is approved, in place of people.

        While the symbol is halted, or nobody leads, nothing is decided, and the proposal waits. Where `shares` are
        given, only just so many are approved. Raises RequestRefused and TemporaryError.
        """
        self._leader_watch.refuse()
        with self._store.reading() as reader:
            proposal = open_proposal(reader, trade_id, self._clock.now())
            refuse_halted(reader, proposal.symbol)
        lost, proposer = self._people_of(proposal, request, under)
        session = self._hours.session(self._clock.now())
        self._outlooks.learn(proposal.symbol)
        snapshot = self._price(proposal.symbol)
        with true_portfolio(self._broker, self._store, self._clock, self._limits_of) as (
            transaction,
            portfolio,
            limits,
        ):
            trade = open_proposal(transaction, trade_id, self._clock.now())
            if shares not in {None, trade.shares}:
                raise SizeChanged(trade_id, trade.shares)
            refuse_halted(transaction, trade.symbol)
            sized, case = self._sized(trade, snapshot, session, portfolio, limits)
            reason, objection = self._objection(transaction, sized, case, session, limits)
            is_regular, asked = session is Session.REGULAR, trade.origin
            evidence = judged(case, limits, wanted=trade.shares, is_regular=is_regular, asked=asked)
            record = partial(decision_record, shown=trade, decided=sized, evidence=evidence, by=request.by)
            if objection:
                transaction.save_decision(record(DecisionKind.REFUSED))
                self._conclude(transaction, replace(trade, reason=reason), TradeState.REFUSED, request)
            elif not under and self._four_eyes.lack_one(sized, request.by, lost, _still_asked(trade, proposer)):
                transaction.save_decision(record(DecisionKind.APPROVED_FIRST))
                sized = self._save_first_approver(transaction, trade, request, lost)
            else:
                if under:
                    self._standing.use(transaction, under, sized, limits, two=self._four_eyes.are_needed(sized))
                transaction.save_decision(record(DecisionKind.APPROVED))
                sized = self._conclude(transaction, _approved(trade, sized), TradeState.APPROVED, request)
        self._services.back(Service.BROKER)
        if objection:
            raise objection
        return sized

    def _people_of(self, proposal: Trade, request: Request, under: str) -> tuple[str, str]:
        """Return who approved first and may not any more, and who asked and may; asks who knows the roles.

        Raises OtherMustApprove, and StandingOver where whoever gave a standing approval may not any more.
        """
        self._four_eyes.refuse_proposer(proposal, request.by)
        if under:
            self._standing.must_be_here(under)
        return self._four_eyes.lost(proposal), self._four_eyes.proposer(proposal)

    def reject(self, trade_id: str, request: Request, reason: str) -> Trade:
        """Reject a proposal; raises RequestRefused."""
        with self._store.writing() as transaction:
            trade = existing(transaction, trade_id)
            if trade.state is not TradeState.PROPOSED:
                raise AlreadyDecided(trade_id, trade.state, trade.decided_by)
            return self._conclude(transaction, replace(trade, reason=reason), TradeState.REJECTED, request)

    def expire(self) -> None:
        """End every proposal whose time is over, and tell whoever was called about it."""
        now = self._clock.now()
        with self._store.reading() as reader:
            late = [trade for trade in reader.trades({TradeState.PROPOSED}) if trade.expires_at <= now]
        members = self._calls.members() if late else NOBODY
        for trade in late:
            try:
                with self._store.writing() as transaction:
                    self._conclude(transaction, trade, TradeState.EXPIRED, OWN_ACCORD, members)
            except AlreadyDecided:
                log.info("decided_at_the_last_moment", trade_id=trade.id)

    def _price(self, symbol: str) -> Snapshot:
        snapshot = self._observe.price(symbol, self._clock.now())
        if snapshot is None:
            raise NoPrice(symbol)
        return snapshot

    def _sized(
        self, trade: Trade, snapshot: Snapshot, session: Session, portfolio: Portfolio, limits: Limits
    ) -> tuple[Trade, RiskContext]:
        """Return the trade as sized at the price of now, or at the limit that the card named."""
        is_regular, asked = session is Session.REGULAR, trade.origin
        price = entry_price(snapshot.price, trade.signal.price, limits, is_regular=is_regular, asked=asked)
        outlook = self._outlooks.of(trade.symbol)
        sized = size(trade.symbol, price, portfolio, limits, wanted=trade.shares, asked=asked)
        sizing = with_outlook(sized, trade.symbol, portfolio, outlook, limits)
        case = RiskContext(
            symbol=trade.symbol,
            planned=trade.signal.price,
            sizing=sizing,
            portfolio=portfolio,
            snapshot=snapshot,
            at=self._clock.now(),
            outlook=outlook,
        )
        return replace(trade, sizing=sizing, shares=sizing.shares, stop=sizing.stop, target=sizing.target), case

    def _objection(
        self, transaction: Transaction, sized: Trade, case: RiskContext, session: Session, limits: Limits
    ) -> tuple[str, RequestRefused | None]:
        """Return why a trade as it is sized now may not be bought, in a word and as what to raise; None if it may."""
        other_strategy = self._strategy.objection(sized, transaction)
        if other_strategy:
            return EndReason.OTHER_STRATEGY, other_strategy
        if sized.symbol in self._restate.entries_stopped(transaction):
            return EndReason.CORPORATE_ACTION, CorporateActionDue(sized.symbol)
        verdict = refusal(case, limits)
        if verdict:
            return verdict.reason, RiskRefused(verdict.rule, verdict.figure, verdict.limit, verdict.unit)
        try:
            self._broker.check(entry_of(sized, session), case.snapshot.price)
        except OrderRefused as error:
            return EndReason.ORDER_REFUSED, error
        return "", None

    def _save_first_approver(self, transaction: Transaction, trade: Trade, request: Request, lost: str) -> Trade:
        """Keep who approved first, in the place of who is lost, and ask for the second; nothing is reserved yet."""
        now = self._clock.now()
        kept = replace(trade, first_by=request.by)
        transaction.update(kept)
        key = f"{trade.id}:second:{request.by}:{stamp(now)}"
        transaction.enqueue_notice(SecondApprovalAsked(key=key, at=now, trade_id=trade.id, by=request.by))
        why = f"{lost} approved first, and may not any more" if lost else ""
        transaction.write_audit(request.entry(now, "approve first", trade.id, f"{trade.shares} shares", why))
        log.info("approved_first", trade_id=trade.id, by=request.by)
        return kept

    def _conclude(
        self, transaction: Transaction, trade: Trade, to: TradeState, request: Request, members: Members = NOBODY
    ) -> Trade:
        """Move a proposal to its decision, with its audit row and its notice; one that expired calls again."""
        now = self._clock.now()
        moved = transaction.move(replace(trade, decided_by=request.by, decided_at=now), to)
        notice = TradeDecided(key=f"{trade.id}:{to}", at=now, trade_id=trade.id, by=request.by)
        if to is TradeState.EXPIRED:
            earlier = called_before(transaction, trade.id)
            self._calls.enqueue(transaction, notice, CallKind.EXPIRY, members=members, earlier=earlier)
        else:
            transaction.enqueue_notice(notice)
        transaction.write_audit(request.entry(now, to, trade.id, f"{moved.shares} shares", moved.reason))
        log.info(to, trade_id=trade.id, by=request.by, reason=moved.reason)
        return moved


def _approved(shown: Trade, sized: Trade) -> Trade:
    """Return a trade as it was sized, with what was approved beside what the card had shown."""
    approved = Approved(
        shares=sized.shares, entry=sized.sizing.entry, shown_shares=shown.shares, shown_entry=shown.sizing.entry
    )
    return replace(sized, approved=approved)


def _still_asked(trade: Trade, proposer: str) -> str:
    """Return who asked for as many shares as are wanted now, '' for nobody."""
    return proposer if trade.shares <= trade.sizing.shares else ""
