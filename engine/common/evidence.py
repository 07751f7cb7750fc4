"""What a decision stands on, as it is kept in its record: whoever has it can judge the same purchase again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from engine.model.decision_record import DecisionKind, DecisionRecord, NewsSource
from engine.model.json_values import plain
from engine.model.market import BarHistory, Snapshot
from engine.model.origin import BY_STRATEGY, Origin
from engine.model.overnight import Outlook
from engine.model.portfolio import Portfolio
from engine.model.risk import RiskVerdict, Sizing
from engine.model.signal import Signal
from engine.model.technical_rules import TechnicalRules
from engine.model.trade import Entry, Trade
from engine.risk.context import EntryPlan, RiskContext
from engine.risk.limits import Limits
from engine.risk.rules import verdicts
from engine.signals.packing import marks, packed


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """A purchase as it was judged at an instant (aware UTC), and what came of it.

    `wanted` are the shares that were asked for, None where the rule alone says how many. `planned` and `snapshot` are
    None where the price of then was not looked at: a resize goes by the price that was proposed. `is_regular` says that
    it was judged in regular hours, at the last price and not at a limit. A proposal has its signal, the sources of its
    news, the marks of its bars and the numbers of its score, None in records older than these: then the seed's.
    `asked` is what somebody asked for, where no strategy proposed it.
    """

    symbol: str
    at: datetime
    is_regular: bool
    wanted: int | None
    planned: Decimal | None
    snapshot: Snapshot | None
    portfolio: Portfolio
    outlook: Outlook
    limits: Limits
    sizing: Sizing
    verdicts: tuple[RiskVerdict, ...]
    signal: Signal | None = None
    sources: tuple[NewsSource, ...] = ()
    marks: str = ""
    rules: TechnicalRules | None = None
    asked: Origin = BY_STRATEGY


@dataclass(frozen=True, kw_only=True, slots=True)
class Ordered:
    """What an order stands on: the entry as it was sent, and the size that was approved."""

    entry: Entry
    sizing: Sizing


def judged(
    plan: EntryPlan, limits: Limits, *, wanted: int | None, is_regular: bool = True, asked: Origin = BY_STRATEGY
) -> Evidence:
    """Return the evidence of a purchase as it is judged now."""
    case = plan if isinstance(plan, RiskContext) else None
    symbols = plan.portfolio.symbols | {plan.symbol}
    nights = {symbol: loss for symbol, loss in plan.outlook.nights.items() if symbol in symbols}
    return Evidence(
        symbol=plan.symbol,
        at=plan.at,
        is_regular=is_regular,
        wanted=wanted,
        planned=case.planned if case else None,
        snapshot=case.snapshot if case else None,
        portfolio=_without_reasons(plan.portfolio),
        outlook=replace(plan.outlook, nights=nights),
        limits=limits,
        sizing=plan.sizing,
        verdicts=tuple(verdicts(plan, limits)),
        asked=asked,
    )


def proposal_record(
    trade: Trade,
    evidence: Evidence,
    by: str,
    window: BarHistory | None,
    sources: Sequence[NewsSource],
    rules: TechnicalRules,
) -> DecisionRecord:
    """Return the record of a proposal; its card shows what was sized."""
    marked = "" if window is None else marks(window)
    kept = replace(evidence, signal=trade.signal, sources=tuple(sources), marks=marked, rules=rules)
    bars = b"" if window is None else packed(window)
    return _record(DecisionKind.PROPOSED, trade, trade, kept, trade.proposed_at, by, bars)


def decision_record(kind: DecisionKind, shown: Trade, decided: Trade, evidence: Evidence, *, by: str) -> DecisionRecord:
    """Return the record of what was decided about a trade, that was shown like this."""
    return _record(kind, shown, decided, evidence, evidence.at, by)


def order_record(trade: Trade, entry: Entry, at: datetime) -> DecisionRecord:
    """Return the record of an entry that is sent for an approved trade."""
    return _record(DecisionKind.ORDERED, trade, trade, Ordered(entry=entry, sizing=trade.sizing), at, trade.decided_by)


def _record(
    kind: DecisionKind,
    shown: Trade,
    decided: Trade,
    evidence: Evidence | Ordered,
    at: datetime,
    by: str,
    bars: bytes = b"",
) -> DecisionRecord:
    return DecisionRecord(
        trade_id=decided.id,
        kind=kind,
        at=at,
        by=by,
        shares=decided.shares,
        entry=decided.sizing.entry,
        shown_shares=shown.shares,
        shown_entry=shown.sizing.entry,
        evidence=plain(evidence),
        bars=bars,
    )


def _without_reasons(portfolio: Portfolio) -> Portfolio:
    """Return a portfolio whose trades do not say why they were bought: no rule asks, and their own records say it."""
    trades = (replace(trade, signal=replace(trade.signal, components=(), findings=())) for trade in portfolio.trades)
    return replace(portfolio, trades=tuple(trades))
