"""`trading-bot run` as somebody starts it: a process of its own, which knows nothing but its environment."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bot.local_slack.launch import CHANNEL, TRADER, VIEWER
from bot.local_slack.people import Person
from bot.local_slack.seed import Json
from engine.adapters.clock import SystemClock
from tests.scenarios.grown import at_alpaca
from tests.support.environment import in_workspace
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.servers import Postgres, Valkey
from tests.support.slack_harness import workspace

PATIENCE = 60.0


def test_run_with_only_an_environment_starts_answers_halts_and_stops(tmp_path: Path, postgres: Postgres) -> None:
    with FakeAlpaca(SystemClock()) as alpaca, Valkey(tmp_path) as valkey, workspace() as slack:
        alpaca.hold("MSFT", 300, "420.80")
        environment = {
            **in_workspace(slack),
            "TRADERS": TRADER.id,
            "VIEWERS": VIEWER.id,
            **{name.upper(): value for name, value in at_alpaca(alpaca).items()},
            "DATABASE_URL": postgres.new_database(),
            "REDIS_URL": valkey.url,
            "DATA_DIR": str(tmp_path / "data"),
            "HTTP_PORT": "0",
        }
        trader = Person(slack.url, TRADER.id)
        with started(environment, tmp_path) as process:
            assert "running" in trader.wait_for(CHANNEL.id, bool, PATIENCE)["text"]
            trader.command(CHANNEL.id, "/positions")
            trader.wait_for(CHANNEL.id, lambda message: has(message, "MSFT") and bool(message["ephemeral"]))
            trader.command(CHANNEL.id, "/halt enough for today")
            trader.wait_for(CHANNEL.id, lambda message: has(message, "enough for today") and not message["ephemeral"])
            process.terminate()
            assert process.wait(PATIENCE) == 0
        assert alpaca.reader == ()
        assert alpaca.violations == ()


@contextmanager
def started(environment: Mapping[str, str], folder: Path, role: str = "run") -> Iterator[subprocess.Popen[bytes]]:
    """Run the bot in a folder that has no .env file; it is killed if it does not stop by itself."""
    command = [sys.executable, "-m", "bot", role]
    with subprocess.Popen(command, cwd=folder, env=dict(environment)) as process:  # noqa: S603 (our own)
        try:
            yield process
        finally:
            process.kill()


def has(message: Json, words: str) -> bool:
    return words in message["text"]
