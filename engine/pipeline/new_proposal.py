"""A purchase becomes a proposal: sized, judged by every rule, and kept with all that it stands on.

It is the same for what the strategy scored and for what somebody asked for.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from engine.common.evidence import Evidence, judged, proposal_record
from engine.common.orders import entry_of
from engine.common.outlook import Outlooks, with_outlook
from engine.common.trading_hours import TradingHours
from engine.errors import NotProposable, OrderRefused, RequestRefused, RiskRefused
from engine.model.desk import OWN_ACCORD, Request
from engine.model.exit_plan import AS_SENT, ExitPlan
from engine.model.market import BarHistory, Session, Snapshot
from engine.model.portfolio import Portfolio
from engine.model.risk import RiskVerdict, Sizing
from engine.model.signal import Signal
from engine.model.trade import Trade, TradeState
from engine.pipeline.recording import Recording
from engine.ports.broker import Broker
from engine.ports.store import Reader, Transaction
from engine.risk.context import RiskContext
from engine.risk.limits import Limits
from engine.risk.rules import refusal
from engine.risk.sizing import entry_price, size

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class NotProposed:
    """Why no proposal comes of a purchase: as the database keeps it, and as what to raise."""

    reason: str
    error: RequestRefused

    @classmethod
    def of(cls, verdict: RiskVerdict) -> "NotProposed":
        """Return what a rule says against it."""
        error = RiskRefused(verdict.rule, verdict.figure, verdict.limit, verdict.unit)
        return cls(reason=verdict.reason, error=error)


@dataclass(frozen=True, kw_only=True)
class NewProposal:
    """Sizes, judges and keeps. A proposal lives for `lifetime`; a symbol whose last trade ended rests for `quiet`.

    A trade that the strategy proposes is left by `exit_plan` beside its stop and target.
    """

    broker: Broker
    hours: TradingHours
    outlooks: Outlooks
    recording: Recording
    zone: ZoneInfo
    lifetime: timedelta
    quiet: timedelta
    exit_plan: ExitPlan

    def rests(self, reader: Reader, symbol: str, now: datetime) -> bool:
        """Tell whether a symbol's last trade ended so lately that the desk should not be asked again."""
        last = next(iter(reader.trades(symbol=symbol, limit=1)), None)
        if last is None:
            return False
        return now - (last.closed_at or last.decided_at or last.expires_at) < self.quiet

    def weighed(
        self, signal: Signal, snapshot: Snapshot, portfolio: Portfolio, limits: Limits, wanted: int | None = None
    ) -> RiskContext:
        """Return a purchase as the rules judge it, sized by the rule or at what is wanted."""
        is_regular = self.hours.session(signal.at) is Session.REGULAR
        price = entry_price(signal.price, signal.price, limits, is_regular=is_regular, asked=signal.origin)
        outlook = self.outlooks.of(signal.symbol)
        sized = size(signal.symbol, price, portfolio, limits, wanted=wanted, asked=signal.origin)
        return RiskContext(
            symbol=signal.symbol,
            planned=signal.price,
            sizing=with_outlook(sized, signal.symbol, portfolio, outlook, limits),
            portfolio=portfolio,
            snapshot=snapshot,
            at=signal.at,
            outlook=outlook,
        )

    def keep(
        self,
        transaction: Transaction,
        signal: Signal,
        case: RiskContext,
        limits: Limits,
        *,
        wanted: int | None = None,
        request: Request = OWN_ACCORD,
    ) -> Trade | NotProposed:
        """Keep a proposal of a case, or say which rule refuses it, or that the broker would not take its order."""
        session = self.hours.session(signal.at)
        verdict = refusal(case, limits)
        if verdict:
            return NotProposed.of(verdict)
        trade = self._trade(transaction, signal, case.sizing)
        try:
            self.broker.check(entry_of(trade, session), case.snapshot.price)
        except OrderRefused as error:
            log.warning("order_would_be_refused", trade_id=trade.id, error=str(error))
            return NotProposed(reason="order_refused", error=error)
        window = self.recording.window(signal)
        if window is None and signal.bar is not None:
            return NotProposed(reason="not_repeatable", error=NotProposable(signal.symbol, "not_repeatable"))
        is_regular = session is Session.REGULAR
        evidence = judged(case, limits, wanted=wanted, is_regular=is_regular, asked=signal.origin)
        self._save(transaction, trade, evidence, window, request)
        return trade

    def _save(
        self, transaction: Transaction, trade: Trade, evidence: Evidence, window: BarHistory | None, request: Request
    ) -> None:
        """Keep a proposal, and the record of all that it stands on."""
        transaction.propose(trade)
        sources = self.recording.sources(trade.signal, transaction)
        transaction.save_decision(proposal_record(trade, evidence, request.by, window, sources, self.recording.rules))
        origin = trade.origin
        why = f"{origin.source} {origin.by}: {origin.note}".rstrip(": ") if origin.is_manual else ""
        transaction.write_audit(request.entry(trade.proposed_at, "propose", trade.id, f"{trade.shares} shares", why))
        log.info("proposed", trade_id=trade.id, shares=trade.shares, tenths=trade.signal.tenths)

    def _trade(self, reader: Reader, signal: Signal, sizing: Sizing) -> Trade:
        return Trade(
            id=self._free_id(reader, signal),
            symbol=signal.symbol,
            state=TradeState.PROPOSED,
            signal=signal,
            sizing=sizing,
            shares=sizing.shares,
            stop=sizing.stop,
            target=sizing.target,
            proposed_at=signal.at,
            expires_at=self._expiry(signal.at),
            exit_plan=AS_SENT if signal.origin.is_manual else self.exit_plan,
        )

    def _expiry(self, proposed_at: datetime) -> datetime:
        """Return until when a proposal waits: one that would end while nothing can go out ends before that."""
        expires, ends = proposed_at + self.lifetime, self.hours.ends(proposed_at)
        if ends is None or ends <= proposed_at or self.hours.are_open(expires):
            return expires
        return min(expires, ends)

    def _free_id(self, reader: Reader, signal: Signal) -> str:
        """Return the id of a trade of this second, of the next one that is free where a person was as quick."""
        at = signal.at
        while True:
            trade_id = f"{signal.symbol}_{at.astimezone(self.zone):%Y%m%d_%H%M%S}"
            if reader.trade(trade_id) is None:
                return trade_id
            at += timedelta(seconds=1)
