"""Real workers, a real broker and a real PostgreSQL, each of which can be taken away."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

from engine.adapters.celery import CeleryTaskQueue, celery_app
from engine.adapters.sql.store import SqlStore, open_store
from engine.adapters.sql.tasks import SqlTasks
from engine.ports.task_queue import TaskKind
from tests.several.steps import LONG, Done, Step
from tests.support.environment import NAMES
from tests.support.waiting import until

ROOT = Path(__file__).parents[2]


@dataclass(kw_only=True)
class Workplace:
    """A desk's database and broker with one `trading-bot worker` of two processes, started when it is first needed."""

    folder: Path
    database: str
    broker: str
    store: SqlStore
    given: Mapping[str, str] = field(default_factory=dict)
    concurrency: int = 2
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    @contextmanager
    def open(cls, folder: Path, database: str, broker: str, **about: Any) -> Iterator[Self]:
        with closing(open_store(database)) as store:
            place = cls(folder=folder, database=database, broker=broker, store=store, **about)
            try:
                yield place
            finally:
                place.kill()

    @property
    def rows(self) -> SqlTasks:
        return SqlTasks(self.store)

    def queue(self, patience: float = 30.0) -> CeleryTaskQueue:
        return CeleryTaskQueue(celery=celery_app(self.broker), rows=self.rows, patience=patience)

    def start(self) -> Self:
        """Let the worker run, if it does not."""
        if self.process is None or self.process.poll() is not None:
            kept = {name: value for name, value in os.environ.items() if name.upper() not in NAMES}
            given = {"DATABASE_URL": self.database, "CELERY_BROKER_URL": self.broker, **self.given}
            with (self.folder / "worker.log").open("ab") as log:
                self.process = subprocess.Popen(  # noqa: S603 (our own module)
                    (sys.executable, "-m", "tests.several.steps", str(self.concurrency)),
                    cwd=self.folder,
                    env={**kept, "HOME": str(self.folder), "PYTHONPATH": str(ROOT), **given},
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        until(self._is_there, 60)
        return self

    def _is_there(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise ChildProcessError((self.folder / "worker.log").read_text(encoding="utf-8"))
        return self.rows.workers() > 0

    def signal(self, number: int) -> None:
        """Send a signal to the worker and all of its processes."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def kill(self) -> None:
        """Kill the worker with all of its processes."""
        self.signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait(10)

    def step(self, name: str = "", how: str = "answer") -> Step:
        """Return a step that nobody has begun."""
        name = name or uuid4().hex
        return Step(name=name, how=how, file=str(self.folder / uuid4().hex), asked_by=os.getpid())

    def ask(self, *steps: Step, kind: TaskKind[Step, Done] = LONG, patience: float = 30.0) -> list[Done]:
        """Have steps done, and return by whom, in their order."""
        asked = {step.name: step for step in steps}
        answers = dict(self.queue(patience).run(kind, asked))
        return [answers[step.name] for step in steps if step.name in answers]
