"""Each process knows which outside systems the others find lost."""

import sqlalchemy as sa
from alembic import op

from engine.adapters.sql.columns import UtcDateTime

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "outages",
        sa.Column("service", sa.Text, primary_key=True),
        sa.Column("process", sa.Text, primary_key=True),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime, nullable=False),
    )
