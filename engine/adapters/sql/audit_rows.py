"""The audit, as the port Reader returns it: its entries, its last row, and whether it is whole."""

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, select

from engine.adapters.sql.audit_chain import head
from engine.adapters.sql.audit_check import check
from engine.adapters.sql.desk_tables import AuditRow
from engine.adapters.sql.fingerprints import ACTION
from engine.adapters.sql.retention import archive_end
from engine.adapters.sql.values import value_of
from engine.model.audit import AuditCheck, Mark
from engine.model.desk import AuditEntry

LAST_AUDITED = select(AuditRow.number, AuditRow.hash).order_by(AuditRow.number.desc()).limit(1)
SERVED = select(AuditRow.number).where(AuditRow.request == bindparam("request")).limit(1)
MARKED = select(AuditRow.number).where(AuditRow.number == bindparam("number"), AuditRow.hash == bindparam("hash"))


class SqlAuditRows:
    """Reads the audit within one transaction."""

    _connection: Connection

    def is_served(self, request_id: str) -> bool:
        """Tell whether the audit has an entry of a request; one without an id is always new."""
        return bool(request_id) and self._connection.scalar(SERVED, {"request": request_id}) is not None

    def audit(self, *, subject: str = "", limit: int = 50) -> tuple[AuditEntry, ...]:
        """Return audit entries, newest first, without the fingerprints of trades."""
        query = select(AuditRow).where(AuditRow.action != ACTION).order_by(AuditRow.number.desc()).limit(limit)
        if subject:
            query = query.where(AuditRow.subject == subject)
        return tuple(value_of(AuditEntry, row) for row in self._connection.execute(query))

    def audit_head(self) -> tuple[int, str]:
        """Return how many rows the audit has, and the hash of the last."""
        return head(self._connection)

    def audit_mark(self) -> Mark:
        """Return the last row of the audit."""
        row = self._connection.execute(LAST_AUDITED).first()
        begins = archive_end(self._connection)
        return Mark(number=row.number, hash=row.hash) if row else Mark(number=begins.number, hash=begins.hash)

    def has_mark(self, mark: Mark) -> bool:
        """Tell whether the audit has a row of this number and hash; of archived rows, and before the first, it has."""
        try:
            begins = archive_end(self._connection)
        except ValueError:  # somebody changed it: nothing is known of any row
            return False
        if mark.number == begins.number:
            return mark.hash == begins.hash
        if mark.number < begins.number:
            return True
        return self._connection.scalar(MARKED, {"number": mark.number, "hash": mark.hash}) is not None

    def check_audit(self, known: str = "", anchors: Collection[Mark] = ()) -> AuditCheck:
        """Go through the audit's chain and the trades that it covers, and say what is wrong first.

        `known` is a hash that must be in it, `anchors` are rows that must.
        """
        return check(self._connection, known, anchors)
