"""How to reach SQLite or PostgreSQL so that a reader sees one instant and writers take turns."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.event import listen
from sqlalchemy.pool import ConnectionPoolEntry

from engine.adapters.sql.compiled import COMPILED

POOL_SIZE = 10
WRITERS_TURN = 7_203_411
"""The advisory lock that a writer holds on PostgreSQL: any number that nobody else uses."""
SLEEPS = 5.0
"""Seconds of silence after which PostgreSQL ends a writer's turn and undoes what it wrote.

A stopped process is silent, and must not keep others from halting or from taking the lease.
"""
SILENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""libpq's own options for a server whose machine is gone, or whose packets are: seconds, but milliseconds the last.

Without them a statement waits a quarter of an hour for TCP to give up, or two hours for its answer, and nobody leads.
What DATABASE_URL says itself goes before.
"""
TAKE_THE_TURN = (
    f"SELECT set_config('idle_in_transaction_session_timeout', '{SLEEPS * 1000:.0f}', TRUE),"
    f" pg_advisory_xact_lock({WRITERS_TURN})"
)

SQLITES_READING, SQLITES_WRITING = "BEGIN", "BEGIN IMMEDIATE"

SESSION = "SELECT pg_backend_pid()"
LOOKS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Database:
    """One pool of connections, the two ways to begin a transaction on it, and sessions without any.

    `to_read` and `to_write` are the first statements of a transaction, where it needs one. They are no listeners of
    SQLAlchemy's: with one listener every statement looks for those of each of its steps, a fifth of what it costs.
    `file` is where a database that is a file stands.
    """

    readers: Engine
    writers: Engine
    sessions: Engine
    to_read: str = ""
    to_write: str
    file: Path | None = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that reads as of one instant."""
        with self.readers.connect() as connection:
            if self.to_read:
                connection.exec_driver_sql(self.to_read)
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection that writes while no other does, and commit what it wrote unless the block raises."""
        with self.writers.begin() as connection:
            connection.exec_driver_sql(self.to_write)
            yield connection

    def close(self) -> None:
        """Close every connection: what nobody uses now, the others as soon as they are given back."""
        listen(self.sessions.pool, "checkin", _close)
        self.sessions.dispose()


def connect(address: str, patience: float) -> Database:
    """Prepare the database at a URL without touching it yet; `patience` is how many seconds to wait for a turn."""
    url = make_url(address)
    return _sqlite(url, patience) if url.get_backend_name() == "sqlite" else _postgresql(url, patience)


def _sqlite(url: URL, patience: float) -> Database:
    pool = create_engine(
        url, pool_size=POOL_SIZE, pool_timeout=patience, execution_options={"compiled_cache": COMPILED}
    )
    listen(pool, "connect", partial(_prepare_sqlite, patience=patience))
    file = Path(url.database) if url.database and url.database != ":memory:" else None
    return Database(
        readers=pool, writers=pool, sessions=pool, to_read=SQLITES_READING, to_write=SQLITES_WRITING, file=file
    )


def _prepare_sqlite(connection: Any, _record: object, *, patience: float) -> None:
    try:
        _set_up(connection, patience)
    except BaseException:
        connection.close()  # the pool does not know it yet
        raise


def _set_up(connection: Any, patience: float) -> None:
    connection.isolation_level = None  # Python's driver would begin late, and never for a read
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {patience * 1000:.0f}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # in WAL mode a lesser one may lose the last trades in a power cut
    cursor.execute("PRAGMA wal_autocheckpoint = 0")  # a commit in a hurry would wait for it; see Checkpoints
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _postgresql(url: URL, patience: float) -> Database:
    pool = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=POOL_SIZE,
        pool_timeout=patience,
        pool_pre_ping=True,
        connect_args={name: value for name, value in SILENCE.items() if name not in url.query},
        execution_options={"compiled_cache": COMPILED},
    )
    # By a statement, because poolers such as PgBouncer accept no options at the connection.
    listen(pool, "connect", partial(_prepare_postgresql, patience=patience))
    listen(pool, "checkin", _go_by_the_server)
    return Database(
        readers=pool.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True),
        # The lock is a statement like any other: a snapshot taken with it would be older than the writer before.
        writers=pool.execution_options(isolation_level="READ COMMITTED"),
        sessions=pool.execution_options(isolation_level="AUTOCOMMIT"),
        to_write=TAKE_THE_TURN,
    )


def _prepare_postgresql(connection: Any, _record: object, *, patience: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {patience * 1000:.0f}")
    connection.commit()


def _go_by_the_server(connection: Any, _record: object) -> None:
    """Let the server say whether its next transaction may write: after a reader SQLAlchemy asks for one that may.

    A server that is read-only by default, as hosts set it when a disk fills up, would take some writes and not others.
    """
    if connection is not None and not connection.closed:
        connection.read_only = None


def shares_sessions(sessions: Engine) -> bool:
    """Tell whether a pooler before PostgreSQL hands a session on to another client after each transaction.

    Two connections that are open at once have a session each and keep it. Behind such a pooler they have by turns the
    one that was free last, or the one that waited longest.
    """
    with sessions.connect() as one, sessions.connect() as other:
        mine, theirs = ({each.exec_driver_sql(SESSION).scalar_one() for _ in range(LOOKS)} for each in (one, other))
        mine.add(one.exec_driver_sql(SESSION).scalar_one())
    return len(mine) > 1 or len(theirs) > 1 or mine == theirs


def _close(_connection: object, record: ConnectionPoolEntry) -> None:
    record.close()
