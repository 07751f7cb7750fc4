"""What a process holds, counted by itself; of a role's processes, whoever watches them reads the sum."""

import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy.event import listen
from sqlalchemy.pool import Pool

from benchmarks.own_memory import kilobytes
from benchmarks.soak_parts import beside
from engine.ports.clock import Clock

SAMPLES = "samples.jsonl"
EVERY = 1.0
"""Real seconds between two samples."""
TCP = ("tcp", "tcp6")


class Checkouts:
    """Counts the database connections that are in use, of every pool of this process, forks of it apart."""

    def __init__(self) -> None:
        self._begin()
        listen(Pool, "checkout", lambda *_: self._add(1))
        listen(Pool, "checkin", lambda *_: self._add(-1))
        os.register_at_fork(after_in_child=self._begin)

    def _begin(self) -> None:
        self.now = 0
        self._lock = threading.Lock()

    def _add(self, count: int) -> None:
        with self._lock:
            self.now += count


def held(checkouts: Checkouts) -> Mapping[str, float]:
    """Return what this process holds now."""
    fds = _descriptors()
    return {
        "memory, MB": kilobytes("VmRSS") / 1024,
        "Python's blocks, thousands": sys.getallocatedblocks() / 1000,
        "threads": threading.active_count(),
        "file descriptors": len(fds),
        "TCP connections": _connections(fds),
        "database connections in use": checkouts.now,
    }


class Sampler:
    """A thread that writes a line of JSON a second: the time since its start, the market's, and all values."""

    def __init__(self, file: Path, clock: Clock, values: Callable[[], Mapping[str, float]]) -> None:
        self._file = file
        self._clock = clock
        self._values = values
        self._stopping = threading.Event()

    @contextmanager
    def sampling(self) -> Iterator[None]:
        """Sample for as long as the block runs."""
        with beside(self._run, self._stopping, "sampler"):
            yield

    def _run(self) -> None:
        start = time.monotonic()
        with self._file.open("w", encoding="utf-8") as lines:
            while not self._stopping.wait(EVERY):
                second, at = time.monotonic() - start, self._clock.now().isoformat()
                hours = second * self._clock.speed / 3600
                lines.write(json.dumps({"second": second, "at": at, "market hours": hours, **self._values()}) + "\n")
                lines.flush()


class HoldingsFile:
    """Keeps the newest holdings of this process where who watches finds them; `more` is added to them."""

    def __init__(
        self, folder: Path, role: str, checkouts: Checkouts, more: Callable[[], Mapping[str, float]] = dict
    ) -> None:
        self._file = folder / f"{role}-{os.getpid()}.json"
        self._checkouts = checkouts
        self._more = more
        self._stopping = threading.Event()

    @contextmanager
    def written(self) -> Iterator[None]:
        """Write them each second for as long as the block runs."""
        with beside(self._run, self._stopping, "holdings"):
            yield

    def begin(self) -> None:
        """Write them each second until the process ends."""
        threading.Thread(target=self._run, name="holdings", daemon=True).start()

    def _run(self) -> None:
        while not self._stopping.wait(EVERY):
            half = self._file.with_suffix(".half")
            half.write_text(json.dumps({**held(self._checkouts), **self._more()}), encoding="utf-8")
            half.replace(self._file)


def pids_of(folder: Path, role: str) -> frozenset[int]:
    """Return the processes of a role that ever wrote what they hold."""
    return frozenset(int(file.stem.rpartition("-")[2]) for file in folder.glob(f"{role}-*.json"))


def held_by(folder: Path, role: str) -> Mapping[str, float]:
    """Return what the living processes of a role hold together, named with the role; nothing before they told."""
    total = Counter[str]()
    for pid in pids_of(folder, role):
        if _lives(pid):
            told: dict[str, float] = json.loads((folder / f"{role}-{pid}.json").read_text(encoding="utf-8"))
            for name, figure in told.items():
                total[f"{role} {name}"] += figure  # type: ignore[assignment]
    return total


def _lives(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def _descriptors() -> list[str]:
    """Return what each open file descriptor leads to."""
    found = []
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 (numbers, not paths)
        try:
            found.append(os.readlink(f"/proc/self/fd/{name}"))  # noqa: PTH115 (socket:[1] is no path)
        except FileNotFoundError:  # closed meanwhile
            continue
    return found


def _connections(fds: Sequence[str]) -> int:
    """Count the sockets of this process that are TCP's."""
    own = {fd.removeprefix("socket:[").rstrip("]") for fd in fds if fd.startswith("socket:")}
    lines = (
        line for name in TCP for line in Path(f"/proc/self/net/{name}").read_text(encoding="ascii").splitlines()[1:]
    )
    return sum(line.split()[9] in own for line in lines)
