"""What was scored for a symbol keeps how the headline was worded, so that one that was edited is read again."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Go to this revision; what was scored before it, or by an older version beside it, counts as read as it stands."""
    op.add_column("scored", sa.Column("wording", sa.Text, nullable=False, server_default=""))
