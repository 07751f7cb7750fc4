"""Copies of a database that desks use, and what puts one of them back: a restore, or a failover that lost seconds.

Both are done as an operator does them: a copy is of one instant, and putting it back leaves nothing of what was there.
A desk that runs meanwhile finds another file in the place of its own, or its connections cut.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, LiteralString, Protocol

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from engine.ports.clock import Clock
from tests.support.servers import TEMPLATE
from tests.support.waiting import until

BESIDE = ("", "-wal", "-shm")
"""What SQLite keeps beside a database's file, and the file itself."""
MOST = 8
"""Copies that are kept."""
A_MOMENT = timedelta(seconds=1)
"""Within which an order arrives that was on its way when the database fell back."""
OUTBOX = "SELECT key, delivered OR attempted_at IS NOT NULL FROM outbox"
"""Each notice, and whether it may stand in Slack."""

Outbox = dict[str, bool]
"""The same, by their keys."""


@dataclass(frozen=True, kw_only=True)
class Loss:
    """What a database lost: all since `since`, some time from `began` to `ended`.

    Notices are named by their keys, with whether each may stand in Slack.
    """

    since: datetime
    began: datetime
    ended: datetime
    notices: Mapping[str, bool]
    while_it_ran: bool


class Place(Protocol):
    """Where a database stands."""

    def copied(self) -> Any:
        """Return a copy of now."""
        ...

    def put_back(self, copy: Any) -> tuple[Outbox, Outbox]:
        """Put a copy back, whoever uses the database; return the outbox that is gone, and the one that came back.

        The latter as the copy has it: whoever uses the database may tell more as soon as it is there.
        """
        ...


@dataclass
class Copies:
    """The last copies of a database, oldest first."""

    place: Place
    kept: list[tuple[datetime, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, url: str, folder: Path) -> "Copies":
        """Make copies of the database at a URL, those that are files in a folder."""
        address = make_url(url)
        if address.get_backend_name() == "sqlite":
            return cls(SqliteFile(Path(address.database or ""), folder))
        return cls(PostgresDatabase(url))

    def take(self, now: datetime) -> None:
        """Take a copy."""
        self.kept = [*self.kept[1 - MOST :], (now, self.place.copied())]

    def put_back(self, number: int, clock: Clock, *, while_it_ran: bool) -> Loss:
        """Put one of the kept copies back; those that came after it are of a time that is no more."""
        since, copy = self.kept[number]
        self.kept = self.kept[: number + 1]
        began, (before, after), ended = clock.now(), self.place.put_back(copy), clock.now()
        lost = {
            key: delivered for key, delivered in before.items() if key not in after or (delivered and not after[key])
        }
        return Loss(since=since, began=began, ended=ended, notices=lost, while_it_ran=while_it_ran)


class SqliteFile:
    """A database that is a file, with what stands beside it."""

    def __init__(self, file: Path, folder: Path) -> None:
        self._file = file
        self._folder = folder
        self._numbers = count(1)

    def copied(self) -> Path:
        copy = self._folder / f"copy-{next(self._numbers)}.db"
        with closing(sqlite3.connect(self._file)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        return copy

    def put_back(self, copy: Path) -> tuple[Outbox, Outbox]:
        gone, fresh = self._folder / "gone.db", self._folder / "fresh.db"
        fresh.write_bytes(copy.read_bytes())
        for name in BESIDE:
            with suppress(FileNotFoundError):
                Path(f"{self._file}{name}").replace(f"{gone}{name}")
        fresh.replace(self._file)
        lost = _outbox_of(gone)
        for name in BESIDE:
            Path(f"{gone}{name}").unlink(missing_ok=True)
        return lost, _outbox_of(copy)


def _outbox_of(file: Path) -> Outbox:
    with closing(sqlite3.connect(file)) as connection:
        return {key: bool(said) for key, said in connection.execute(OUTBOX)}


@dataclass(frozen=True, kw_only=True)
class Dump:
    """Every row of a PostgreSQL database, in its own writing, by table; and where its sequences stood."""

    rows: Mapping[str, bytes]
    sequences: Sequence[tuple[str, int | None]]


class PostgresDatabase:
    """A database of a server; a copy is put back under its name, and the one that had the name is dropped."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._name = make_url(url).database or ""
        self._numbers = count(1)

    def copied(self) -> Dump:
        with psycopg.connect(self._url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            rows = {name: self._read(connection, name) for (name,) in tables}
            last = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
            return Dump(rows=rows, sequences=connection.execute(last).fetchall())

    def put_back(self, copy: Dump) -> tuple[Outbox, Outbox]:
        fresh, gone = (f"{self._name}_{what}_{next(self._numbers)}" for what in ("fresh", "gone"))
        self._order("CREATE DATABASE {} TEMPLATE {}", fresh, TEMPLATE)
        self._fill(fresh, copy)
        kept = self._outbox_of(fresh)
        self._order("ALTER DATABASE {} ALLOW_CONNECTIONS false", self._name)
        self._take_the_name(gone)
        self._order("ALTER DATABASE {} RENAME TO {}", fresh, self._name)
        self._order("ALTER DATABASE {} ALLOW_CONNECTIONS true", gone)
        lost = self._outbox_of(gone)
        self._order("DROP DATABASE {} WITH (FORCE)", gone)
        return lost, kept

    def _read(self, connection: psycopg.Connection, table: str) -> bytes:
        command = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(table))
        with connection.cursor().copy(command) as rows:
            return b"".join(bytes(part) for part in rows)

    def _fill(self, name: str, copy: Dump) -> None:
        with psycopg.connect(self._at(name)) as connection:
            connection.execute("SET session_replication_role = replica")  # rows come in any order
            names = sql.SQL(", ").join(map(sql.Identifier, copy.rows))
            connection.execute(sql.SQL("TRUNCATE {}").format(names))
            for table, rows in copy.rows.items():
                command = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(table))
                with connection.cursor().copy(command) as target:
                    target.write(rows)
            for sequence, last in copy.sequences:
                if last is not None:
                    connection.execute("SELECT setval(%s, %s)", (sequence, last))

    def _take_the_name(self, other: str) -> None:
        """Give the database another name, and cut whoever uses it until that can be done."""

        def renamed() -> bool:
            self._cut_connections()
            with suppress(psycopg.errors.ObjectInUse):
                self._order("ALTER DATABASE {} RENAME TO {}", self._name, other)
                return True
            return False

        until(renamed)

    def _cut_connections(self) -> None:
        with psycopg.connect(self._at("postgres"), autocommit=True) as connection:
            users = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            connection.execute(users, (self._name,))

    def _outbox_of(self, name: str) -> Outbox:
        with psycopg.connect(self._at(name)) as connection:
            return dict(connection.execute(OUTBOX).fetchall())

    def _order(self, command: LiteralString, *names: str) -> None:
        with psycopg.connect(self._at("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(command).format(*map(sql.Identifier, names)))

    def _at(self, name: str) -> str:
        return make_url(self._url).set(database=name).render_as_string(hide_password=False)
