"""Notices know that they may stand in Slack already; requests that were taken and not finished are remembered."""

import sqlalchemy as sa
from alembic import op

from engine.adapters.sql.columns import UtcDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("outbox", sa.Column("attempted_at", UtcDateTime, nullable=True))
    # Until now one number was kept: that of the notice which was being posted, or was last.
    op.execute(
        "UPDATE outbox SET attempted_at = at WHERE NOT delivered"
        " AND CAST(number AS TEXT) IN (SELECT value FROM settings WHERE name = 'posting')"
    )
    op.execute("DELETE FROM settings WHERE name = 'posting'")
    op.create_table(
        "unfinished",
        sa.Column("request_id", sa.Text, primary_key=True),
        sa.Column("request_by", sa.Text, nullable=False),
        sa.Column("request_said", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("claimed_by", sa.Text, nullable=False),
        sa.Column("claimed_until", UtcDateTime, nullable=False),
    )
