"""What a person waits for at the command line, and how many jobs run at once."""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml

from benchmarks.figure import Figure, Floor, seconds
from benchmarks.floors import started
from bot.local_slack.launch import ADMIN, CHANNEL, MANIFEST
from bot.local_slack.people import Person
from bot.local_slack.server import LocalSlack
from engine.scheduler import THREADS
from tests.support.environment import in_workspace
from tests.support.servers import free_port

ROOT = Path(__file__).parents[1]


def help_() -> list[Figure]:
    """Time `trading-bot --help` from the shell."""
    command = (sys.executable, "-m", "bot", "--help")

    def ask() -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)  # noqa: S603 (our own program)

    ask()
    return [Figure.of("help", [seconds(ask) for _ in range(15)], unit="s", goal=0.3)]


def cold_start() -> list[Figure]:
    """Time a start in an empty folder, from the shell to the first message in Slack."""
    samples = [_first_message() for _ in range(5)]
    floor = Floor(value=started(), of="Python with the imports of a bot", at_p50=1.3)
    return [Figure.of("cold_start", samples, unit="s", goal=3, floor=floor, note="a fresh folder each")]


def parallel() -> list[Figure]:
    """Time ten jobs of 100 ms that the timetable's threads run at once."""
    with ThreadPoolExecutor(THREADS) as pool:

        def ten() -> None:
            for job in [pool.submit(time.sleep, 0.1) for _ in range(10)]:
                job.result()

        ten()
        samples = [seconds(ten) * 1000 for _ in range(20)]
    return [Figure.of("parallel", samples, unit="ms", goal=150, note=f"{THREADS} threads, as many as the timetable's")]


def _first_message() -> float:
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalSlack(manifest=manifest, users=(ADMIN,), channels=(CHANNEL,)) as slack,
    ):
        settings = {
            **in_workspace(slack),
            "HTTP_PORT": str(free_port()),
            "DATA_DIR": folder,
            "PYTHONPATH": str(ROOT),
        }
        start = time.perf_counter()
        with subprocess.Popen(
            (sys.executable, "-m", "bot", "run"),
            cwd=folder,
            env=os.environ | settings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as bot:
            Person(slack.url, ADMIN.id).wait_for(CHANNEL.id, lambda message: bool(message["text"]), timeout=60)
            taken = time.perf_counter() - start
            bot.terminate()
    return taken
