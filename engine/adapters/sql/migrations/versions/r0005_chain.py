"""The audit is chained by hashes, what was in it before too, and the database refuses to change it."""

import sqlalchemy as sa
from alembic import op

from engine.adapters.sql.chain import TEXTS, link
from engine.adapters.sql.columns import UtcDateTime

revision = "0005"
down_revision = "0004"

REFUSAL = "the audit is append only"


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("audit", sa.Column("hash", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )
    _chain()
    if op.get_context().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{act.lower()} BEFORE {act} ON audit "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    for name, when, each in (("change", "UPDATE OR DELETE", "ROW"), ("truncate", "TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER audit_no_{name} BEFORE {when} ON audit "
            f"FOR EACH {each} EXECUTE FUNCTION audit_is_append_only()"
        )


def _chain() -> None:
    """Give every row that is there its hash, and the head the last one."""
    connection = op.get_bind()
    at = sa.column("at", UtcDateTime)
    audit = sa.table("audit", sa.column("number"), at, sa.column("hash"), *map(sa.column, TEXTS))
    count, last = 0, ""
    for row in connection.execute(sa.select(audit).order_by(audit.c.number)).all():
        count, last = count + 1, link(last, row)
        connection.execute(sa.update(audit).where(audit.c.number == row.number).values(hash=last))
    if count:
        head = sa.table("audit_head", sa.column("id"), sa.column("count"), sa.column("hash"))
        connection.execute(sa.insert(head).values(id=1, count=count, hash=last))
