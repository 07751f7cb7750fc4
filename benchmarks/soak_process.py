"""The processes of a soaked desk, as seen by whoever started them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock, Timer

from benchmarks.soak_holdings import SAMPLES
from benchmarks.soak_judgement import Sample
from benchmarks.soak_parts import MONDAY
from benchmarks.soak_stores import Books
from tests.support.environment import NAMES

ROOT = Path(__file__).parents[1]
BUILD = Path("build").absolute()
HELD = "held"
"""The folder in which processes tell what they hold."""
PATIENCE = 60.0
"""Real seconds within which a process goes down, and the next sample is written."""
COMES_UP = 300.0
"""Real seconds within which a process comes up, on a machine that has much else to do."""


@dataclass(frozen=True, kw_only=True)
class Started:
    """A process and where its log is."""

    process: subprocess.Popen[str]
    log: Path

    def first_line(self) -> str:
        """Return what it says once it is up; raises ChildProcessError if it does not come up."""
        killer = Timer(COMES_UP, self.process.kill)
        killer.start()
        line = self.process.stdout.readline().strip() if self.process.stdout else ""
        killer.cancel()
        if not line:
            raise ChildProcessError(f"the desk does not come up, {self.log} says why")
        return line


@contextmanager
def started(module: str, given: str, *, folder: Path, log: Path, settings: Mapping[str, str]) -> Iterator[Started]:
    """Start one of our modules in a folder, with no settings but these, and end it with the block."""
    kept = {name: value for name, value in os.environ.items() if name.upper() not in NAMES}
    folder.mkdir(exist_ok=True)
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(  # noqa: S603 (our own program)
            (sys.executable, "-m", module, given),
            cwd=folder,
            env={**kept, "HOME": str(folder), "PYTHONPATH": str(ROOT), **settings},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        try:
            yield Started(process=process, log=log)
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


class Running:
    """A desk that is up: where people reach its HTTP side, what it keeps, and the samples in a folder so far."""

    def __init__(self, url: str, books: Books, folder: Path, processes: Sequence[Started]) -> None:
        self.url = url
        self.books = books
        self.folder = folder
        self.processes = tuple(processes)
        self._samples: list[Sample] = []
        self._read_to = 0
        self._lock = Lock()

    def samples(self) -> Sequence[Sample]:
        """Read what was written; raises ChildProcessError once nothing more comes."""
        file = self.folder / SAMPLES
        for each in self.processes:
            if each.process.poll() is not None:
                raise ChildProcessError(f"a process of the desk has ended, {each.log} says why")
        if time.time() - file.stat().st_mtime > PATIENCE:
            logs = ", ".join(str(each.log) for each in self.processes)
            raise ChildProcessError(f"the desk writes no samples any more, {logs} may say why")
        with self._lock, file.open("rb") as lines:
            lines.seek(self._read_to)
            whole = lines.read().rpartition(b"\n")[0]  # the last line may be half there
            if whole:
                self._read_to += len(whole) + 1
                self._samples += [Sample.read(json.loads(line)) for line in whole.split(b"\n")]
            return tuple(self._samples)

    def now(self) -> datetime:
        """Return the market's time at the last sample."""
        samples = self.samples()
        return samples[-1].at if samples else MONDAY
