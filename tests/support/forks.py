"""Processes that are really killed, and cost a fork each instead of a start of Python with all its imports.

They are forked from a server of multiprocessing, which imports everything once, and has no thread by then: what a fork
of a process with threads inherits, locks that nobody will ever release, cannot be trusted.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # or numpy starts threads in the server

CONTEXT: Final = multiprocessing.get_context("forkserver")
PRELOADED: Final = (
    "tests.calling.life",
    "tests.crashes.child",
    "tests.faults.child_process",
    "tests.faults.pauses",
    "tests.faults.takeovers",
    "tests.several.bot",
    "tests.several.leaders",
    "tests.several.role",
)
CONTEXT.set_forkserver_preload([*PRELOADED])


def preload(module: str) -> None:
    """Let the server import one module more; of no use to one that runs."""
    CONTEXT.set_forkserver_preload([*PRELOADED, module])


def fork(log: Path, target: Callable[..., None], *given: Any) -> ForkServerProcess:
    """Start a process that runs `target` and writes what it says to the end of a log; its arguments are pickled."""
    process = CONTEXT.Process(target=_run, args=(log, target, *given), daemon=True)  # or an exit would wait for it
    process.start()
    return process


def end_with_parent() -> None:
    """Let this process end as soon as the one that started it is dead, and could not tell."""
    if parent := multiprocessing.parent_process():
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()


def killed(process: ForkServerProcess, log: Path) -> None:
    """Kill a process; raises RuntimeError, with the end of its log, for one that had ended by itself."""
    process.kill()
    process.join(10)
    if process.exitcode != -signal.SIGKILL:
        raise RuntimeError(
            f"a process ended by itself with {process.exitcode}: {log.read_text(encoding='utf-8')[-2000:]}"
        )


def is_stopped(pid: int) -> bool:
    """Tell whether a process was stopped, and waits to go on; False where there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] == "T"
    except FileNotFoundError:
        return False


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _run(log: Path, target: Callable[..., None], *given: Any) -> None:
    os.setpgid(0, 0)  # Ctrl+C in a terminal is for who judges, not for who is killed
    with log.open("a", encoding="utf-8") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    target(*given)
