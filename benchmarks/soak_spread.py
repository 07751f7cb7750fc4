"""A soaked desk that is spread over roles: an api, a scheduler that leads, a worker, on one PostgreSQL and one Valkey.

Each role is a process of its own, the worker one with two more; so is the stand-in for Alpaca. All go by one market
time. Each counts what it holds; here that is gathered once a second, with what they share.
"""

import json
import time
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import redis

from benchmarks.soak_holdings import SAMPLES, Sampler, held_by, pids_of
from benchmarks.soak_judgement import ROLES
from benchmarks.soak_parts import clock_since
from benchmarks.soak_process import BUILD, COMES_UP, HELD, Running, Started, started
from benchmarks.soak_role import PROCESSES, Given
from benchmarks.soak_stores import PostgresBooks, valkey_values
from engine.adapters.redis import connect
from tests.support.servers import Postgres, Valkey
from tests.support.waiting import until

HEAD_START = 20.0
"""Real seconds that the processes have before Monday begins; those that take longer begin in the middle of it."""
MANY = "100000"
"""Requests a minute of the wall's, into which minutes of the market are pressed."""
LOGGED = {"LOG_FORMAT": "json"}


@contextmanager
def spread(slack: Mapping[str, str], folder: Path, given: Namespace) -> Iterator[Running]:
    """Bring such a desk up, and down again; `slack` is how it reaches its Slack."""
    held = folder / HELD
    held.mkdir()
    with ExitStack() as stack:
        postgres = stack.enter_context(Postgres.running(folder, vacuums=True))
        valkey = stack.enter_context(Valkey(folder))
        database, began = postgres.new_database(), time.monotonic() + HEAD_START

        def start(role: str, module: str, line: str, settings: Mapping[str, str]) -> Started:
            log = BUILD / f"soak-{role}.log"
            return stack.enter_context(
                started(module, line, folder=folder / role, log=log, settings={**LOGGED, **settings})
            )

        played = {"began": began, **{name: vars(given)[name] for name in ("speed", "symbols", "days", "seed")}}
        exchange = start("exchange", "benchmarks.soak_exchange", json.dumps(played), {})
        at_home = {"database_url": database, "redis_url": valkey.url}
        outside = {**json.loads(exchange.first_line()), "alpaca_requests": MANY, **at_home}

        def begin(role: str, settings: Mapping[str, str]) -> Started:
            about = {"began": began, "speed": given.speed, "symbols": given.symbols}
            line = Given(role=role, folder=str(held), outside=outside, **about).line()
            return start(role, "benchmarks.soak_role", line, settings)

        scheduler, api = begin("scheduler", {**slack, "SLACK_APP_TOKEN": ""}), begin("api", slack)
        scheduler.first_line()
        url = api.first_line()
        worker = begin("worker", {"DATABASE_URL": database, "REDIS_URL": valkey.url})
        running = Running(url, PostgresBooks(database), folder, (api, scheduler, worker))
        with closing(connect(valkey.url)) as client, _sampled(running, held, client, began, given.speed):
            yield running


@contextmanager
def _sampled(running: Running, held: Path, valkey: redis.Redis, began: float, speed: float) -> Iterator[None]:
    """Sample what the roles hold and share, once each of their processes has told what it holds."""
    logs = dict(zip(ROLES, running.processes, strict=True))

    def values() -> Mapping[str, float]:
        own = {name: figure for role in ROLES for name, figure in held_by(held, role).items()}
        said = {f"{role} log, kB": each.log.stat().st_size / 1024 for role, each in logs.items()}
        return {**own, **said, **valkey_values(valkey), **running.books.values()}

    def is_whole() -> bool:
        return len(pids_of(held, "worker")) > PROCESSES and all(held_by(held, role) for role in ROLES)

    until(is_whole, COMES_UP)
    with Sampler(running.folder / SAMPLES, clock_since(began, speed), values).sampling():
        until((running.folder / SAMPLES).exists)
        yield
