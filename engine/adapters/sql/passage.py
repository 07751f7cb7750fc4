"""A lock that all processes on one database share; it is gone with the process that held it."""

import fcntl
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from engine.errors import MustHalt

log = structlog.get_logger()

PASSAGE = 7_203_412
"""The advisory lock on PostgreSQL: any number that nobody else uses."""
LOOK = 0.005
"""Seconds between two looks at a file that another process holds."""


class Passage:
    """Lets one at a time pass, in this process and all others that use the same database.

    On PostgreSQL `engine` must not begin transactions by itself: the lock belongs to a session.
    """

    def __init__(self, engine: Engine, patience: float) -> None:
        self._engine = engine
        self._patience = patience
        self._turn = threading.Lock()
        name = engine.url.database or ""
        self._file = (
            Path(f"{name}-passage") if engine.dialect.name == "sqlite" and name not in {"", ":memory:"} else None
        )

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the passage; raises MustHalt where it is not had in time."""
        # This process's own threads wait here, so that they do not hold a connection each while they do.
        if not self._turn.acquire(timeout=self._patience):
            raise MustHalt("an order has been on its way for too long")
        try:
            with self._shared():
                yield
        finally:
            self._turn.release()

    def _shared(self) -> AbstractContextManager[None]:
        if self._engine.dialect.name == "postgresql":
            return self._advisory_lock()
        return self._file_lock(self._file) if self._file else _nobody_else()

    @contextmanager
    def _advisory_lock(self) -> Iterator[None]:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({PASSAGE})")
            try:
                yield
            finally:
                try:
                    connection.exec_driver_sql(f"SELECT pg_advisory_unlock({PASSAGE})")
                except DBAPIError as error:
                    connection.invalidate()  # the lock ends with the session, which is not used again
                    log.warning("passage_session_lost", error=repr(error.orig))

    @contextmanager
    def _file_lock(self, path: Path) -> Iterator[None]:
        ends = time.monotonic() + self._patience
        try:
            file = path.open("wb")
        except OSError as error:
            raise MustHalt(f"the database's folder is out of reach: {error.strerror}") from error
        with file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > ends:
                        raise MustHalt("an order of another process has been on its way for too long") from None
                    time.sleep(LOOK)
            yield  # closing the file lets the next one in


@contextmanager
def _nobody_else() -> Iterator[None]:
    """A database in memory has no other process."""
    yield
