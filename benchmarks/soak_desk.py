"""The desk of a soak in a process of its own, which counts what it holds: python -m benchmarks.soak_desk '{...}'.

It is wired and hosted as `trading-bot run` does it. It writes a line of JSON a second, until it is told to stop.
"""

import json
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import redis
from sqlalchemy.event import listen
from sqlalchemy.pool import Pool

from benchmarks.own_memory import kilobytes
from benchmarks.soak_parts import adapters_of, beside, names, settings_of
from bot.cli.common import until_told_to_stop
from bot.cli.hosting import host_of
from bot.logs.setup import log_to_stderr
from bot.settings import SlackSettings
from engine.adapters.redis import STREAM, connect
from engine.adapters.valkey import EmbeddedValkey
from engine.bootstrap import TradingDesk, wire
from engine.scheduler import Scheduler

EVERY = 1.0
"""Real seconds between two samples."""
TCP = ("tcp", "tcp6")


class Checkouts:
    """Counts the database connections that are in use, of every pool of this process."""

    def __init__(self) -> None:
        self.now = 0
        self._lock = threading.Lock()
        listen(Pool, "checkout", lambda *_: self._add(1))
        listen(Pool, "checkin", lambda *_: self._add(-1))

    def _add(self, count: int) -> None:
        with self._lock:
            self.now += count


class Sampler:
    """A thread that writes what the process holds, a line of JSON a second."""

    def __init__(self, desk: TradingDesk, valkey: redis.Redis, folder: Path, checkouts: Checkouts) -> None:
        self._desk = desk
        self._valkey = valkey
        self._folder = folder
        self._checkouts = checkouts
        self._stopping = threading.Event()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Sample for as long as the block runs."""
        with beside(self._run, self._stopping, "sampler"):
            yield

    def _run(self) -> None:
        start, speed = time.monotonic(), self._desk.adapters.clock.speed
        with (self._folder / "samples.jsonl").open("w", encoding="utf-8") as lines:
            while not self._stopping.wait(EVERY):
                second, at = time.monotonic() - start, self._desk.engine.queries.now().isoformat()
                hours = second * speed / 3600
                lines.write(json.dumps({"second": second, "at": at, "market hours": hours, **self._values()}) + "\n")
                lines.flush()

    def _values(self) -> Mapping[str, float]:
        fds = _descriptors()
        return {
            "memory, MB": kilobytes("VmRSS") / 1024,
            "Python's blocks, thousands": sys.getallocatedblocks() / 1000,
            "threads": threading.active_count(),
            "file descriptors": len(fds),
            "TCP connections": _connections(fds),
            "database connections in use": self._checkouts.now,
            "books, MB": sum(file.stat().st_size for file in self._folder.glob("*.db")) / 2**20,
            "write-ahead log, MB": sum(file.stat().st_size for file in self._folder.glob("*.db-wal")) / 2**20,
            "Valkey memory, MB": float(_told(self._valkey.info("memory"))["used_memory"]) / 2**20,
            "Valkey keys": float(_told(self._valkey.dbsize())),
            "Valkey keys without an end": self._endless(),
            "Valkey stream": float(_told(self._valkey.xlen(STREAM))),
            **{f"delay {job}, s": late for job, late in self._desk.scheduler.delays().items()},
            **_rows(self._folder / "desk.db", ""),
            **_rows(self._folder / "paper.db", "paper "),
            "outbox waiting": _count(self._folder / "desk.db", "outbox WHERE NOT delivered"),
        }

    def _endless(self) -> float:
        space = _told(self._valkey.info("keyspace")).get("db0", {})
        return float(space.get("keys", 0) - space.get("expires", 0))


def _told(answer: Any) -> Any:
    """Return an answer of Valkey's, which redis-py types as a promise too."""
    return answer


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


def _rows(file: Path, prefix: str) -> dict[str, float]:
    """Count the rows of every table of a file."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as books:
        names = [name for (name,) in books.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            f"rows {prefix}{name}": books.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 (its own)
            for name in sorted(names)
            if not name.startswith("sqlite_")
        }


def _count(file: Path, what: str) -> float:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as books:
        return float(books.execute(f"SELECT count(*) FROM {what}").fetchone()[0])  # noqa: S608 (our own)


def main() -> int:
    """Run the desk until told to stop."""
    given = json.loads(sys.argv[1])
    folder, checkouts, stopping = Path(given["folder"]), Checkouts(), until_told_to_stop()
    log_to_stderr("warning", "json")
    with ExitStack() as stack:
        server = EmbeddedValkey(folder / "valkey")
        stack.callback(server.stop)
        url = server.start()
        settings = settings_of(folder, given["speed"], names(given["symbols"]), url)
        valkey = connect(url)
        stack.callback(valkey.close)
        adapters = adapters_of(settings, stack, valkey, given["seed"])
        engine = wire(settings, adapters)
        schedule = Scheduler(jobs=engine.jobs, clock=adapters.clock)
        stack.callback(schedule.stop)
        desk = TradingDesk(engine=engine, scheduler=schedule, adapters=adapters, settings=settings, close=stack.close)
        host, http = host_of(desk, SlackSettings.read(), host="127.0.0.1", port=0)
        with Sampler(desk, valkey, folder, checkouts).running():
            host.run(stopping, lambda: print(http.url, flush=True))  # noqa: T201 (the parent reads it)
    return 0


if __name__ == "__main__":
    sys.exit(main())
