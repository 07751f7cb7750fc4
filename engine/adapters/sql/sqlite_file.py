import os
from pathlib import Path

from engine.errors import StoreUnavailable


class SameFile:
    """The file of a database, which must stay the one that was opened.

    A process goes on reading and writing a file that was deleted, and nobody else ever sees what it wrote.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._opened: tuple[int, int] | None = None

    def check(self) -> None:
        """Remember the file, once it is open.

        Raises StoreUnavailable when another one, or none, stands in its place.
        """
        if self._path is None:
            return
        try:
            status = os.stat(self._path)  # noqa: PTH116 (a microsecond, where each read and write is looked at)
        except OSError as error:
            raise StoreUnavailable(f"the database's file is gone: {self._path}") from error
        found = (status.st_dev, status.st_ino)
        if self._opened is None:
            self._opened = found
        if found != self._opened:
            raise StoreUnavailable(f"another file stands where the database was: {self._path}")
