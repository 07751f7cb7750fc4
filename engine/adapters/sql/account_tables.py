"""The tables of the account: its curve of equity and of open risk, and what happened in it by itself.

equity, risk_log        activities, corporate_actions
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.adapters.sql.base import Base
from engine.model.activity import ActivityKind
from engine.model.corporate_action import ActionKind, ActionState


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


class RiskRow(Base):
    """Open risk at an instant, as a share of equity."""

    __tablename__ = "risk_log"

    at: Mapped[datetime] = mapped_column(primary_key=True)
    open_risk: Mapped[Decimal]
