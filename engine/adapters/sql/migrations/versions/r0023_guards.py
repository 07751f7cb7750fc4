"""A proposal says how near its company's earnings are; people keep notes and grades of trades."""

import sqlalchemy as sa
from alembic import op

from engine.adapters.sql.columns import Money, UtcDateTime

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Go to this revision; of proposals of before nothing is said, and an older version ignores the journal."""
    op.add_column("trades", sa.Column("sizing_earnings_in", sa.Integer, nullable=True))
    op.create_table(
        "journal",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("trade_id", sa.Text, nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("version", Money, nullable=False),
    )
    op.create_index("ix_journal_trade_id", "journal", ["trade_id"])
    op.create_index("ix_journal_at", "journal", ["at"])
