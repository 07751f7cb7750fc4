"""Tasks whose course a test decides: python -m tests.several.steps serves them until it is told to stop."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Final

from bot.presence import Presence
from engine.ports.task_queue import TaskKind, json_codec
from engine.worker import ROLE, open_worker, worker_settings

LIMIT: Final = 2.0
"""Seconds that a step may take."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What to do, and the file to which whoever begins it adds its process id.

    'answer' at once; 'hang' the first time; 'wait' until the process is killed, the first time; 'fail' in a worker.
    """

    name: str
    how: str
    file: str

    def begun(self) -> list[int]:
        """Return who began it, in their order."""
        return [int(line) for line in Path(self.file).read_text(encoding="ascii").split()] if self._is_begun else []

    @property
    def _is_begun(self) -> bool:
        return Path(self.file).exists()


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """Who did a step."""

    name: str
    pid: int


def do(step: Step) -> Done:
    """Do a step."""
    is_first = not step.begun()
    with Path(step.file).open("a", encoding="ascii") as file:
        file.write(f"{os.getpid()}\n")
    if is_first and step.how in {"hang", "wait"}:
        Event().wait(60)
    if step.how == "fail":
        raise ValueError(step.name)
    return Done(name=step.name, pid=os.getpid())


STEP: Final = TaskKind(name="step.1", seconds=LIMIT, do=do, question=json_codec(Step), answer=json_codec(Done))
LONG: Final = TaskKind(name="long.1", seconds=60.0, do=do, question=json_codec(Step), answer=json_codec(Done))
"""The same without a limit that matters."""


def main() -> None:
    """Serve, with the settings of the environment."""
    with open_worker(worker_settings()) as worker:
        presence = Presence(worker.lease, ROLE)
        worker.serve((STEP, LONG), concurrency=int(sys.argv[1]), ready=presence.start)
        presence.stop()


if __name__ == "__main__":
    main()
