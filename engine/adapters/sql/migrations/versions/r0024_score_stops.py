"""A signal keeps the distance of the stop that its score brought, where a strategy in Python gave one."""

import sqlalchemy as sa
from alembic import op

from engine.adapters.sql.columns import Money

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Go to this revision; no signal of before had one, and an older version sizes by the desk's own distance."""
    op.add_column("signals", sa.Column("origin_stop_distance", Money, nullable=True))
