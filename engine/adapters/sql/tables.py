"""The tables of the database but for the news. A column that keeps a field of a model value has the field's name.

signals ◄── trades ◄── orders ◄── fills
              ▲
              └── decisions      outbox, messages, unfinished, audit, settings, desk, fence, leases, outages, tasks,
                                 journal, results, equity, risk_log, activities, corporate_actions: what the account
                                 did by itself
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Double, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.adapters.sql.base import Base, Nested, Number
from engine.adapters.sql.columns import Json
from engine.model.activity import ActivityKind
from engine.model.corporate_action import ActionKind, ActionState
from engine.model.desk import DeskState
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


class DeskRow(Base):
    """The Desk: the one row with id 1, which the first migration makes."""

    __tablename__ = "desk"

    id: Mapped[Number]
    state: Mapped[DeskState]
    auto: Mapped[bool]
    by: Mapped[str]
    reason: Mapped[str]
    since: Mapped[datetime | None]


class FenceRow(Base):
    """Who may send orders: the number of the term, and whose it is; `is_held` while an order is on its way in it."""

    __tablename__ = "fence"

    id: Mapped[Number]
    term: Mapped[int]
    holder: Mapped[str]
    is_held: Mapped[bool]


class LeaseRow(Base):
    """What one process at a time may do: its term, whose it is, and until when, POSIX seconds of the database."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(primary_key=True)
    term: Mapped[int] = mapped_column(BigInteger)
    holder: Mapped[str]
    expires_at: Mapped[float] = mapped_column(Double)


class OutageRow(Base):
    """An Outage; that of a dead process stays until its time is over and another process reaches the service."""

    __tablename__ = "outages"

    service: Mapped[str] = mapped_column(primary_key=True)
    process: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    until: Mapped[datetime]


class TaskRow(Base):
    """What a worker is asked to do, and what came of it; `job` is the kind of work, `slot` the question's own name.

    Times are POSIX seconds of the database. Nobody may begin it before `due_at`; while it runs, that is its deadline.
    `sent_at` is when its message was last sent. Of its `attempts`, `lost` ended without a word.
    """

    __tablename__ = "tasks"

    job: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    question: Mapped[bytes] = mapped_column(LargeBinary)
    answer: Mapped[bytes] = mapped_column(LargeBinary)
    attempts: Mapped[int]
    lost: Mapped[int]
    holder: Mapped[str]
    error: Mapped[str]
    put_at: Mapped[float] = mapped_column(Double)
    sent_at: Mapped[float] = mapped_column(Double)
    due_at: Mapped[float] = mapped_column(Double)


class KeyRow(Base):
    """What was taken from elsewhere under a key, so that no process takes it a second time; a KeptKey."""

    __tablename__ = "keys"
    __table_args__ = (Index(None, "at"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    trade_id: Mapped[str]
    at: Mapped[datetime]


class SettingRow(Base):
    """A setting that was changed at run time."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class EquityRow(Base):
    """A point of the curve of equity, in dollars.

    `external` is the money that came by no trade up to then, in all; `growth` what a dollar of the first point became
    by trading alone: each stretch between two points is measured without the money that came meanwhile (time-weighted).
    """

    __tablename__ = "equity"

    at: Mapped[datetime] = mapped_column(primary_key=True)
    equity: Mapped[Decimal]
    cash: Mapped[Decimal]
    buying_power: Mapped[Decimal]
    margin: Mapped[bool]
    external: Mapped[Decimal]
    growth: Mapped[float]


class ActivityRow(Base):
    """An Activity, and the trade of ours that it belongs to: '' while that is not known, '-' for nobody's."""

    __tablename__ = "activities"
    __table_args__ = (Index(None, "at"), Index(None, "trade_id", "symbol"))

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[ActivityKind]
    at: Mapped[datetime]
    symbol: Mapped[str]
    shares: Mapped[Decimal]
    price: Mapped[Decimal | None]
    dollars: Mapped[Decimal]
    order_id: Mapped[str]
    trade_id: Mapped[str]


class CorporateActionRow(Base):
    """A CorporateAction, and how far the desk is with it."""

    __tablename__ = "corporate_actions"
    __table_args__ = (Index(None, "ex_date"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[ActionKind]
    symbol: Mapped[str]
    ex_date: Mapped[date]
    new_shares: Mapped[Decimal]
    old_shares: Mapped[Decimal]
    new_symbol: Mapped[str]
    cash: Mapped[Decimal]
    state: Mapped[ActionState]


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


class RiskRow(Base):
    """Open risk at an instant, as a share of equity."""

    __tablename__ = "risk_log"

    at: Mapped[datetime] = mapped_column(primary_key=True)
    open_risk: Mapped[Decimal]


class OutboxRow(Base):
    """A Notice; its number is the order in which it was told.

    Who posts it has claimed it until an instant, so that of several bots one does. `attempted_at` is when it was first
    sent without word of what became of it, empty where it surely does not stand in Slack; `trace` is the traceparent.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "delivered", "number"), {"sqlite_autoincrement": True})

    number: Mapped[Number]
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(30))  # of a later version too, which has kinds that this one does not know
    at: Mapped[datetime]
    trade_id: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[str]
    delivered: Mapped[bool]
    claimed_by: Mapped[str] = mapped_column(default="")
    claimed_until: Mapped[datetime | None] = mapped_column(default=None)
    attempted_at: Mapped[datetime | None] = mapped_column(default=None)
    trace: Mapped[str | None] = mapped_column(default=None)


class UnfinishedRow(Base):
    """An Unfinished request; the bot that works on it says again and again until when it surely lives."""

    __tablename__ = "unfinished"

    request_id: Mapped[str] = mapped_column(primary_key=True)
    request_by: Mapped[str]
    request_said: Mapped[str]
    action: Mapped[str]
    at: Mapped[datetime]
    claimed_by: Mapped[str]
    claimed_until: Mapped[datetime]
    channel: Mapped[str] = mapped_column(default="")
    ts: Mapped[str] = mapped_column(default="")


class MessageRow(Base):
    """Where the message of a notice stands; `key` is the notice's."""

    __tablename__ = "messages"

    key: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]
    ts: Mapped[str]


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


class AuditRow(Base):
    """An AuditEntry. Rows are only added, and a number is never given twice; `hash` chains it to the row before."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "subject", "number"), Index(None, "request"), {"sqlite_autoincrement": True})

    number: Mapped[Number]
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    said: Mapped[str]
    outcome: Mapped[str]
    why: Mapped[str]
    request: Mapped[str]
    hash: Mapped[str]


class AuditHeadRow(Base):
    """How many rows the audit has, and the hash of the last: the one row with id 1, there once the audit has any."""

    __tablename__ = "audit_head"

    id: Mapped[Number]
    count: Mapped[int]
    hash: Mapped[str]
