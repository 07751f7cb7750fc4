"""Replays a trading week at high speed with all parts, and judges whether what the desk holds stays flat.

python -m benchmarks.soak [--days 5] [--symbols 12] [--seed 7] [--speed 300] [--write]

The desk runs in a process of its own, the local Slack and its people in this one. Market time is compressed, and so are
the timetable and how long a price is kept; the pace at which the bot posts, deadlines and the machine are not.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Timer
from typing import NamedTuple

import yaml
from rich.console import Console
from rich.table import Table

from benchmarks import curves
from benchmarks.soak_judgement import Sample, Verdict, judge
from benchmarks.soak_parts import MONDAY
from benchmarks.soak_people import People
from bot.cli.demo import forget_proxies
from bot.local_slack.launch import ADMIN, CHANNEL, MANIFEST, TRADER, VIEWER
from bot.local_slack.rules import UNHURRIED, Rules
from bot.local_slack.server import LocalSlack
from tests.support.environment import in_workspace

ROOT = Path(__file__).parents[1]
WRITTEN, LOG = Path("build/soak.json"), Path("build/soak.log")
HASTE = 100
"""Posts a second that this Slack takes: people here ask as often in a minute as elsewhere in hours."""
PATIENCE = 60.0
"""Real seconds within which the desk comes up, goes down, and writes its next sample."""
LOOK = 0.5


class Soaked(NamedTuple):
    """What came of it: samples, what people did, and what the log warned of, by their number."""

    samples: Sequence[Sample]
    did: Mapping[str, int]
    warned: Mapping[str, int]


class Running:
    """A desk in a process of its own, and the samples that it has written so far."""

    def __init__(self, process: subprocess.Popen[str], url: str, folder: Path) -> None:
        self._process = process
        self._file = folder / "samples.jsonl"
        self.url = url

    def samples(self) -> list[Sample]:
        """Read what was written; raises ChildProcessError once nothing more comes."""
        lines = self._file.read_text(encoding="utf-8").split("\n")[:-1]  # the last may be half there
        if self._process.poll() is not None or time.time() - self._file.stat().st_mtime > PATIENCE:
            raise ChildProcessError(f"the desk writes no samples any more, {LOG} says why")
        return [Sample.read(json.loads(line)) for line in lines]

    def now(self) -> datetime:
        """Return the market's time at the last sample."""
        samples = self.samples()
        return samples[-1].at if samples else MONDAY


def main() -> int:
    """Soak, print the table, write build/soak.json; 1 when something is not flat."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, default=5)
    parser.add_argument("--symbols", type=int, default=12)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--speed", type=float, default=300)
    parser.add_argument("--write", action="store_true", help="draw docs/pictures/soak.png")
    given = parser.parse_args()
    if not Path("/proc/self/fd").exists():
        parser.error("a soak counts what Linux tells in /proc")
    forget_proxies()
    console = Console(width=180 if not sys.stdout.isatty() else None)
    WRITTEN.parent.mkdir(exist_ok=True)
    soaked = soak(given, console)
    verdicts = judge(soaked.samples)
    rows = {"verdicts": [each.row() for each in verdicts], "samples": [each.row() for each in soaked.samples]}
    told = {"people": dict(soaked.did), "warnings": dict(soaked.warned)}
    WRITTEN.write_text(json.dumps({**vars(given), **told, **rows}, indent=1), encoding="utf-8")
    if given.write:
        curves.draw(soaked.samples)
    console.print(table(verdicts), *(f"{name}: {counts}" for name, counts in told.items()), sep="\n")
    console.print(f"written to {WRITTEN}; the desk's log is {LOG}")
    return 0 if all(verdict.is_flat for verdict in verdicts) else 1


def soak(given: argparse.Namespace, console: Console) -> Soaked:
    """Let a desk trade so many days; raises ChildProcessError when it ends before."""
    slack = LocalSlack(
        manifest=yaml.safe_load(MANIFEST.read_text(encoding="utf-8")),
        users=(ADMIN, TRADER, VIEWER),
        channels=(CHANNEL,),
        rules=Rules(posts_a_second=HASTE, post_burst=HASTE, tiers=UNHURRIED),
    )
    with tempfile.TemporaryDirectory(prefix="soak-") as place, slack, desk(slack, Path(place), given) as running:
        people = People(slack.url, running.url, Path(place) / "desk.db", running.now, given.seed)
        with people.acting():
            samples = _days(running, given.days, console)
    if not samples[-1].values["rows fills"]:
        raise RuntimeError(f"a desk that trades nothing proves nothing, {LOG} may say why")
    return Soaked(samples, people.did, warnings(LOG))


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
def desk(slack: LocalSlack, folder: Path, given: argparse.Namespace) -> Iterator[Running]:
    """Bring a desk up in a process of its own, and down again."""
    settings = {
        **in_workspace(slack),
        "TRADERS": TRADER.id,
        "VIEWERS": VIEWER.id,
        "PYTHONPATH": str(ROOT),
    }
    wanted = {"folder": str(folder), "symbols": given.symbols, "seed": given.seed, "speed": given.speed}
    with (
        LOG.open("w", encoding="utf-8") as log,
        subprocess.Popen(  # noqa: S603 (our own program)
            (sys.executable, "-m", "benchmarks.soak_desk", json.dumps(wanted)),
            cwd=folder,
            env=os.environ | settings,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        try:
            yield Running(process, _url(process), folder)
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


def _url(process: subprocess.Popen[str]) -> str:
    """Return where the desk's HTTP side listens, which it tells once people can steer it."""
    killer = Timer(PATIENCE, process.kill)
    killer.start()
    url = process.stdout.readline().strip() if process.stdout else ""
    killer.cancel()
    if not url:
        raise ChildProcessError(f"the desk does not come up, {LOG} says why")
    return url


def warnings(log: Path) -> Counter[str]:
    """Count the lines of a log by what they say."""
    lines = log.read_text(encoding="utf-8").splitlines()
    return Counter(str(json.loads(line)["event"]) if line.startswith("{") else line[:120] for line in lines)


def table(verdicts: Sequence[Verdict]) -> Table:
    """Return the verdicts for a terminal."""
    shown = Table("what", "early", "late", "at most", "", "rule")
    for verdict in verdicts:
        figures = (f"{value:,.4g}" for value in (verdict.early, verdict.late, verdict.most))
        shown.add_row(verdict.name, *figures, "flat" if verdict.is_flat else "[red]grows[/red]", verdict.rule)
    return shown


if __name__ == "__main__":
    sys.exit(main())
