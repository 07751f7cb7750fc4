"""Signals keep the close before, and sizings what the worst nights would cost."""

import sqlalchemy as sa
from alembic import op

from engine.adapters.sql.columns import Money

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("signals", sa.Column("previous_close", Money, nullable=True))
    op.add_column("trades", sa.Column("sizing_overnight_before", Money, nullable=True))
    op.add_column("trades", sa.Column("sizing_night_loss", Money, nullable=True))
