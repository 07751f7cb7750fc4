"""One process of a desk that is spread over several: what `trading-bot api` or `scheduler` does, by a clock of ours."""

import os
import sys
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread

from bot.cli.common import log_as_set, until_told_to_stop
from bot.cli.hosting import Tempo, host_of
from bot.delivery.slack_poster import PostingRate
from bot.messages import Texts
from bot.runtime import ProcessRole
from bot.settings import PostingSlackSettings, SlackSettings
from engine.bootstrap import open_desk, read_settings
from tests.several.shared_clock import SharedClock
from tests.support.environment import NAMES

BRISK = Tempo(pace=PostingRate(burst=1_000, gap=0.0), gap=2.0)


def serve(role: ProcessRole, environment: Mapping[str, str], clock: SharedClock) -> None:
    """Do what is a role's until told to stop, or killed, or who forked it is gone; a process is started with this."""
    for name in NAMES & os.environ.keys():
        del os.environ[name]
    os.environ.update(environment)
    stopping = until_told_to_stop()
    if judge := parent_process():
        Thread(target=_end_with, args=(judge,), daemon=True).start()
    settings = read_settings()
    kind = PostingSlackSettings if role is ProcessRole.SCHEDULER else SlackSettings
    slack = kind.read()
    log_as_set(Texts(settings.desk.locale, settings.desk.zone), slack, *settings.groups)
    with closing(open_desk(settings, clock, has_workers=True)) as desk:
        host, _ = host_of(desk, slack, host="127.0.0.1", port=0, tempo=BRISK, role=role)
        host.run(stopping)
    os._exit(0)


def _end_with(judge: BaseProcess) -> None:
    judge.join()
    os._exit(0)


if __name__ == "__main__":  # a process of another version, which is started and not forked
    file, start, began, speed = sys.argv[2:]
    time = SharedClock(file=Path(file), start=datetime.fromisoformat(start), began=float(began), speed=float(speed))
    serve(ProcessRole(sys.argv[1]), {name: value for name, value in os.environ.items() if name in NAMES}, time)
