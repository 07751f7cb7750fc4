"""Calls to a model and what they cost; for which symbols a headline was scored, and why one was not."""

import sqlalchemy as sa
from alembic import op

from engine.adapters.sql.columns import Json, Money, UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Go to this revision."""
    op.create_index("ix_signals_at", "signals", ["at"])
    _scored()
    _unscored()
    _model_calls()
    _spending()


def _scored() -> None:
    scored = op.create_table(
        "scored",
        sa.Column("headline_id", sa.Text, sa.ForeignKey("headlines.id"), primary_key=True),
        sa.Column("symbol", sa.Text, primary_key=True),
    )
    # Until now a headline was kept only once it was scored for all of its symbols.
    headlines = sa.table("headlines", sa.column("id", sa.Text), sa.column("symbols", Json))
    kept = op.get_bind().execute(sa.select(headlines.c.id, headlines.c.symbols))
    op.bulk_insert(
        scored, [{"headline_id": row.id, "symbol": symbol} for row in kept for symbol in dict.fromkeys(row.symbols)]
    )


def _unscored() -> None:
    op.create_table(
        "unscored",
        sa.Column("symbol", sa.Text, primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )


def _model_calls() -> None:
    op.create_table(
        "model_calls",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("symbol", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("instructions", sa.Text, nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("stop_reason", sa.Text, nullable=False),
        sa.Column("tokens_input", sa.Integer, nullable=False),
        sa.Column("tokens_output", sa.Integer, nullable=False),
        sa.Column("tokens_cache_write", sa.Integer, nullable=False),
        sa.Column("tokens_cache_read", sa.Integer, nullable=False),
        sa.Column("dollars", Money, nullable=False),
    )
    op.create_index("ix_model_calls_at", "model_calls", ["at"])
    op.create_index("ix_model_calls_symbol_at", "model_calls", ["symbol", "at"])


def _spending() -> None:
    op.create_table(
        "spending",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("dollars", Money, nullable=False),
    )
