"""Trades that are only simulated: those of strategies in shadow, and proposals that the desk did not take."""

import sqlalchemy as sa
from alembic import op

from engine.adapters.sql.columns import Money, UtcDateTime

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Go to this revision; an older version of the program ignores the table."""
    op.create_table(
        "shadow_trades",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("cause", sa.String(30), nullable=False),
        sa.Column("strategy", sa.Text, nullable=False),
        sa.Column("strategy_fingerprint", sa.Text, nullable=False),
        sa.Column("symbol", sa.Text, nullable=False),
        sa.Column("bar", UtcDateTime, nullable=False),
        sa.Column("tenths", sa.Integer, nullable=False),
        sa.Column("trade_id", sa.Text, nullable=False),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("through", UtcDateTime, nullable=False),
        sa.Column("progress", sa.Text, nullable=False),
        sa.Column("shares", sa.Integer, nullable=False),
        sa.Column("entry", Money, nullable=True),
        sa.Column("stop", Money, nullable=True),
        sa.Column("exit", Money, nullable=True),
        sa.Column("exit_reason", sa.String(30), nullable=True),
        sa.Column("fees", Money, nullable=False),
        sa.Column("entered_at", UtcDateTime, nullable=True),
        sa.Column("exited_at", UtcDateTime, nullable=True),
        sa.Column("why", sa.Text, nullable=False),
    )
    op.create_index("ix_shadow_trades_state", "shadow_trades", ["state"])
    op.create_index("ix_shadow_trades_strategy_fingerprint_symbol", "shadow_trades", ["strategy_fingerprint", "symbol"])
