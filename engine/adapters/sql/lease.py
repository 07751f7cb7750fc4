"""The port Lease in a row of PostgreSQL. Its clock is the database's, so machines need not agree on the time."""

from contextlib import AbstractContextManager
from typing import Final

from sqlalchemy import Connection, text

from engine.adapters.sql.store import SqlStore
from engine.instance_id import has_ended, new_life
from engine.ports.lease import LEADER, Held, TakenLease

SEED: Final = text(
    "INSERT INTO leases (name, term, holder, expires_at) VALUES (:name, 0, '', 0) ON CONFLICT (name) DO NOTHING"
)
TAKE: Final = text(
    """
    UPDATE leases SET
        term = term + CASE
            WHEN holder = :me AND expires_at > extract(epoch FROM clock_timestamp()) THEN 0 ELSE 1
        END,
        holder = :me,
        expires_at = extract(epoch FROM clock_timestamp()) + :seconds
    WHERE name = :name
        AND (holder IN (:me, :ended) OR expires_at <= extract(epoch FROM clock_timestamp()))
    RETURNING term
    """
)
NOBODY: Final = ""
"""The holder of a lease that was given up, or was never taken."""
GIVE_UP: Final = text(f"UPDATE leases SET expires_at = 0, holder = '{NOBODY}' WHERE name = :name AND holder = :me")  # noqa: S608 (ours)
FORGET: Final = text(
    """
    DELETE FROM leases WHERE name = :name AND holder = :me
        OR name <> :leader AND expires_at < extract(epoch FROM clock_timestamp()) - :old
    """
)
OLD: Final = 86_400.0
"""Seconds after which the sign of a process that died is forgotten."""
HELD: Final = text(
    "SELECT holder, term, expires_at - extract(epoch FROM clock_timestamp()) FROM leases WHERE name = :name"
)


ALL: Final = text(
    "SELECT name, holder, term, expires_at - extract(epoch FROM clock_timestamp()) FROM leases ORDER BY name"
)


def every_lease(store: SqlStore) -> tuple[tuple[str, Held], ...]:
    """Return every lease by its name, those that expired too."""
    with store.connected() as connection:
        return tuple(
            (row[0], Held(holder=row[1], term=row[2], seconds=float(row[3]))) for row in connection.execute(ALL)
        )


class SqlLease:
    """A lease by its name; `me` names this process's life."""

    def __init__(self, store: SqlStore, name: str = LEADER, me: str = "") -> None:
        self._store = store
        self._name = name
        self.me = me or new_life()

    def take(self, seconds: float) -> TakenLease | None:
        """Take or keep the lease."""
        with self._store.changing() as connection:
            found = self._read(connection)
            if found is None:
                connection.execute(SEED, {"name": self._name})
            ended = found.holder if found and found.holder != self.me and has_ended(found.holder) else "-"
            term = connection.execute(
                TAKE, {"name": self._name, "me": self.me, "seconds": seconds, "ended": ended}
            ).scalar()
        if term is None:
            return None
        is_anothers = found is not None and found.holder not in {NOBODY, self.me}
        return TakenLease(term=int(term), after=found if is_anothers else None)

    def give_up(self) -> None:
        """Let the next one take it at once."""
        with self._store.changing() as connection:
            connection.execute(GIVE_UP, {"name": self._name, "me": self.me})

    def forget(self) -> None:
        """Give up one that nobody else will want, and those of processes that died long ago."""
        with self._store.changing() as connection:
            connection.execute(FORGET, {"name": self._name, "me": self.me, "leader": LEADER, "old": OLD})

    def in_charge(self, term: int) -> AbstractContextManager[None]:
        """Let what this thread does count only while the leader's term goes on."""
        return self._store.in_charge(term)

    def held(self) -> Held | None:
        """Return how it stands."""
        with self._store.connected() as connection:
            return self._read(connection)

    def named(self, name: str) -> "SqlLease":
        """Return the lease of another name."""
        return SqlLease(self._store, name, self.me)

    def _read(self, connection: Connection) -> Held | None:
        row = connection.execute(HELD, {"name": self._name}).one_or_none()
        return None if row is None else Held(holder=row[0], term=row[1], seconds=float(row[2]))
