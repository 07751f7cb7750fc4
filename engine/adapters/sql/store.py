"""The database in SQLite or PostgreSQL: opened, brought up to date, read and written here."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    PendingRollbackError,
    StatementError,
    TimeoutError as NoConnection,
)

from engine.adapters.files import make_private
from engine.adapters.sql.checkpoints import Checkpoints
from engine.adapters.sql.database import connect, shares_sessions
from engine.adapters.sql.desk_tables import LeaseRow
from engine.adapters.sql.migrations import current, upgrade
from engine.adapters.sql.order_lock import OrderLock
from engine.adapters.sql.reader import SqlReader
from engine.adapters.sql.signals import KnownSignals
from engine.adapters.sql.sqlite_file import SameFile
from engine.adapters.sql.transaction import SqlTransaction
from engine.adapters.sql.write_lock import WriteLock
from engine.errors import Fenced, SettingsInvalid, StoreUnavailable
from engine.model.desk import Term
from engine.ports.lease import LEADER
from engine.ports.store import Reader, Transaction

MISSED_ROW = frozenset({"23503", "SQLITE_CONSTRAINT_FOREIGNKEY"})
"""What PostgreSQL and SQLite call it where a row that is named is not there."""
PATIENCE = 30.0
"""Seconds that a reader or writer waits for its turn before the database counts as out of reach."""
LEADERS_TERM = select(LeaseRow.term).where(LeaseRow.name == bindparam("name"))

_leads_in: ContextVar[int | None] = ContextVar("leads_in", default=None)


class SqlStore:
    """The port Store on a database of the newest schema, found by its URL."""

    def __init__(self, url: str, *, patience: float = PATIENCE) -> None:
        self._database = connect(url, patience)
        self._patience = patience
        self._turns = WriteLock()
        self._known = KnownSignals()
        self._file = SameFile(self._database.file)
        self._checkpoints = Checkpoints(self._database.sessions, self._database.file)
        self._order_lock = OrderLock(self._database.sessions, patience)

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """Open the database for reading, as of one instant."""
        with _faults_named(), self._database.reading() as connection:
            self._file.check()
            yield SqlReader(connection, self._known)

    @contextmanager
    def writing(self, term: Term | None = None, *, urgent: bool = False) -> Iterator[Transaction]:
        """Open the database for writing, when it is this writer's turn; raises Fenced once `term` is over."""
        with (
            self._turn_to_write(is_urgent=urgent),
            _faults_named(),
            self._database.writing() as connection,
        ):
            self._file.check()
            self._refuse_old_leader(connection)
            transaction = SqlTransaction(connection, self._known)
            if term is not None and transaction.term() != term:
                raise Fenced(f"term {term.number} is over")
            yield transaction
            transaction.seal()
            self._file.check()
        self._checkpoints.ensure_started()

    @contextmanager
    def order_lock(self, *, urgent: bool = False) -> Iterator[Term]:
        """Hold what only one process at a time may do outside, in a term of one's own; raises StoreUnavailable."""
        with _faults_named(), self._order_lock.hold(urgent=urgent) as term:
            if _leads_in.get() is not None:
                with self._database.reading() as connection:
                    self._refuse_old_leader(connection)
            yield term

    @contextmanager
    def in_charge(self, term: int) -> Iterator[None]:
        """Let what this thread does count only while no other process has begun a later term of the lease."""
        before = _leads_in.set(term)
        try:
            yield
        finally:
            _leads_in.reset(before)

    def _refuse_old_leader(self, connection: Connection) -> None:
        mine = _leads_in.get()
        if mine is None or connection.dialect.name != "postgresql":
            return
        newest = connection.execute(LEADERS_TERM, {"name": LEADER}).scalar()
        if newest is not None and newest != mine:
            raise Fenced(f"another process leads since: term {newest} goes on, and {mine} is over")

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """Give a connection that reads, as of one instant, to what belongs to this adapter."""
        with _faults_named(), self._database.reading() as connection:
            self._file.check()
            yield connection

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """Give a connection that writes, when it is this writer's turn, to what belongs to this adapter."""
        with self._turn_to_write(), _faults_named(), self._database.writing() as connection:
            self._file.check()
            yield connection
            self._file.check()
        self._checkpoints.ensure_started()

    @contextmanager
    def apart(self) -> Iterator[Connection]:
        """Give a connection that commits each statement by itself, for work that must make no writer of trades wait."""
        with _faults_named(), self._database.sessions.connect() as connection:
            yield connection

    def make_file(self) -> None:
        """Make the file of a database that is one, for its owner alone; raises StoreUnavailable, for a link too."""
        if self._database.file is None:
            return
        try:
            make_private(self._database.file)
        except OSError as error:
            raise StoreUnavailable(
                f"the database cannot be opened: {self._database.file} ({error.strerror})"
            ) from error

    def require_own_sessions(self) -> None:
        """Raise SettingsInvalid behind a pooler that would make the order lock, which belongs to a session, useless."""
        if self._database.sessions.dialect.name == "sqlite":
            return
        with _faults_named():
            if shares_sessions(self._database.sessions):
                raise SettingsInvalid(
                    "DATABASE_URL: a pooler there hands sessions on after each transaction, and with them the lock"
                    " under which orders are sent; expected session pooling (PgBouncer: pool_mode = session)"
                )

    def revision(self) -> str:
        """Return the schema's revision, '' when there is none yet; changes nothing."""
        with _faults_named(), self._database.reading() as connection:
            return current(connection) or ""

    def upgrade(self) -> None:
        """Bring the schema up to date."""
        with self._turn_to_write(), _faults_named(), self._database.writing() as connection:
            if connection.dialect.name == "postgresql":  # to work rows over may take a while
                connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
            upgrade(connection)
            self._file.check()

    def close(self) -> None:
        """Close every connection; the last one brings what SQLite wrote aside into its file."""
        self._checkpoints.stop()
        self._database.close()

    @contextmanager
    def _turn_to_write(self, *, is_urgent: bool = False) -> Iterator[None]:
        """Wait for the other writers of this process; without a connection, so that readers never lack one."""
        if not self._turns.take(self._patience, is_urgent=is_urgent):
            raise StoreUnavailable("another writer has held the database for too long")
        try:
            yield
        finally:
            self._turns.end()


def open_store(url: str, *, patience: float = PATIENCE) -> SqlStore:
    """Open the database at a URL, such as 'sqlite:///desk.db', with its schema brought up to date.

    Raises StoreUnavailable, and SettingsInvalid for a PostgreSQL whose sessions are not one's own.
    """
    store = SqlStore(url, patience=patience)
    try:
        store.make_file()
        store.require_own_sessions()
        store.upgrade()
    except BaseException:
        store.close()
        raise
    return store


@contextmanager
def _faults_named() -> Iterator[None]:
    """Name a fault by its consequence: ValueError for a value the database cannot take, else StoreUnavailable.

    Where what a row belongs to is gone, the database is another one than a moment ago: it was put back, or fell over.
    """
    try:
        yield
    except (IntegrityError, DataError) as fault:
        if _misses_a_row(fault):
            raise StoreUnavailable(f"the database lost what this belongs to: {fault.orig}") from fault
        raise ValueError(f"the database refused a value: {fault.orig}") from fault
    except DBAPIError as fault:
        raise StoreUnavailable(f"the database is out of reach: {fault.orig}") from fault
    except PendingRollbackError as fault:
        raise StoreUnavailable("the connection to the database was lost, and what was begun on it with it") from fault
    except NoConnection as fault:
        raise StoreUnavailable("no connection to the database became free in time") from fault
    except StatementError as fault:
        raise ValueError(f"this value cannot be kept: {fault.orig}") from fault


def _misses_a_row(fault: DBAPIError) -> bool:
    names = (getattr(fault.orig, name, "") for name in ("sqlstate", "sqlite_errorname"))
    return not MISSED_ROW.isdisjoint(names)
