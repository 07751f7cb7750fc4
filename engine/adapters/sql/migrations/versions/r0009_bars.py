"""A signal names the closed bar that its score stands on."""

import sqlalchemy as sa
from alembic import op

from engine.adapters.sql.columns import UtcDateTime

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("signals", sa.Column("bar", UtcDateTime, nullable=True))
