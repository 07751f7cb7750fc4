"""What is known outside the database: the desk's last state, in one place or several, and what anchors the audit."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from engine.adapters.files import alone_in, read, replace
from engine.errors import MemoryUnavailable
from engine.model.audit import Anchor
from engine.model.desk import DeskState
from engine.model.desk_record import UNREADABLE, DeskRecord
from engine.ports.memory import DeskMemory, whatever_was_known

PATIENCE: Final = 1.0
"""Seconds that a halt waits for another writer of the same file; keeping the halt matters more than the order."""


class FileMemory:
    """The port DeskMemory in one small file, which is whole at every moment, also after a power cut."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._turn = threading.Lock()

    def read(self) -> DeskRecord | None:
        """Return what was written last, None where there is no file; UNREADABLE where that cannot be told."""
        try:
            return DeskRecord.read(read(self.path))
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            return UNREADABLE

    def write(self, record: DeskRecord, may_replace: Callable[[DeskRecord | None], bool] = whatever_was_known) -> None:
        """Keep this in place of what was written before, if that may be replaced; raises MemoryUnavailable."""
        try:
            with self._turn, alone_in(self.path.parent, PATIENCE):
                if may_replace(self.read()):
                    replace(self.path, record.written())
        except OSError as error:
            raise MemoryUnavailable(f"{self.path} cannot be written: {error.strerror}") from error


class FileAnchors:
    """The port AuditAnchors in a file of one line each, oldest first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()

    def read(self) -> tuple[Anchor, ...]:
        """Return what was kept, oldest first; raises MemoryUnavailable where that cannot be told."""
        try:
            return tuple(map(Anchor.read, self._text().splitlines()))
        except (OSError, ValueError) as error:
            raise MemoryUnavailable(f"{self._path} cannot be read: {error}") from error

    def keep(self, anchor: Anchor) -> None:
        """Add an anchor to those that were kept before; raises MemoryUnavailable."""
        try:
            with self._turn, alone_in(self._path.parent):
                replace(self._path, f"{self._text()}{anchor.written()}\n")
        except (OSError, ValueError) as error:
            raise MemoryUnavailable(f"{self._path} cannot be written: {error}") from error

    def _text(self) -> str:
        try:
            return read(self._path)
        except FileNotFoundError:
            return ""


class JointMemory:
    """The port DeskMemory in several places: the safer one of what they say holds."""

    def __init__(self, places: Sequence[DeskMemory]) -> None:
        self._places = places

    def read(self) -> DeskRecord | None:
        """Return the newest of what was written; of one term a flatten, then a halt first; UNREADABLE before all."""
        known = [record for place in self._places if (record := place.read())]
        return max(known, key=_safety, default=None)

    def write(self, record: DeskRecord, may_replace: Callable[[DeskRecord | None], bool] = whatever_was_known) -> None:
        """Keep this in every place that may be overwritten, however many fail; raises the last MemoryUnavailable."""
        failed: MemoryUnavailable | None = None
        for place in self._places:
            try:
                place.write(record, may_replace)
            except MemoryUnavailable as error:
                failed = error
        if failed:
            raise failed


def _safety(record: DeskRecord) -> tuple[bool, int, bool, bool, bool, int]:
    is_halted = record.state is DeskState.HALTED
    return record == UNREADABLE, record.term, record.is_pending, is_halted, record.flatten, record.mark.number
