"""The audit has a fingerprint of every trade that is there; from now on each change of a trade adds its own."""

import sqlalchemy as sa
from alembic import op

from engine.adapters.sql.audit_chain import head, link
from engine.adapters.sql.desk_tables import AuditHeadRow, AuditRow
from engine.adapters.sql.fingerprints import every_entry
from engine.adapters.sql.tables import TradeRow
from engine.adapters.sql.values import columns_of

revision = "0011"
down_revision = "0010"

AT_ONCE = 1_000
"""Trades whose rows are added with one statement."""


def upgrade() -> None:
    """Go to this revision."""
    connection = op.get_bind()
    before, last = head(connection)
    count = before
    ids = connection.scalars(sa.select(TradeRow.id).order_by(TradeRow.proposed_at, TradeRow.id)).all()
    for start in range(0, len(ids), AT_ONCE):
        rows = []
        for entry in every_entry(connection, ids[start : start + AT_ONCE]):
            count, last = count + 1, link(last, entry)
            rows.append(columns_of(entry) | {"hash": last})
        connection.execute(sa.insert(AuditRow), rows)
    if count > before:
        kept = {"count": count, "hash": last}
        connection.execute(sa.update(AuditHeadRow) if before else sa.insert(AuditHeadRow), kept)
