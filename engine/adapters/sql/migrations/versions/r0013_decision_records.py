"""Each decision about a trade keeps a record of all that it stands on."""

import sqlalchemy as sa
from alembic import op

from engine.adapters.sql.columns import Json, Money, UtcDateTime

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "decision_records",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("trade_id", sa.Text, sa.ForeignKey("trades.id"), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("shares", sa.Integer, nullable=False),
        sa.Column("entry", Money, nullable=False),
        sa.Column("shown_shares", sa.Integer, nullable=False),
        sa.Column("shown_entry", Money, nullable=False),
        sa.Column("evidence", Json, nullable=False),
        sa.Column("bars", sa.LargeBinary, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("marks", sa.Text, nullable=False),
    )
    op.create_index("ix_decision_records_trade_id_kind", "decision_records", ["trade_id", "kind"])
