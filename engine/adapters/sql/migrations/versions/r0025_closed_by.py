"""A trade keeps who had it closed; of one that closed before, the audit alone has that."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Go to this revision; an older version closes without saying by whom, as before."""
    op.add_column("trades", sa.Column("closed_by", sa.Text, nullable=False, server_default=""))
