import threading
from pathlib import Path

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

log = structlog.get_logger()

EVERY = 1.0
"""Seconds between two looks at what was written aside."""
ENOUGH = 4 * 2**20
"""Bytes that SQLite may write beside its file before they are brought into it, as it would do by itself."""
TOO_MUCH = 64 * ENOUGH
"""Bytes at which the file beside it is cut off: readers that followed each other without a gap have let it grow."""
MOMENT = 100
"""Milliseconds for which writers may wait until the last reader of that file is done."""


class Checkpoints:
    """Brings what SQLite wrote aside into its file, in a thread of its own: a commit never waits for that."""

    def __init__(self, engine: Engine, file: Path | None) -> None:
        self._engine = engine
        self._aside = file and file.with_name(f"{file.name}-wal")
        self._ends = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def ensure_started(self) -> None:
        """Look after what was written, from the first writing on."""
        if self._aside is None or self._thread is not None:
            return
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._look_after, name="checkpoints", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Look after it no longer."""
        self._ends.set()
        if self._thread is not None:
            self._thread.join()

    def _look_after(self) -> None:
        while not self._ends.wait(EVERY):
            size = self._size()
            if size < ENOUGH:
                continue
            try:
                self._bring_in(is_too_much=size > TOO_MUCH)
            except SQLAlchemyError as error:
                log.warning("checkpoint_failed", error=str(error))

    def _bring_in(self, *, is_too_much: bool) -> None:
        with self._engine.connect() as connection:
            if not is_too_much:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
                return
            patience = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {MOMENT}")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {patience}")

    def _size(self) -> int:
        """Return the bytes written aside; where there are none, or nobody can tell, there is nothing to do."""
        try:
            return self._aside.stat().st_size if self._aside else 0
        except OSError:
            return 0
