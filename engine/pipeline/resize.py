from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from engine.common.evidence import Evidence, decision_record, judged
from engine.common.orders import entry_of
from engine.common.outlook import Outlooks
from engine.common.portfolio import LimitsOf, read_portfolio, true_portfolio
from engine.common.strategy_in_force import StrategyInForce
from engine.common.trade_lookup import existing, open_proposal
from engine.errors import RiskRefused
from engine.model.decision_record import DecisionKind
from engine.model.desk import Request
from engine.model.market import Session
from engine.model.notices.base import stamp
from engine.model.notices.proposals import ProposalResized
from engine.model.portfolio import Portfolio
from engine.model.risk import LimitUnit, Sizing, share_of
from engine.model.trade import Trade
from engine.model.view import SizeView
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Store
from engine.risk.context import EntryPlan
from engine.risk.limits import Limits
from engine.risk.rules import refusal
from engine.risk.sizing import size


class Resize:
    """Works out and changes how many shares a proposal is about, within every limit; approval will check it again."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        clock: Clock,
        limits_of: LimitsOf,
        outlooks: Outlooks,
        strategy_in_force: StrategyInForce,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._limits_of = limits_of
        self._outlooks = outlooks
        self._strategy = strategy_in_force

    def preview(self, trade_id: str, shares: int | None) -> SizeView:
        """Work out a proposal at a number of shares, its own where none is given.

        Raises UnknownTrade, TemporaryError.
        """
        with self._store.reading() as reader:
            trade, limits = existing(reader, trade_id), self._limits_of(reader)
        portfolio = read_portfolio(self._broker, self._store, self._clock.now(), limits)
        most = _size(trade, portfolio, limits)
        wanted = trade.shares if shares is None else shares
        risk = wanted * (most.entry - most.stop)
        return SizeView(
            trade=trade,
            shares=wanted,
            most=most.shares,
            cost=wanted * most.entry,
            risk=risk,
            equity=most.equity,
            risk_before=most.risk_before,
            risk_after=most.risk_before + share_of(risk, most.equity),
            bound_by=most.cap,
        )

    def __call__(self, trade_id: str, shares: int, request: Request) -> Trade:
        """Change a proposal's shares; raises RequestRefused, with the limit that binds when they are too many."""
        with self._store.reading() as reader:
            symbol = existing(reader, trade_id).symbol
        self._outlooks.learn(symbol)
        with true_portfolio(self._broker, self._store, self._clock, self._limits_of) as (
            transaction,
            portfolio,
            limits,
        ):
            now = self._clock.now()
            trade = open_proposal(transaction, trade_id, now)
            other_strategy = self._strategy.objection(trade, transaction)
            if other_strategy:
                raise other_strategy
            evidence = self._judge(trade, shares, portfolio, limits, now)
            # Whoever approved first approved another sum.
            resized = replace(trade, shares=shares, first_by="")
            self._broker.check(entry_of(resized, Session.REGULAR), trade.sizing.entry)
            transaction.update(resized)
            transaction.save_decision(decision_record(DecisionKind.RESIZED, trade, resized, evidence, by=request.by))
            change = f"{trade.shares} -> {shares}"
            key = f"{trade_id}:resized:{stamp(now)}"
            transaction.enqueue_notice(
                ProposalResized(key=key, at=now, trade_id=trade_id, by=request.by, before=trade.shares, after=shares)
            )
            transaction.write_audit(request.entry(now, "resize", trade_id, change))
        return resized

    def _judge(self, trade: Trade, shares: int, portfolio: Portfolio, limits: Limits, now: datetime) -> Evidence:
        """Raise RiskRefused for more shares than any limit allows, or what another rule refuses; return the evidence.

        The price of now is looked at when the trade is approved.
        """
        most = _size(trade, portfolio, limits)
        if shares > most.shares:
            raise RiskRefused(most.cap, Decimal(shares), Decimal(most.shares), LimitUnit.SHARES)
        wanted = size(trade.symbol, trade.sizing.entry, portfolio, limits, wanted=shares, asked=trade.origin)
        outlook = self._outlooks.of(trade.symbol)
        plan = EntryPlan(symbol=trade.symbol, sizing=wanted, portfolio=portfolio, at=now, outlook=outlook)
        verdict = refusal(plan, limits)
        if verdict:
            raise RiskRefused(verdict.rule, verdict.figure, verdict.limit, verdict.unit)
        return judged(plan, limits, wanted=shares, asked=trade.origin)


def _size(trade: Trade, portfolio: Portfolio, limits: Limits) -> Sizing:
    """Size the proposal afresh by the rule, at the price at which it was proposed."""
    return size(trade.symbol, trade.sizing.entry, portfolio, limits, asked=trade.origin)
