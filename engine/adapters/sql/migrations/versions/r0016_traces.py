"""Decisions and notices keep the trace in which they were made, so that whoever goes on with them goes on with it."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("decisions", sa.Column("trace", sa.Text, nullable=True))
    op.add_column("outbox", sa.Column("trace", sa.Text, nullable=True))
