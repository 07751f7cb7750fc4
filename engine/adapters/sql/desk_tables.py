"""The tables of the desk itself: its state, who runs it and works for it, what it told, and the audit.

desk, settings, keys        fence, leases, outages, tasks        outbox, messages, unfinished        audit, audit_head
"""

from datetime import datetime

from sqlalchemy import BigInteger, Double, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.adapters.sql.base import Base, Number
from engine.model.desk import DeskState


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
