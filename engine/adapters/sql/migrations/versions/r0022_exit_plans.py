"""A trade keeps how it is left beside its stop and target, and which of them is on its way to another price."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Go to this revision; the stop and target of a trade of before stay where they are."""
    op.add_column("trades", sa.Column("exit_plan", sa.Text, nullable=True))
