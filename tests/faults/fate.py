"""When and where a victim dies, and what it notes of its life for those who come after."""

import os
import signal
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Final

POINTS: Final = (
    "before commit",
    "after commit",
    "before publish",
    "after publish",
    "before acknowledge",
    "before submit",
    "after submit",
    "before replace",
    "after replace",
    "before protect",
    "after protect",
    "before close",
    "after close",
    "before cancel",
    "after cancel",
)
"""Where on the order path a victim can be killed: each side of whatever cannot be undone."""


@dataclass
class Fate:
    """Kills this process when it passes `point` for the time that is given; no point, no death."""

    point: str = ""
    passes: int = 1
    _lock: Lock = field(default_factory=Lock)

    def at(self, point: str) -> None:
        """Pass a point, and die if this is the one."""
        if point != self.point:
            return
        with self._lock:
            self.passes -= 1
            if self.passes == 0:
                os.kill(os.getpid(), signal.SIGKILL)


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

    def note(self, what: str, at: datetime, detail: str = "") -> None:
        self._file.write(f"{what}\t{at.isoformat()}\t{' '.join(detail.split())}\n")

    def read(self) -> list[Note]:
        """Return every whole line."""
        lines = self._path.read_text(encoding="utf-8").split("\n")[:-1]
        parts = (line.split("\t") for line in lines)
        return [Note(what=what, at=datetime.fromisoformat(at), detail=detail) for what, at, detail in parts]

    def close(self) -> None:
        self._file.close()
