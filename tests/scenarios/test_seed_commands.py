"""The commands of the first document work as written there: two calls of the HTTP side, and the look at the log."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO

import pytest

from bot.http.app import build_http
from bot.http.server import HttpServer
from engine.adapters.clock import SystemClock
from engine.adapters.sql.store import open_store
from tests.scenarios.grown import at_alpaca
from tests.support.environment import in_workspace
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.trades import a_trade
from tests.support.http_desk import HttpDesk
from tests.support.servers import Postgres, Valkey, free_port
from tests.support.slack_harness import workspace
from tests.support.waiting import until

ROOT = Path(__file__).parents[2]
HEALTH = "curl http://localhost:8000/health"
RISK = "curl http://localhost:8000/portfolio/summary | jq .data.risk_metrics"
WATCHED = "curl -s localhost:8000/portfolio/summary | jq .data.risk_metrics"
LOGS = 'docker logs -f trading_bot_scheduler | grep "신호\\|거래"'
PATIENCE = 60.0


@pytest.fixture(name="port")
def _port(tmp_path: Path) -> Iterator[str]:
    if not (shutil.which("curl") and shutil.which("jq")):
        pytest.skip("there is no curl or no jq here")
    with HttpDesk.open(tmp_path) as desk:
        app = build_http(desk.sources, host="127.0.0.1")
        with HttpServer(app, host="127.0.0.1", port=free_port()) as server:
            yield server.url.rpartition(":")[2]


def typed(command: str, port: str) -> subprocess.CompletedProcess[str]:
    """Run a command as it is written, but for the port, in a shell."""
    place = {"PATH": os.environ["PATH"]}
    return subprocess.run(["sh", "-c", command.replace("8000", port)], env=place, capture_output=True, text=True)  # noqa: PLW1510, S603, S607


def test_the_health_of_the_desk_is_shown(port: str) -> None:
    done = typed(HEALTH, port)
    assert done.returncode == 0
    assert json.loads(done.stdout)["ok"] is True


@pytest.mark.parametrize("command", [RISK, WATCHED])
def test_the_risk_of_the_desk_is_shown_without_a_token_on_its_own_machine(port: str, command: str) -> None:
    done = typed(command, port)
    shown = json.loads(done.stdout)
    assert (shown["open_risk"], shown["limit"]) == (pytest.approx(0.01, abs=1e-5), 0.02)


def test_a_korean_schedulers_log_is_found_by_its_words_on_standard_output(tmp_path: Path, postgres: Postgres) -> None:
    database = postgres.new_database()
    late = a_trade(proposed_at=SystemClock().now() - timedelta(days=1))
    with closing(open_store(database)) as store, store.writing() as transaction:
        transaction.propose(late)
    with FakeAlpaca(SystemClock()) as alpaca, Valkey(tmp_path) as valkey, workspace() as slack:
        environment = {
            **in_workspace(slack),
            **{name.upper(): value for name, value in at_alpaca(alpaca).items()},
            "DATABASE_URL": database,
            "REDIS_URL": valkey.url,
            "DATA_DIR": str(tmp_path / "data"),
            "HTTP_PORT": "0",
            "LOCALE": "ko",
        }
        log = tmp_path / "log"
        with log.open("wb") as out, in_its_container("scheduler", environment, tmp_path, out):
            until(lambda: late.id in log.read_text(encoding="utf-8"), PATIENCE)
    found = typed(LOGS.replace("docker logs -f trading_bot_scheduler", f"cat {log}"), "").stdout.splitlines()
    assert [json.loads(line)["event"] for line in found if late.id in line] == ["거래 제안 만료"]


@contextmanager
def in_its_container(role: str, environment: Mapping[str, str], folder: Path, out: IO[bytes]) -> Iterator[None]:
    """Run a role by the image's entry point, which writes as `docker logs` shows it; errors do not count."""
    (entry,) = re.findall(r"^ENTRYPOINT (\[.+\])$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    command = [*json.loads(entry), role]
    place = {**environment, "PATH": path, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=folder, env=place, stdout=out, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE)
