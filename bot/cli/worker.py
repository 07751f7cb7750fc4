import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

import structlog

from bot.charts.pictures import EQUITY, PROPOSAL
from bot.cli.common import log_as_set, told_in_one_line
from bot.cli.env_file import EnvFile, forget_settings, take_in, take_out
from bot.messages import Texts
from bot.presence import Presence
from bot.settings import LogSettings
from engine.errors import WorkerBroken
from engine.ports.task_queue import AnyTaskKind
from engine.worker import ROLE, open_worker, worker_settings

PICTURES: Final = (PROPOSAL, EQUITY)
BEFORE_ANEW: Final = 1.0
"""Seconds before a worker that broke begins anew, lest one that breaks at once takes a whole core."""

log = structlog.get_logger()


def worker(concurrency: int, env_file: Path | None, kinds: Sequence[AnyTaskKind] = PICTURES) -> None:
    """Do what a desk hands out of these kinds and the engine's, in so many processes, until told to stop.

    After a fault of the library that serves it, the whole program begins anew in this process.
    """
    with told_in_one_line():
        read = take_in(env_file)
        settings = worker_settings()
        log_as_set(Texts(settings.desk.locale, settings.desk.zone), *settings.groups)
        # No key of the broker's, and no token of Slack's, stays in a worker.
        forget_settings(settings.names | {name.upper() for name in LogSettings.model_fields})
        with open_worker(settings) as process:
            presence = Presence(process.lease, ROLE)

            def ready() -> None:
                log.info("worker_ready", concurrency=concurrency, pid=os.getpid())
                presence.start()

            is_broken = False
            try:
                process.serve(kinds, concurrency=concurrency, ready=ready)
            except WorkerBroken:
                is_broken = True
                log.error("worker_begins_anew")  # noqa: TRY400 (the library has logged the fault itself)
            finally:
                presence.stop()
        if is_broken:
            time.sleep(BEFORE_ANEW)
            begin_anew(read)


def begin_anew(read: EnvFile) -> NoReturn:
    """Run this very program again in its process, in the environment that it was started in."""
    take_out(read)
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 (this very program)
