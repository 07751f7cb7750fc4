"""What a soaked desk keeps: its books in SQLite or PostgreSQL, and Valkey. Read without any of the desk's own pools."""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import redis
from sqlalchemy import make_url

from engine.adapters.celery.app import QUEUE
from engine.instance_id import SEPARATOR
from engine.ports.stream import SIGNAL_STREAM

WAITING = "SELECT trades.id, ts FROM trades JOIN messages ON key = trades.id || ':card' WHERE state = 'proposed'"
AUDIT = ("at", "actor", "action", "subject", "said", "outcome", "why", "request", "hash")
LATER_AUDIT = (
    f"SELECT max(number), sum({' + '.join(f'length(CAST({name} AS TEXT))' for name in AUDIT)})"  # noqa: S608 (constants)
    " FROM audit WHERE number > {}"
)

QUEUED, UNDER_WAY = f"trading_bot:{QUEUE}", "trading_bot:unacked"
"""Where Celery keeps messages that wait for a worker, and those that one has taken."""
BESIDE = "soak"
"""How connections are named that are not the desk's."""
SIZES = """
SELECT pg_database_size(current_database()), count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND application_name <> %s
"""


class Books(ABC):
    """The desk's database; of the audit, to which rows are only added, no row is read twice."""

    def __init__(self) -> None:
        self._last_row, self._audit_bytes = 0, 0

    @abstractmethod
    def open(self) -> Any:
        """Open what is asked by `execute`, a context manager."""

    @abstractmethod
    def sizes(self, books: Any) -> Mapping[str, float]:
        """Return what the database takes on the disk, and what is its own beside tables."""

    @abstractmethod
    def tables(self, books: Any) -> Sequence[str]:
        """Return the names of its tables."""

    def values(self) -> Mapping[str, float]:
        """Return every figure of the database."""
        with self.open() as books:
            later = books.execute(LATER_AUDIT.format(self._last_row)).fetchone()
            if later[0] is not None:
                self._last_row, self._audit_bytes = later[0], self._audit_bytes + int(later[1])
            return {
                **self.sizes(books),
                **_rows(books, self.tables(books), ""),
                "audit, kB": self._audit_bytes / 1024,
                "outbox waiting": float(books.execute("SELECT count(*) FROM outbox WHERE NOT delivered").fetchone()[0]),
            }

    def tasks_done(self) -> list[tuple[str, int]]:
        """Return the kind of each task that was done and is still kept, and the process that did it."""
        with self.open() as books:
            rows = books.execute("SELECT job, holder FROM tasks WHERE state = 'done'").fetchall()
            return [(job.partition(".")[0], int(life.split(SEPARATOR)[1])) for job, life in rows]

    def waiting(self) -> list[tuple[str, str]]:
        """Return the proposals that wait, each with where its card stands."""
        with self.open() as books:
            return [(str(trade), str(ts)) for trade, ts in books.execute(WAITING).fetchall()]


class SqliteBooks(Books):
    """The desk's file in a folder, and that of the paper broker beside it."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def open(self) -> Any:
        """Open the desk's file to read."""
        return _file(self._folder / "desk.db")

    def sizes(self, books: Any) -> Mapping[str, float]:
        """Return the size of all files, and the rows of the broker's."""
        del books
        with _file(self._folder / "paper.db") as paper:
            return {
                "books, MB": sum(file.stat().st_size for file in self._folder.glob("*.db")) / 2**20,
                "write-ahead log, MB": sum(file.stat().st_size for file in self._folder.glob("*.db-wal")) / 2**20,
                **_rows(paper, self.tables(paper), "paper "),
            }

    def tables(self, books: Any) -> Sequence[str]:
        """Return the names of its tables."""
        found = books.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        return [name for (name,) in found if not name.startswith("sqlite_")]


class PostgresBooks(Books):
    """The desk's database at a URL of SQLAlchemy's."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)

    def open(self) -> Any:
        """Open a connection beside the desk's."""
        return psycopg.connect(self._url, autocommit=True, application_name=BESIDE)

    def sizes(self, books: Any) -> Mapping[str, float]:
        """Return the size of the database, and how many connections the desk has to it."""
        size, connections = books.execute(SIZES, (BESIDE,)).fetchone()
        return {"books, MB": size / 2**20, "database connections": float(connections)}

    def tables(self, books: Any) -> Sequence[str]:
        """Return the names of its tables."""
        found = books.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        return [name for (name,) in found]


def valkey_values(valkey: redis.Redis) -> Mapping[str, float]:
    """Return every figure of a Valkey; what is there for as long as a message to a worker is counts as messages."""
    there = _told(valkey.exists(QUEUED, UNDER_WAY, f"{UNDER_WAY}_index"))
    space = _told(valkey.info("keyspace")).get("db0", {})
    return {
        "Valkey memory, MB": float(_told(valkey.info("memory"))["used_memory"]) / 2**20,
        "Valkey keys": float(_told(valkey.dbsize())),
        "Valkey keys without an end": float(space.get("keys", 0) - space.get("expires", 0) - there),
        "Valkey stream": float(_told(valkey.xlen(SIGNAL_STREAM))),
        "messages to workers": float(_told(valkey.llen(QUEUED)) + _told(valkey.hlen(UNDER_WAY))),
    }


@contextmanager
def _file(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as books:
        yield books


def _rows(books: Any, tables: Sequence[str], prefix: str) -> dict[str, float]:
    """Count the rows of tables."""
    return {
        f"rows {prefix}{name}": float(books.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608 (its own)
        for name in tables
    }


def _told(answer: Any) -> Any:
    """Return an answer of Valkey's, which redis-py types as a promise too."""
    return answer
