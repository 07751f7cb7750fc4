"""The desk's last known state in a file, and in several places at once."""

import os
import threading
from collections.abc import Sequence
from pathlib import Path

from engine.errors import MemoryUnavailable
from engine.model.desk import DeskState
from engine.model.desk_record import UNREADABLE, DeskRecord
from engine.ports import DeskMemory


class FileMemory:
    """The port DeskMemory in one small file, which is whole at every moment, also after a power cut."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()

    def read(self) -> DeskRecord | None:
        """Return what was written last, None where there is no file; UNREADABLE where that cannot be told."""
        try:
            return DeskRecord.read(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            return UNREADABLE

    def write(self, record: DeskRecord) -> None:
        """Keep this in place of what was written before; raises MemoryUnavailable."""
        beside = self._path.with_name(f"{self._path.name}-{os.getpid()}")
        try:
            with self._turn:
                with beside.open("w", encoding="utf-8") as file:
                    file.write(record.written())
                    file.flush()
                    os.fsync(file.fileno())
                beside.replace(self._path)
                _sync(self._path.parent)
        except OSError as error:
            raise MemoryUnavailable(f"{self._path} cannot be written: {error.strerror}") from error


class JointMemory:
    """The port DeskMemory in several places: the safer one of what they say holds."""

    def __init__(self, places: Sequence[DeskMemory]) -> None:
        self._places = places

    def read(self) -> DeskRecord | None:
        """Return the newest of what was written; of one term a halt first, and UNREADABLE before all."""
        known = [record for place in self._places if (record := place.read())]
        return max(known, key=_safety, default=None)

    def write(self, record: DeskRecord) -> None:
        """Keep this in all places, however many of them fail; raises the last MemoryUnavailable."""
        failed: MemoryUnavailable | None = None
        for place in self._places:
            try:
                place.write(record)
            except MemoryUnavailable as error:
                failed = error
        if failed:
            raise failed


def _safety(record: DeskRecord) -> tuple[bool, int, bool, bool, int]:
    is_halted = record.state is DeskState.HALTED
    return record == UNREADABLE, record.term, record.is_pending, is_halted, record.mark.number


def _sync(folder: Path) -> None:
    """Bring a folder's list of files to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
