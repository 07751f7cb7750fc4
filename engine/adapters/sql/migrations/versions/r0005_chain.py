"""The audit is chained by hashes, what was in it before too, and the database refuses to change it."""

import sqlalchemy as sa
from alembic import op

from engine.adapters.sql.audit_chain import TEXTS, link
from engine.adapters.sql.columns import UtcDateTime

revision = "0005"
down_revision = "0004"

AT_ONCE = 1_000
"""Rows that are chained with one statement: one for each row takes minutes where the audit is long."""
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
    chained = sa.update(audit).where(audit.c.number == sa.bindparam("this")).values(hash=sa.bindparam("linked"))
    count, last = 0, ""
    numbers = connection.scalars(sa.select(audit.c.number).order_by(audit.c.number)).all()
    for start in range(0, len(numbers), AT_ONCE):
        some = audit.c.number.between(numbers[start], numbers[min(start + AT_ONCE, len(numbers)) - 1])
        links = []
        for row in connection.execute(sa.select(audit).where(some).order_by(audit.c.number)).all():
            count, last = count + 1, link(last, row)
            links.append({"this": row.number, "linked": last})
        connection.execute(chained, links)
    if count:
        head = sa.table("audit_head", sa.column("id"), sa.column("count"), sa.column("hash"))
        connection.execute(sa.insert(head).values(id=1, count=count, hash=last))
