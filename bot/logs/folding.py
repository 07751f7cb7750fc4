"""Repeated log lines as one line and a count, so that nobody fills the disk by making the bot say the same again.

Only what says the very same is folded: with another trade, person or figure it is another line. The bot's own errors
are alarms, and always written; what somebody reads at level debug is left alone.
"""

import logging
import re
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

import structlog
from structlog.typing import EventDict, WrappedLogger

WINDOW: Final = 60.0
"""Seconds in which a line that was written is only counted."""
MOST_LINES: Final = 2_000
"""Different lines that are remembered; beyond, each is written."""
NAME_LENGTH: Final = 200
QUIET: Final = frozenset({"info", "warning"})
"""Levels at which the bot's own lines are folded."""
NUMBER: Final = re.compile(r"[A-Z][A-Z.]{0,11}_\d{8}_\d{6}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|0x[0-9a-f]+|\d+")
"""A trade's or an order's id, or a number: an address in memory, a port, a descriptor."""
REPEATED: Final = "lines_repeated"

log = structlog.get_logger()


@dataclass(slots=True)
class _FoldedLine:
    name: str
    ends: float
    times: int = 0


class Folding:
    """Decides whether a line is written, and says how often those came that were not, once their window is over."""

    def __init__(self, timer: Callable[[], float] = time.monotonic, window: float = WINDOW) -> None:
        self._timer = timer
        self._window = window
        self._lock = threading.Lock()
        self._lines: dict[Hashable, _FoldedLine] = {}
        self._next = 0.0

    def writes(self, key: Hashable, name: str) -> bool:
        """Tell whether a line is to be written; what has `key` in common says the same, and is counted as `name`."""
        now = self._timer()
        with self._lock:
            over = self._over(now)
            line = self._lines.get(key)
            if line is not None:
                line.times += 1
            elif len(self._lines) < MOST_LINES:
                self._lines[key] = _FoldedLine(name, now + self._window)
        self._say(over)
        return line is None

    def flush(self) -> None:
        """Say what is still counted."""
        with self._lock:
            over = list(self._lines.values())
            self._lines.clear()
        self._say(over)

    def _over(self, now: float) -> list[_FoldedLine]:
        """Forget the lines whose window is over, and return them."""
        if now < self._next:
            return []
        over = {key: line for key, line in self._lines.items() if line.ends <= now}
        for key in over:
            del self._lines[key]
        self._next = min((line.ends for line in self._lines.values()), default=now + self._window)
        return list(over.values())

    def _say(self, over: list[_FoldedLine]) -> None:
        for line in over:
            if line.times:
                log.warning("lines_repeated", line=line.name, times=line.times, seconds=round(self._window))


class FoldOwn:
    """A processor that drops the bot's own lines that say the same again."""

    def __init__(self, folding: Folding) -> None:
        self._folding = folding

    def __call__(self, _logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        """Pass a line on, or drop it."""
        name = str(event.get("event"))
        if method in QUIET and name != REPEATED and "exc_info" not in event:
            key = (method, *sorted((fact, repr(value)) for fact, value in event.items()))
            if not self._folding.writes(key, name):
                raise structlog.DropEvent
        return event


class FoldLibraries(logging.Filter):
    """A filter that drops the libraries' lines that say the same again, whatever numbers are in them."""

    def __init__(self, folding: Folding) -> None:
        super().__init__()
        self._folding = folding

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a line is written."""
        if record.levelno < logging.INFO:
            return True
        said = record.getMessage()
        error = repr(record.exc_info[1]) if record.exc_info else ""
        key = (record.name, record.levelno, NUMBER.sub(_without, said), NUMBER.sub(_without, error))
        return self._folding.writes(key, f"{record.name}: {said.splitlines()[0] if said else ''}"[:NAME_LENGTH])


def _without(found: re.Match[str]) -> str:
    """Leave ids of trades and orders as they are, and take out the other numbers."""
    return found[0] if "_" in found[0] or "-" in found[0] else "#"
