"""The records of decisions about trades: added once, never changed, kept for good."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, LargeBinary, Row, and_, bindparam, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from engine.adapters.sql.base import Base, Nested, Number
from engine.adapters.sql.tables import DecisionRow, FillRow, OrderRow, TradeRow
from engine.adapters.sql.values import columns_of, value_of
from engine.model.decision_record import DecisionKind, DecisionRecord, KeptDecision
from engine.model.trade import Approved, TradeState


class DecisionRecordRow(Base):
    """A DecisionRecord, and its fingerprint and marks when it was kept."""

    __tablename__ = "decision_records"
    __table_args__ = (Index(None, "trade_id", "kind"),)

    id: Mapped[Number]
    trade_id: Mapped[str] = mapped_column(ForeignKey("trades.id"))
    kind: Mapped[DecisionKind]
    at: Mapped[datetime]
    by: Mapped[str]
    shares: Mapped[int]
    entry: Mapped[Decimal]
    shown_shares: Mapped[int]
    shown_entry: Mapped[Decimal]
    evidence: Mapped[Nested]
    bars: Mapped[bytes] = mapped_column(LargeBinary)
    fingerprint: Mapped[str]
    marks: Mapped[str]


APPROVED = DecisionRecordRow.__table__.alias("approved")
"""The one record of a trade's approval, beside the trade."""
OF_THE_APPROVAL = and_(APPROVED.c.trade_id == TradeRow.id, APPROVED.c.kind == DecisionKind.APPROVED)
FIGURES = [APPROVED.c[name].label(f"approved_{name}") for name in ("shares", "entry", "shown_shares", "shown_entry")]
TRADES = select(TradeRow, *FIGURES).outerjoin(APPROVED, OF_THE_APPROVAL)
"""Trades, each with what was approved."""
APPROVALS = select(DecisionRecordRow.trade_id, DecisionRecordRow.entry, DecisionRecordRow.shown_entry).where(
    DecisionRecordRow.kind == DecisionKind.APPROVED
)

OF_ONE = select(DecisionRecordRow).where(DecisionRecordRow.trade_id == bindparam("this")).order_by(DecisionRecordRow.id)
IDS = select(TradeRow.id).order_by(TradeRow.proposed_at.desc(), TradeRow.id.desc())
STATES = select(DecisionRow.to_state).where(DecisionRow.trade_id == bindparam("this"))
TRACE = (
    select(DecisionRow.trace)
    .where(DecisionRow.trade_id == bindparam("this"), DecisionRow.trace.is_not(None))
    .order_by(DecisionRow.id.desc())
    .limit(1)
)
FILLS = (
    select(OrderRow.id, OrderRow.client_order_id, OrderRow.role, OrderRow.filled_shares, OrderRow.fill_price)
    .add_columns(func.sum(FillRow.shares).label("in_fills"))
    .outerjoin(FillRow, FillRow.order_id == OrderRow.id)
    .where(OrderRow.trade_id == bindparam("this"))
    .group_by(OrderRow.id)
    .order_by(OrderRow.id)
)


def approved_of(row: Row[Any]) -> Approved | None:
    """Return what was approved of a trade, from its row in `TRADES`; None where no record says it."""
    return None if row.approved_shares is None else value_of(Approved, row, prefix="approved_")


class SqlDecisionRecords:
    """The part of the ports Reader and Transaction that has the records of decisions."""

    _connection: Connection

    def decision_records(self, trade_id: str) -> tuple[KeptDecision, ...]:
        """Return the records of the decisions about a trade, oldest first."""
        return tuple(
            KeptDecision(record=value_of(DecisionRecord, row), fingerprint=row.fingerprint, marks=row.marks)
            for row in self._connection.execute(OF_ONE, {"this": trade_id})
        )

    def trade_ids(self) -> tuple[str, ...]:
        """Return the ids of all trades, newest first."""
        return tuple(self._connection.scalars(IDS))

    def states_of(self, trade_id: str) -> frozenset[TradeState]:
        """Return every state into which a trade was moved."""
        return frozenset(self._connection.scalars(STATES, {"this": trade_id}))

    def trace_of(self, trade_id: str) -> str:
        """Return the traceparent of the last move of a trade that was traced, '' where none was."""
        return self._connection.scalar(TRACE, {"this": trade_id}) or ""

    def shares_in_fills(self, trade_id: str) -> Mapping[str, tuple[int, int]]:
        """Return the filled shares of each order of a trade as the order says, and as its fills sum up, by its id."""
        rows = self._connection.execute(FILLS, {"this": trade_id})
        return {f"{row.role} order {row.id}": (row.filled_shares, int(row.in_fills or 0)) for row in rows}

    def save_decision(self, record: DecisionRecord) -> None:
        """Add the record of a decision; it is never changed."""
        fingerprint, marks = record.seal()
        row = columns_of(record) | {"fingerprint": fingerprint, "marks": marks}
        self._connection.execute(insert(DecisionRecordRow), row)
