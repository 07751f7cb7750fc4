"""When and where a victim dies, and what it notes of its life for those who come after."""

import os
import signal
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Final

from engine.ports.clock import Clock

COMMITS: Final = ("before commit", "after commit")
AT_A_HALT: Final = ("after halt",)
ON_THE_STREAM: Final = ("before publish", "after publish", "before acknowledge")
AT_THE_BROKER: Final = tuple(
    f"{side} {verb}" for verb in ("submit", "replace", "protect", "close", "cancel") for side in ("before", "after")
)
"""Where on the order path a victim can be killed: each side of whatever cannot be undone."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """One line of the diary: what happened, and when by the desk's clock."""

    what: str
    at: datetime
    detail: str


class Diary:
    """What a victim notes; a line that was written outlives the process that wrote it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("a", buffering=1, encoding="utf-8")
        self._read = 0

    def note(self, what: str, at: datetime, detail: str = "") -> None:
        self._file.write(f"{what}\t{at.isoformat()}\t{' '.join(detail.split())}\n")

    def read(self) -> list[Note]:
        """Return every whole line."""
        self._read = 0
        return self.news()

    def news(self) -> list[Note]:
        """Return every whole line that was not read yet."""
        with self._path.open("rb") as file:
            file.seek(self._read)
            whole = file.read().rpartition(b"\n")[0]
        self._read += len(whole) + 1 if whole else 0
        parts = (line.split("\t") for line in whole.decode().split("\n") if line)
        return [Note(what=what, at=datetime.fromisoformat(at), detail=detail) for what, at, detail in parts]

    def close(self) -> None:
        self._file.close()


class Fate:
    """Kills this process when it has passed some points so often; no points, no death."""

    def __init__(self, points: Collection[str], passes: int, *, diary: Diary, clock: Clock) -> None:
        self._points = points
        self._passes = passes
        self._diary = diary
        self._clock = clock
        self._lock = Lock()

    def at(self, point: str) -> None:
        """Pass a point, and die if this is the one."""
        if point not in self._points:
            return
        with self._lock:
            self._passes -= 1
            if self._passes == 0:
                self._diary.note("died", self._clock.now(), point)
                os.kill(os.getpid(), signal.SIGKILL)
