"""${message}."""

import sqlalchemy as sa
from alembic import op

from engine.adapters.sql.columns import Json, Money, UtcDateTime

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Go to this revision."""
    ${upgrades if upgrades else "pass"}
