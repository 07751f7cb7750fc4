"""A desk spread over processes: people meet one, and of the two that run the timetable one leads."""

import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from bot.local_slack.errors import PersonRefused
from bot.local_slack.launch import ADMIN, CHANNEL, TRADER
from bot.local_slack.people import Person
from engine.adapters.clock import SystemClock
from engine.adapters.sql.lease import SqlLease
from engine.adapters.sql.store import open_store
from tests.scenarios.grown import at_alpaca
from tests.scenarios.test_run import has, started
from tests.support.environment import in_workspace, nothing_set
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.servers import Postgres, Valkey
from tests.support.slack_harness import workspace
from tests.support.waiting import until

PATIENCE = 60.0
TAKEN_OVER_WITHIN = 10.0


def test_people_are_served_by_one_process_and_another_leads_once_the_leader_is_killed(
    tmp_path: Path, postgres: Postgres
) -> None:
    with FakeAlpaca(SystemClock()) as alpaca, Valkey(tmp_path) as valkey, workspace() as slack, ExitStack() as stack:
        alpaca.hold("MSFT", 300, "420.80")
        database = postgres.new_database()
        environment = {
            **in_workspace(slack),
            "TRADERS": TRADER.id,
            "ADMINS": ADMIN.id,
            **{name.upper(): value for name, value in at_alpaca(alpaca).items()},
            "DATABASE_URL": database,
            "REDIS_URL": valkey.url,
            "HTTP_PORT": "0",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        store = stack.enter_context(closing(open_store(database)))
        lease = SqlLease(store, me="a witness")
        trader, admin = Person(slack.url, TRADER.id), Person(slack.url, ADMIN.id)

        def start(role: str, name: str) -> subprocess.Popen[bytes]:
            own = {"DATA_DIR": str(tmp_path / name)} | ({"SLACK_APP_TOKEN": ""} if role == "scheduler" else {})
            return stack.enter_context(started(environment | own, tmp_path, role))

        first = start("scheduler", "one")
        until(lambda: (held := lease.held()) and str(first.pid) in held.holder, seconds=PATIENCE)
        second = start("scheduler", "two")
        start("api", "three")
        until(lambda: is_answered(trader, "/positions"), seconds=PATIENCE)
        trader.wait_for(CHANNEL.id, lambda message: has(message, "MSFT") and bool(message["ephemeral"]), PATIENCE)
        trader.command(CHANNEL.id, "/halt enough for today")
        trader.wait_for(CHANNEL.id, lambda message: has(message, "enough for today") and not message["ephemeral"])
        until(lambda: (held := lease.held()) and held.term == 1 and held.seconds > 0)
        first.kill()
        first.wait(PATIENCE)
        until(lambda: (held := lease.held()) and held.term == 2, seconds=TAKEN_OVER_WITHIN)
        trader.wait_for(CHANNEL.id, is_takeover(first, second), PATIENCE)
        admin.command(CHANNEL.id, "/resume")
        trader.wait_for(CHANNEL.id, lambda message: has(message, "resumed") and not message["ephemeral"], PATIENCE)
        shown = subprocess.run(
            [sys.executable, "-m", "bot", "status"],
            cwd=tmp_path,
            env=environment | {"DATA_DIR": str(tmp_path / "four"), "COLUMNS": "120"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert shown.startswith("desk active, AUTO_MODE off\noutbox ")
        assert "signal stream 0 waiting" in shown
        [leader] = [line for line in shown.splitlines() if "scheduler" in line]
        assert " yes " in leader
        assert sum("│ api " in line for line in shown.splitlines()) == 1
        second.terminate()
        second.wait(PATIENCE)
        held = lease.held()
        assert held
        assert (held.holder, held.term) == ("", 2)
        start("scheduler", "five")
        until(lambda: (held := lease.held()) and held.term == 3, seconds=PATIENCE)
        trader.command(CHANNEL.id, "/halt the last word")
        trader.wait_for(
            CHANNEL.id, lambda message: has(message, "the last word") and not message["ephemeral"], PATIENCE
        )
        assert len([message for message in trader.messages(CHANNEL.id) if is_takeover(first, second)(message)]) == 1
        assert alpaca.violations == ()


def is_takeover(before: subprocess.Popen[bytes], after: subprocess.Popen[bytes]) -> Callable[[dict[str, Any]], bool]:
    """Return what tells whether a message is of one process's taking another one's place."""
    here = socket.gethostname()
    words = f"{here} (pid {after.pid}) leads now. The previous leader, {here} (pid {before.pid}), has not responded"
    return lambda message: has(message, words)


def is_answered(person: Person, command: str) -> bool:
    """Send a command, and tell whether a bot that is ready took it."""
    try:
        person.command(CHANNEL.id, command)
    except PersonRefused:
        return False
    return True


SHARED = {
    "DATABASE_URL": "postgresql://desk@127.0.0.1:1/desk",
    "MARKET": "alpaca",
    "BROKER": "alpaca",
    "ALPACA_KEY_ID": "PK",
    "ALPACA_SECRET_KEY": "secret",
    "REDIS_URL": "redis://127.0.0.1:1",
}
"""What several processes can share."""


@pytest.mark.parametrize("role", ["api", "scheduler"])
@pytest.mark.parametrize(
    ("instead", "told"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL: {role} shares a database with other processes; expected PostgreSQL"),
        ({"MARKET": "replay", "BROKER": "paper"}, "MARKET: a replay has a clock in each process, and {role} is one"),
        ({"BROKER": "paper"}, "BROKER: a paper account lives in one process, and {role} is one of several"),
        ({"REDIS_URL": ""}, "REDIS_URL: {role} shares one Valkey with other processes; expected its redis:// URL"),
    ],
    ids=["a database", "a market", "a broker", "a Valkey"],
)
def test_a_role_of_its_own_needs_what_processes_can_share(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: str, instead: dict[str, str], told: str
) -> None:
    nothing_set(monkeypatch, tmp_path)
    environment = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_CHANNEL": "C0DESK"}
    done = CliRunner().invoke(app, [role], env=environment | SHARED | instead)
    assert done.exit_code == 1
    assert told.format(role=role) in done.output
