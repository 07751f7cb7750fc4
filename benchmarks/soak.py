"""Replays trading days at high speed with all parts, and judges whether what the desk holds stays flat.

python -m benchmarks.soak [--roles one|all] [--days 5] [--symbols 12] [--seed 7] [--speed 300] [--write]

The desk runs in a process of its own (`one`), or spread over an api, a scheduler and a worker (`all`); the local Slack
and its people run in this one. Market time is compressed, and so are the timetable and how long a price is kept; the
pace at which the bot posts, deadlines and the machine are not.
"""

import argparse
import json
import logging
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import structlog
import yaml
from rich.console import Console
from rich.table import Table

from benchmarks import curves
from benchmarks.soak_holdings import pids_of
from benchmarks.soak_judgement import ROLES, Sample, Verdict, done_by, growth_a_day, judge, not_by_workers
from benchmarks.soak_people import People
from benchmarks.soak_process import BUILD, HELD, Running, started
from benchmarks.soak_spread import spread
from benchmarks.soak_stores import SqliteBooks
from bot.charts.pictures import PROPOSAL
from bot.cli.demo import forget_proxies
from bot.local_slack.launch import ADMIN, CHANNEL, MANIFEST, TRADER, VIEWER
from bot.local_slack.rules import UNHURRIED, Rules
from bot.local_slack.server import LocalSlack
from engine.adapters.clock import FASTEST
from tests.support.environment import in_workspace

WRITTEN = BUILD / "soak.json"
HASTE = 100
"""Posts a second that this Slack takes: people here ask as often in a minute as elsewhere in hours."""
LOOK = 0.5
MOST_SYMBOLS = 1_000
QUIET = frozenset({"debug", "info"})
"""Levels of the log that warn of nothing."""
WORKERS_DO = ("headlines", PROPOSAL.name.partition(".")[0])
"""What workers must have taken their part of, or they were not soaked."""


class Soaked(NamedTuple):
    """What came of it: samples, what people did, what the logs warned of, and who did which tasks, by their number."""

    samples: Sequence[Sample]
    did: Mapping[str, int]
    warned: Mapping[str, int]
    tasks: Mapping[str, Mapping[str, int]]


def main() -> int:
    """Soak, print the tables, write build/soak.json; 1 when something is not flat."""
    parser = arguments()
    given = parser.parse_args()
    if not Path("/proc/self/fd").exists():
        parser.error("a soak counts what Linux tells in /proc")
    forget_proxies()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # or what was started here would go on
    console = Console(width=180 if not sys.stdout.isatty() else None)
    BUILD.mkdir(exist_ok=True)
    soaked = soak(given, console)
    verdicts, growth = judge(soaked.samples), growth_a_day(soaked.samples)
    rows = {"verdicts": [each.row() for each in verdicts], "samples": [each.row() for each in soaked.samples]}
    told = {"people": dict(soaked.did), "warnings": dict(soaked.warned), "tasks": soaked.tasks}
    grown = {"growth a trading day": growth}
    WRITTEN.write_text(json.dumps({**vars(given), **told, **grown, **rows}, indent=1), encoding="utf-8")
    if given.write:
        curves.draw(soaked.samples)
    console.print(table(verdicts), growth_table(growth), sep="\n")
    console.print(*(f"{name}: {counts}" for name, counts in told.items()), sep="\n")
    console.print(f"written to {WRITTEN}; the logs are beside it")
    return 0 if all(verdict.is_flat for verdict in verdicts) else 1


def arguments() -> argparse.ArgumentParser:
    """Return what reads the command line; its errors name the argument."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--roles", choices=("one", "all"), default="one", help="one process, or one for each role")
    parser.add_argument("--days", type=_whole(1, 60), default=5)
    parser.add_argument("--symbols", type=_whole(1, MOST_SYMBOLS), default=12)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--speed", type=_whole(1, int(FASTEST)), default=300)
    parser.add_argument("--write", action="store_true", help="draw docs/pictures/soak.png, or soak-roles.png")
    return parser


def _whole(least: int, most: int) -> Callable[[str], int]:
    """Return what reads a whole number within bounds; argparse names the argument in its error."""

    def read(text: str) -> int:
        if text.isdecimal() and least <= int(text) <= most:
            return int(text)
        raise argparse.ArgumentTypeError(f"expected a whole number from {least} to {most:,}, not {text!r}")

    return read


def soak(given: argparse.Namespace, console: Console) -> Soaked:
    """Let a desk trade so many days; raises ChildProcessError when it ends before."""
    slack = LocalSlack(
        manifest=yaml.safe_load(MANIFEST.read_text(encoding="utf-8")),
        users=(ADMIN, TRADER, VIEWER),
        channels=(CHANNEL,),
        rules=Rules(posts_a_second=HASTE, post_burst=HASTE, tiers=UNHURRIED),
    )
    desk = spread if given.roles == "all" else in_one
    with tempfile.TemporaryDirectory(prefix="soak-", ignore_cleanup_errors=True) as place, slack:
        reached = {**in_workspace(slack), "TRADERS": TRADER.id, "VIEWERS": VIEWER.id}
        with desk(reached, Path(place), given) as running:
            people = People(slack.url, running.url, running.books.waiting, running.now, given.seed)
            with people.acting():
                samples = _days(running, given.days, console)
            role_of = {pid: role for role in ROLES for pid in pids_of(running.folder / HELD, role)}
            tasks = done_by(running.books.tasks_done(), role_of)
    logs = [each.log for each in running.processes]
    if not samples[-1].values["rows fills"]:
        raise RuntimeError(f"a desk that trades nothing proves nothing, {logs[0]} may say why")
    if role_of and (idle := not_by_workers(tasks, WORKERS_DO)):
        raise RuntimeError(f"no worker took any of {', '.join(idle)}, {logs[-1]} may say why")
    return Soaked(samples, people.did, sum(map(warnings, logs), Counter[str]()), tasks)


def _days(running: Running, days: int, console: Console) -> list[Sample]:
    """Return the samples of so many days, once they are over."""
    told = 0
    while True:
        samples = running.samples()
        seen = sorted({sample.day for sample in samples})
        if len(seen) > days:
            return [sample for sample in samples if sample.day < seen[days]]
        if len(seen) > told:
            told = len(seen)
            console.print(f"[dim]day {told} of {days}, {seen[-1]:%A} …[/dim]")
        time.sleep(LOOK)


@contextmanager
def in_one(slack: Mapping[str, str], folder: Path, given: argparse.Namespace) -> Iterator[Running]:
    """Bring a desk up in a process of its own, and down again; `slack` is how it reaches its Slack."""
    wanted = {"folder": str(folder), "symbols": given.symbols, "seed": given.seed, "speed": given.speed}
    log = BUILD / "soak.log"
    with started("benchmarks.soak_desk", json.dumps(wanted), folder=folder, log=log, settings=slack) as process:
        yield Running(process.first_line(), SqliteBooks(folder), folder, [process])


def warnings(log: Path) -> Counter[str]:
    """Count the lines of a log that warn of something, by what they say."""
    counts = Counter[str]()
    for line in log.read_text(encoding="utf-8").splitlines():
        told = json.loads(line) if line.startswith("{") else {"event": line[:120]}
        if told.get("level") not in QUIET:
            counts[str(told.get("event_id") or told["event"])] += 1
    return counts


def table(verdicts: Sequence[Verdict]) -> Table:
    """Return the verdicts for a terminal."""
    shown = Table("what", "early", "late", "at most", "", "rule")
    for verdict in verdicts:
        figures = (f"{value:,.4g}" for value in (verdict.early, verdict.late, verdict.most))
        shown.add_row(verdict.name, *figures, "flat" if verdict.is_flat else "[red]grows[/red]", verdict.rule)
    return shown


def growth_table(growth: Mapping[str, float]) -> Table:
    """Return for a terminal how much a trading day adds."""
    shown = Table("grows", "a trading day, median of those after the first")
    for name, a_day in growth.items():
        shown.add_row(name, f"{a_day:,.4g}")
    return shown


if __name__ == "__main__":
    sys.exit(main())
