"""The tables of the news: what was read, what was found, and what that cost.

headlines ◄── findings, scored        unscored, model_calls, spending
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.adapters.sql.base import Base, Nested, Number


class HeadlineRow(Base):
    """A Headline that was scored for a symbol or more."""

    __tablename__ = "headlines"

    id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    symbols: Mapped[Nested]
    text: Mapped[str]
    source: Mapped[str]
    url: Mapped[str]


class FindingRow(Base):
    """A Finding, and who scored it."""

    __tablename__ = "findings"
    __table_args__ = (Index(None, "symbol", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    headline_id: Mapped[str] = mapped_column(ForeignKey("headlines.id"), index=True)
    symbol: Mapped[str]
    at: Mapped[datetime]
    headline: Mapped[str]
    tenths: Mapped[int]
    reason: Mapped[str]
    url: Mapped[str]
    scorer: Mapped[str]


class ScoredRow(Base):
    """A symbol for which a headline was scored, whatever was found, and its wording: '' where that was not kept."""

    __tablename__ = "scored"

    headline_id: Mapped[str] = mapped_column(ForeignKey("headlines.id"), primary_key=True)
    symbol: Mapped[str] = mapped_column(primary_key=True)
    wording: Mapped[str] = mapped_column(default="")


class UnscoredRow(Base):
    """By whom and why headlines about a symbol were left out lately; a symbol without a row has none."""

    __tablename__ = "unscored"

    symbol: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    reason: Mapped[str]


class ModelCallRow(Base):
    """A ModelCall with its Tokens."""

    __tablename__ = "model_calls"
    __table_args__ = (Index(None, "symbol", "at"), Index(None, "at"))

    id: Mapped[Number]
    model: Mapped[str]
    symbol: Mapped[str]
    at: Mapped[datetime]
    instructions: Mapped[str]
    request: Mapped[str]
    answer: Mapped[str]
    stop_reason: Mapped[str]
    tokens_input: Mapped[int]
    tokens_output: Mapped[int]
    tokens_cache_write: Mapped[int]
    tokens_cache_read: Mapped[int]
    dollars: Mapped[Decimal]


class SpendingRow(Base):
    """Dollars spent on a model on a day (UTC)."""

    __tablename__ = "spending"

    day: Mapped[date] = mapped_column(primary_key=True)
    dollars: Mapped[Decimal]
