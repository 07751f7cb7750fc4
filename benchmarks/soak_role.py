"""One process of a soaked desk that is spread over roles: python -m benchmarks.soak_role '{...}'.

It does what `trading-bot api`, `scheduler` or `worker` does, by the market's clock that all of them share, and counts
what it holds. An api or scheduler tells where its HTTP side listens once it is up.
"""

import json
import sys
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

from celery.signals import worker_process_init

from benchmarks.soak_holdings import Checkouts, HoldingsFile
from benchmarks.soak_judgement import DELAY
from benchmarks.soak_parts import cache_of, clock_since, names, settings_of
from bot.cli.common import log_as_set, until_told_to_stop
from bot.cli.hosting import host_of
from bot.cli.worker import worker
from bot.messages import Texts
from bot.runtime import ProcessRole
from bot.settings import PostingSlackSettings, SlackSettings
from engine.adapters.factory import open_adapters
from engine.adapters.redis import connect
from engine.bootstrap import TradingDesk, desk_on
from engine.common.last_seen import last_seen
from engine.settings import Settings

PROCESSES = 2
"""How many tasks a worker does at once, as in compose.scale.yaml."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """What a process is told: its role, the folder for what it holds, the market's time, and where the outside is."""

    role: str
    folder: str
    began: float
    speed: float
    symbols: int
    outside: Mapping[str, str]

    @classmethod
    def read(cls, line: str) -> Self:
        """Read what `line` gave."""
        return cls(**json.loads(line))

    def line(self) -> str:
        """Return it for a command line."""
        return json.dumps(asdict(self))


def host(given: Given) -> None:
    """Trade, or meet people, until told to stop."""
    role, checkouts, stopping = ProcessRole(given.role), Checkouts(), until_told_to_stop()
    slack = (PostingSlackSettings if role is ProcessRole.SCHEDULER else SlackSettings).read()
    settings = settings_of(Path.cwd(), given.speed, names(given.symbols), **given.outside)
    settings.require_shared(role)
    log_as_set(Texts(settings.desk.locale, settings.desk.zone), slack, *settings.groups)
    with closing(_desk(settings, given)) as desk:

        def late() -> Mapping[str, float]:
            jobs = {} if role is ProcessRole.API else desk.scheduler.delays()
            return {f"{DELAY}{job}, s": seconds for job, seconds in jobs.items()}

        runtime, http = host_of(desk, slack, host="127.0.0.1", port=0, role=role)
        with HoldingsFile(Path(given.folder), role, checkouts, late).written():
            runtime.run(stopping, lambda: print(http.url, flush=True))  # noqa: T201 (the parent reads it)


def _desk(settings: Settings, given: Given) -> TradingDesk:
    with ExitStack() as stack:
        clock = clock_since(given.began, given.speed)
        adapters = open_adapters(settings, stack, clock, last_seen, has_workers=True)
        valkey = connect(settings.place.redis_url)
        stack.callback(valkey.close)
        return desk_on(settings, replace(adapters, cache=cache_of(settings, valkey)), stack)


def work(given: Given) -> None:
    """Do what is handed out, in processes each of which counts what it holds, until told to stop."""
    checkouts = Checkouts()

    def begin(**_about: Any) -> None:
        HoldingsFile(Path(given.folder), given.role, checkouts).begin()

    worker_process_init.connect(begin, weak=False)
    begin()
    worker(PROCESSES, None)


if __name__ == "__main__":
    told = Given.read(sys.argv[1])
    (work if told.role == "worker" else host)(told)
