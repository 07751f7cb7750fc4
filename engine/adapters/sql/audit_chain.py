"""The chain of the audit: each row has a hash of itself and of the row before; the head stands in a table of its own.

So a row that was changed, or taken from the middle, breaks the chain, and the head misses what was taken from the end.
Whoever can rewrite the whole database can forge both: then a row that was written down elsewhere (an anchor) is no
longer in the chain. Once old rows were archived, it begins at their last one (retention.py).
"""

import json
from datetime import UTC
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, insert, select, update

from engine.adapters.sql.columns import UNKEEPABLE
from engine.adapters.sql.desk_tables import AuditHeadRow, AuditRow
from engine.adapters.sql.values import columns_of
from engine.model.desk import AuditEntry

ADD, MOVE_HEAD, FIRST_HEAD = insert(AuditRow), update(AuditHeadRow), insert(AuditHeadRow)
HEAD = select(AuditHeadRow.count, AuditHeadRow.hash)
TEXTS = ("actor", "action", "subject", "said", "outcome", "why", "request")


def link(before: str, entry: Any) -> str:
    """Return the hash of an entry, or of a row, that follows a hash ('' for the first); this never changes."""
    texts = [UNKEEPABLE.sub("\ufffd", getattr(entry, name)) for name in TEXTS]
    content = json.dumps([before, entry.at.astimezone(UTC).isoformat(), *texts], separators=(",", ":"))
    return sha256(content.encode()).hexdigest()


def append(connection: Connection, entry: AuditEntry) -> None:
    """Add an entry to the end of the chain; the transaction lets no other write run beside it."""
    count, before = head(connection)
    now = {"count": count + 1, "hash": link(before, entry)}
    connection.execute(ADD, columns_of(entry) | {"hash": now["hash"]})
    connection.execute(MOVE_HEAD if count else FIRST_HEAD, now)


def head(connection: Connection) -> tuple[int, str]:
    """Return how many rows there are, and the hash of the last, as the head says."""
    row = connection.execute(HEAD).first()
    return (row[0], row[1]) if row else (0, "")
