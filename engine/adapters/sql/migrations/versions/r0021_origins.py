"""A signal says where it is from and what was asked for; what is taken from elsewhere is kept by its key."""

import sqlalchemy as sa
from alembic import op

from engine.adapters.sql.columns import Money, UtcDateTime

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Go to this revision; all that was proposed before was proposed by the strategy."""
    op.add_column("signals", sa.Column("origin_source", sa.String(30), nullable=False, server_default="strategy"))
    op.add_column("signals", sa.Column("origin_by", sa.Text, nullable=False, server_default=""))
    op.add_column("signals", sa.Column("origin_note", sa.Text, nullable=False, server_default=""))
    for name in ("origin_limit", "origin_stop", "origin_target"):
        op.add_column("signals", sa.Column(name, Money, nullable=True))
    op.create_table(
        "keys",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("trade_id", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_keys")),
    )
    op.create_index(op.f("ix_keys_at"), "keys", ["at"])
