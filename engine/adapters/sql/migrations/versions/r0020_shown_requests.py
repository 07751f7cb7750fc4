"""A request that is worked on says where the message stands that shows how far it is."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Go to this revision; a request of before has no such message."""
    op.add_column("unfinished", sa.Column("channel", sa.Text, nullable=False, server_default=""))
    op.add_column("unfinished", sa.Column("ts", sa.Text, nullable=False, server_default=""))
