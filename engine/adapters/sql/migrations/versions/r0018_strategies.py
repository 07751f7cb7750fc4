"""A signal names the strategy that scored it, with the tenths from which on it proposes and is called strong."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Go to this revision; what was scored before was scored by the seed's strategy."""
    op.add_column("signals", sa.Column("strategy", sa.Text, nullable=False, server_default="seed"))
    op.add_column("signals", sa.Column("strategy_fingerprint", sa.Text, nullable=False, server_default=""))
    op.add_column("signals", sa.Column("propose_at", sa.Integer, nullable=False, server_default="7"))
    op.add_column("signals", sa.Column("strong_at", sa.Integer, nullable=False, server_default="12"))
