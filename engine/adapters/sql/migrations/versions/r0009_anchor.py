"""Rows of the audit that were archived may be deleted; all others the database refuses to delete, as before."""

from alembic import op

revision = "0009"
down_revision = "0008"

REFUSAL = "the audit is append only"
ANCHOR = "FROM settings WHERE name = 'audit_anchor'"


def upgrade() -> None:
    """Go to this revision."""
    if op.get_context().dialect.name == "sqlite":
        op.execute("DROP TRIGGER IF EXISTS audit_no_delete")
        op.execute(
            "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit "
            f"WHEN OLD.number > COALESCE((SELECT CAST(value AS INTEGER) {ANCHOR}), 0) "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'DELETE' THEN "
        f"IF OLD.number <= COALESCE((SELECT CAST(split_part(value, ' ', 1) AS INTEGER) {ANCHOR}), 0) "
        "THEN RETURN OLD; END IF; END IF; "
        f"RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
