"""The tables of signals and of the trades that come of them. A column that keeps a field of a model value has its name.

signals ◄── trades ◄── orders ◄── fills
              ▲
              └── decisions      results, shadow_trades, journal
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.adapters.sql.base import Base, Nested, Number
from engine.adapters.sql.columns import Json
from engine.model.journal import JournalKind
from engine.model.origin import Source
from engine.model.risk import BindingLimit
from engine.model.shadow import Cause, ShadowState
from engine.model.signal import Side
from engine.model.trade import ExitReason, OrderRole, OrderState, TradeState


class SignalRow(Base):
    """A Signal; `why_not` says why no trade came of it, and is empty when one did."""

    __tablename__ = "signals"
    __table_args__ = (Index(None, "symbol", "at"), Index(None, "at"))

    id: Mapped[Number]
    symbol: Mapped[str]
    at: Mapped[datetime]
    price: Mapped[Decimal]
    readings: Mapped[Nested]
    components: Mapped[Nested]
    findings: Mapped[Nested]
    scorer: Mapped[str]
    previous_close: Mapped[Decimal | None]
    why_not: Mapped[str]
    bar: Mapped[datetime | None]
    strategy: Mapped[str]
    strategy_fingerprint: Mapped[str]
    propose_at: Mapped[int]
    strong_at: Mapped[int]

    origin_source: Mapped[Source]
    origin_by: Mapped[str]
    origin_note: Mapped[str]
    origin_limit: Mapped[Decimal | None]
    origin_stop: Mapped[Decimal | None]
    origin_target: Mapped[Decimal | None]
    origin_stop_distance: Mapped[Decimal | None]


class TradeRow(Base):
    """A Trade with its Sizing; `published` once it is on the stream."""

    __tablename__ = "trades"
    __table_args__ = (
        Index(None, "state", "proposed_at"),
        Index(None, "symbol", "proposed_at"),
        Index(None, "proposed_at"),
        Index(None, "closed_at"),
        Index(None, "symbol", "closed_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    symbol: Mapped[str]
    state: Mapped[TradeState]
    signal_id: Mapped[int] = mapped_column(ForeignKey("signals.id"))
    published: Mapped[bool]

    sizing_shares: Mapped[int]
    sizing_entry: Mapped[Decimal]
    sizing_stop: Mapped[Decimal]
    sizing_target: Mapped[Decimal]
    sizing_equity: Mapped[Decimal]
    sizing_budget: Mapped[Decimal]
    sizing_unrounded: Mapped[Decimal]
    sizing_cap: Mapped[BindingLimit]
    sizing_risk_before: Mapped[Decimal]
    sizing_target_distance: Mapped[Decimal]
    sizing_overnight_before: Mapped[Decimal | None]
    sizing_night_loss: Mapped[Decimal | None]
    sizing_earnings_in: Mapped[int | None]

    shares: Mapped[int]
    stop: Mapped[Decimal]
    target: Mapped[Decimal]
    proposed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    first_by: Mapped[str]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str]
    filled_shares: Mapped[int]
    fill_price: Mapped[Decimal | None]
    filled_at: Mapped[datetime | None]
    exit_shares: Mapped[int]
    exit_price: Mapped[Decimal | None]
    exit_reason: Mapped[ExitReason | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str] = mapped_column(default="")

    restated_bought_shares: Mapped[int]
    restated_bought_dollars: Mapped[Decimal]
    restated_sold_shares: Mapped[int]
    restated_sold_dollars: Mapped[Decimal]
    restated_cash: Mapped[Decimal]
    exit_plan: Mapped[Any] = mapped_column(Json, nullable=True, default=None)


class DecisionRow(Base):
    """One move of a trade; `at` is the newest instant that the trade carried when it moved, `trace` the traceparent."""

    __tablename__ = "decisions"

    id: Mapped[Number]
    trade_id: Mapped[str] = mapped_column(ForeignKey("trades.id"), index=True)
    from_state: Mapped[TradeState]
    to_state: Mapped[TradeState]
    by: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[str]
    trace: Mapped[str | None] = mapped_column(default=None)


class OrderRow(Base):
    """An Order as last seen; a bracket's legs name it as their parent."""

    __tablename__ = "orders"

    id: Mapped[Number]
    trade_id: Mapped[str] = mapped_column(ForeignKey("trades.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    broker_id: Mapped[str] = mapped_column(index=True)
    client_order_id: Mapped[str]
    role: Mapped[OrderRole]
    symbol: Mapped[str]
    side: Mapped[Side]
    shares: Mapped[int]
    state: Mapped[OrderState]
    price: Mapped[Decimal | None]
    filled_shares: Mapped[int]
    fill_price: Mapped[Decimal | None]
    filled_at: Mapped[datetime | None]
    reason: Mapped[str]


class FillRow(Base):
    """Shares that were filled since the order was last seen, and their own average price in dollars."""

    __tablename__ = "fills"

    id: Mapped[Number]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    shares: Mapped[int]
    price: Mapped[Decimal | None]
    at: Mapped[datetime | None]


class ResultRow(Base):
    """What the trades of a symbol came to that ended in a day, month or year of the exchange; `start` is its first day.

    `multiples` is the sum over the `with_multiple` trades that risked something. Dollars are floats, as sums are made.
    """

    __tablename__ = "results"
    __table_args__ = ({"sqlite_with_rowid": False},)  # rows that are summed together stand together

    span: Mapped[str] = mapped_column(primary_key=True)
    start: Mapped[date] = mapped_column(primary_key=True)
    symbol: Mapped[str] = mapped_column(primary_key=True)
    trades: Mapped[int]
    wins: Mapped[int]
    result: Mapped[float]
    slippage: Mapped[float]
    multiples: Mapped[float]
    with_multiple: Mapped[int]
    best: Mapped[float]
    best_id: Mapped[str]
    worst: Mapped[float]
    worst_id: Mapped[str]


class ShadowTradeRow(Base):
    """A ShadowTrade; `key` keeps a second run, a restart or a second process from adding it again."""

    __tablename__ = "shadow_trades"
    __table_args__ = (Index(None, "state"), Index(None, "strategy_fingerprint", "symbol"))

    key: Mapped[str] = mapped_column(primary_key=True)
    cause: Mapped[Cause]
    strategy: Mapped[str]
    strategy_fingerprint: Mapped[str]
    symbol: Mapped[str]
    bar: Mapped[datetime]
    tenths: Mapped[int]
    trade_id: Mapped[str]
    state: Mapped[ShadowState]
    through: Mapped[datetime]
    progress: Mapped[Nested]
    shares: Mapped[int]
    entry: Mapped[Decimal | None]
    stop: Mapped[Decimal | None]
    exit: Mapped[Decimal | None]
    exit_reason: Mapped[ExitReason | None]
    fees: Mapped[Decimal]
    entered_at: Mapped[datetime | None]
    exited_at: Mapped[datetime | None]
    why: Mapped[str]


class JournalRow(Base):
    """A JournalEntry; one that was taken back stays without its text, so that a late copy does not bring it again."""

    __tablename__ = "journal"
    __table_args__ = (Index(None, "trade_id"), Index(None, "at"))

    key: Mapped[str] = mapped_column(primary_key=True)
    trade_id: Mapped[str]
    kind: Mapped[JournalKind]
    at: Mapped[datetime]
    by: Mapped[str]
    text: Mapped[str]
    version: Mapped[Decimal]
