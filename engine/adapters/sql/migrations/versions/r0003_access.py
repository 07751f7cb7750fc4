"""Which request an audit entry is of, and who approved first where two people must."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("audit", sa.Column("request", sa.Text, nullable=False, server_default=""))
    op.create_index("ix_audit_request", "audit", ["request"])
    op.add_column("trades", sa.Column("first_by", sa.Text, nullable=False, server_default=""))
