"""Ended trades are found by when they ended."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Go to this revision."""
    op.create_index("ix_trades_closed_at", "trades", ["closed_at"])
