"""A worker that also knows tasks whose course a test decides: python -m tests.several.steps 2, until it is stopped."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Final

from bot.cli.worker import PICTURES, worker
from engine.ports.task_queue import TaskKind, json_codec


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What to do, and the file to which who begins it adds its process id.

    'answer', or 'hang' for the first who tries; `asked_by` never hangs.
    """

    name: str
    how: str
    file: str
    asked_by: int

    def begun(self) -> list[int]:
        """Return who began it, in their order."""
        file = Path(self.file)
        return [int(line) for line in file.read_text(encoding="ascii").split()] if file.exists() else []


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """Who did a step, and the settings in the environment of that process."""

    name: str
    pid: int
    environment: tuple[str, ...]


def do(step: Step) -> Done:
    """Do a step."""
    is_first = not step.begun()
    with Path(step.file).open("a", encoding="ascii") as file:
        file.write(f"{os.getpid()}\n")
    if is_first and step.how == "hang" and os.getpid() != step.asked_by:
        Event().wait(60)
    return Done(name=step.name, pid=os.getpid(), environment=tuple(sorted(os.environ)))


SHORT: Final = TaskKind(name="short.1", seconds=1.0, do=do, question=json_codec(Step), answer=json_codec(Done))
LONG: Final = TaskKind(name="long.1", seconds=60.0, do=do, question=json_codec(Step), answer=json_codec(Done))

if __name__ == "__main__":
    worker(int(sys.argv[1]), None, (*PICTURES, SHORT, LONG))
