"""A lock that all processes on one database share; it is gone with the process that held it.

On PostgreSQL it is gone with the session as well, which a process may lose while it sleeps. So the lock alone proves
nothing: whoever comes in begins a term in the table `fence`, and what was looked at in an older term is not acted on.
On SQLite the lock stays with a process that sleeps, and a term goes on until another process comes in.
"""

import fcntl
import os
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import structlog
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from engine.adapters.files import private
from engine.adapters.sql.write_lock import WriteLock
from engine.errors import StoreUnavailable
from engine.model.desk import Term
from engine.ports.store import LOOK_HOLDS

log = structlog.get_logger()

ORDER_LOCK = 7_203_412
"""The advisory lock on PostgreSQL: any number that nobody else uses."""
LOOK = 0.005
"""Seconds between two looks at a file that another process holds."""
TAKEN_OVER_AFTER = 3.0
"""Seconds that a halt waits for an order that is on its way; then its term is ended, whatever becomes of it."""
NOT_IN_TIME = "55P03"
"""What PostgreSQL says of a lock that was not had in time."""

ENTER = text(
    "UPDATE fence SET term = fence.term + 1, holder = :me, is_held = TRUE "
    "FROM (SELECT id, holder, is_held FROM fence WHERE id = 1 FOR UPDATE) AS before WHERE fence.id = before.id "
    "RETURNING fence.term, before.is_held AND before.holder <> :me"
)
LEAVE = text("UPDATE fence SET is_held = FALSE WHERE id = 1 AND holder = :me")
NOW = text("SELECT term, holder FROM fence WHERE id = 1")
TAKE = text("UPDATE fence SET term = term + 1, holder = :me, is_held = FALSE WHERE id = 1 RETURNING term")


class _LockHeldTooLong(StoreUnavailable):
    """Somebody holds the order lock for longer than one waits for it."""


class OrderLock:
    """Lets one at a time pass, in this process and all others that use the same database.

    On PostgreSQL `engine` must not begin transactions by itself: the lock belongs to a session.
    """

    def __init__(self, engine: Engine, patience: float) -> None:
        self._engine = engine
        self._patience = patience
        self._turns = WriteLock()
        self._me = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        name = engine.url.database or ""
        self._file = (
            Path(f"{name}-passage") if engine.dialect.name == "sqlite" and name not in {"", ":memory:"} else None
        )

    @contextmanager
    def hold(self, *, urgent: bool = False) -> Iterator[Term]:
        """Hold the lock, and give its term; raises StoreUnavailable where it is not had in time.

        One who is urgent ends the term of whoever keeps it for too long, and goes on once nothing of it can leave.
        """
        ends = time.monotonic() + (min(TAKEN_OVER_AFTER, self._patience) if urgent else self._patience)
        with ExitStack() as stack:
            try:
                term = stack.enter_context(self._held(ends, is_urgent=urgent))
            except _LockHeldTooLong:
                if not urgent:
                    raise
                term = self._taken_over()
            yield term

    @contextmanager
    def _held(self, ends: float, *, is_urgent: bool) -> Iterator[Term]:
        # This process's own threads wait here, so that they do not hold a connection each while they do.
        if not self._turns.take(ends - time.monotonic(), is_urgent=is_urgent):
            raise _LockHeldTooLong("an order has been on its way for too long")
        try:
            with self._shared(ends) as term:
                yield term
        finally:
            self._turns.end()

    def _shared(self, ends: float) -> AbstractContextManager[Term]:
        if self._engine.dialect.name == "postgresql":
            return self._advisory_lock(ends)
        return self._file_lock(self._file, ends) if self._file else self._nobody_else()

    @contextmanager
    def _advisory_lock(self, ends: float) -> Iterator[Term]:
        with self._engine.connect() as connection:
            try:
                self._lock(connection, ends)
                term = self._enter(connection)
            except _LockHeldTooLong:
                raise
            except BaseException:
                connection.invalidate()  # which ends the session, and with it the lock and the shorter wait
                raise
            try:
                yield term
            finally:
                self._leave(connection, term)

    def _lock(self, connection: Connection, ends: float) -> None:
        left = max(1, round((ends - time.monotonic()) * 1000))
        is_shorter = left < self._patience * 500  # else what the session has anyway will do, and is a request less
        usual = f"SET lock_timeout = {self._patience * 1000:.0f}"
        try:
            if is_shorter:
                connection.exec_driver_sql(f"SET lock_timeout = {left}")
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({ORDER_LOCK})")
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", "") != NOT_IN_TIME:
                raise
            if is_shorter:
                connection.exec_driver_sql(usual)
            raise _LockHeldTooLong("an order of another process has been on its way for too long") from error
        if is_shorter:
            connection.exec_driver_sql(usual)

    def _enter(self, connection: Connection) -> Term:
        """Begin a term; whoever did not leave the one before may have looked already, and is waited for."""
        number, was_kept = connection.execute(ENTER, {"me": self._me}).one()
        if was_kept:
            log.warning("order_lock_was_not_left", term=number)
            time.sleep(LOOK_HOLDS)
        return Term(number=number, holder=self._me)

    def _leave(self, connection: Connection, term: Term) -> None:
        try:
            is_left = bool(connection.execute(LEAVE, {"me": self._me}).rowcount)
            is_unlocked = connection.exec_driver_sql(f"SELECT pg_advisory_unlock({ORDER_LOCK})").scalar()
        except DBAPIError as error:
            connection.invalidate()  # the lock ends with the session, which is not used again
            log.warning("order_lock_lost", term=term.number, error=repr(error.orig))
            return
        if not (is_left and is_unlocked):
            log.warning("order_lock_lost", term=term.number, error="somebody else came in meanwhile")

    @contextmanager
    def _file_lock(self, path: Path, ends: float) -> Iterator[Term]:
        try:
            file = os.fdopen(private(str(path), os.O_WRONLY | os.O_CREAT), "wb")
        except OSError as error:
            raise StoreUnavailable(f"the database's folder is out of reach: {error.strerror}") from error
        with file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > ends:
                        raise _LockHeldTooLong("an order of another process has been on its way for too long") from None
                    time.sleep(LOOK)
            yield self._own_term()  # closing the file lets the next one in

    @contextmanager
    def _nobody_else(self) -> Iterator[Term]:
        """A database in memory has no other process."""
        yield self._own_term()

    def _own_term(self) -> Term:
        """Return the term that is now, where it is this process's, else begin one."""
        with self._engine.connect() as connection:
            number, holder = connection.execute(NOW).one()
            if holder != self._me:
                number = connection.execute(TAKE, {"me": self._me}).scalar_one()
        return Term(number=number, holder=self._me)

    def _taken_over(self) -> Term:
        """End the term of whoever keeps the lock, and wait until nothing that was looked at in that term can leave."""
        with self._engine.connect() as connection:
            number = connection.execute(TAKE, {"me": self._me}).scalar_one()
        log.warning("order_lock_taken_over", term=number)
        time.sleep(LOOK_HOLDS)
        return Term(number=number, holder=self._me)
