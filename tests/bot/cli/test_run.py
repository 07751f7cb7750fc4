"""`trading-bot run` and `export` as they are typed, with nothing but the environment."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from bot.cli.main import app
from bot.local_slack.launch import ADMIN, CHANNEL, MANIFEST
from bot.local_slack.server import LocalSlack
from engine.adapters.sql.store import open_store
from engine.model.desk import OWN_ACCORD
from tests.support.environment import in_workspace, nothing_set
from tests.support.fakes.worked_example import AT
from tests.support.servers import free_port
from tests.support.waiting import until

ROOT = Path(__file__).parents[3]
GOOD = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_CHANNEL": "C0DESK"}


@pytest.fixture(name="slack")
def _slack() -> Iterator[LocalSlack]:
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    with LocalSlack(manifest=manifest, users=(ADMIN,), channels=(CHANNEL,)) as slack:
        yield slack


def started(folder: Path, environment: Mapping[str, str]) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return subprocess.Popen(
        (sys.executable, "-m", "bot", "run"),
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), "DATA_DIR": str(folder / "data"), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ask(port: int, path: str) -> tuple[int, dict[str, object]]:
    """Return the status and the body of an answer; status 0 while nobody listens."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
        except OSError:
            return 0, {}
        return answer.status, json.loads(answer.read())


def test_a_started_bot_answers_the_seeds_two_checks_and_stops_in_order_and_one_without_a_port_never_starts(
    slack: LocalSlack, tmp_path: Path
) -> None:
    port = free_port()
    environment = {
        **in_workspace(slack),
        "HTTP_PORT": str(port),
    }
    with socket.create_server(("127.0.0.1", 0)) as taken:
        other = {"DATA_DIR": str(tmp_path / "other"), "HTTP_PORT": str(taken.getsockname()[1])}
        with started(tmp_path, environment) as process, started(tmp_path, environment | other) as kept_out:
            until(lambda: ask(port, "/health")[0] == 200, seconds=90)
            _, summary = ask(port, "/portfolio/summary")
            process.send_signal(signal.SIGTERM)
            said, told = process.communicate(timeout=60), kept_out.communicate(timeout=60)
    assert isinstance(summary["data"], dict)
    assert summary["data"]["risk_metrics"]["state"] == "normal"
    assert (kept_out.returncode, told[0]) == (1, "")
    assert told[1].splitlines()[-1].startswith("trading-bot: HTTP_HOST, HTTP_PORT: cannot listen on http://127.0.0.1")
    assert (process.returncode, said[0]) == (0, "")
    assert all("Traceback" not in text for text in (told[1], said[1]))


@pytest.fixture(name="place")
def _place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    nothing_set(monkeypatch, tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        ({"SLACK_CHANNEL": "#desk"}, "SLACK_CHANNEL: expected the id of the desk's channel"),
        ({"SLACK_APP_TOKEN": ""}, "SLACK_APP_TOKEN: expected an app-level token"),
        ({"TIMEZONE": "Mars"}, "TIMEZONE: expected an IANA time zone"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL: expected a URL that begins with sqlite:///"),
        ({"DATABASE_URL": "postgresql://desk@db:port/desk"}, "DATABASE_URL: expected a URL"),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL: expected a URL that begins with redis://"),
        ({"REDIS_URL": "redis://127.0.0.1:9?databse=1"}, "REDIS_URL: expected only options that the client takes"),
        ({"BAR_SECONDS": "90"}, "BAR_SECONDS: expected one of 60"),
        ({"WATCHLIST": "AAPL MSFT,NVDA"}, "WATCHLIST: expected symbols such as AAPL,BRK.B"),
        ({"TIMEZONE": "Asia"}, "TIMEZONE: expected an IANA time zone"),
        ({"HTTP_PORT": "eighty"}, "HTTP_PORT: "),
        ({"ALPACA_LIVE": "1"}, "LIVE_MONEY: expected 'yes, real money'"),
    ],
)
@pytest.mark.usefixtures("place")
def test_an_unusable_setting_stops_the_start_with_one_line(broken: dict[str, str], line: str) -> None:
    done = CliRunner().invoke(app, ["run"], env=GOOD | broken)
    assert done.exit_code == 1
    assert done.output.startswith(f"trading-bot: {line}")
    assert done.output.count("\n") == 1


@pytest.mark.parametrize("name", ["audit.csv", "audit.parquet"])
def test_the_books_are_written_into_a_file(place: Path, name: str) -> None:
    with closing(open_store(f"sqlite:///{place / 'desk.db'}")) as store, store.writing() as transaction:
        transaction.write_audit(OWN_ACCORD.entry(AT, "start", outcome="active"))
    done = CliRunner().invoke(app, ["export", "audit", name], env={"DATA_DIR": str(place)})
    rows, anchor = done.output.splitlines()
    assert (done.exit_code, rows) == (0, f"{name}: 1 rows of audit")
    assert anchor.startswith(f"{name}.anchor: the audit log through row 1, ")
    assert (place / name).stat().st_size > 0


def test_the_audit_is_verified_with_its_count_or_its_first_break(place: Path) -> None:
    with closing(open_store(f"sqlite:///{place / 'desk.db'}")) as store, store.writing() as transaction:
        transaction.write_audit(OWN_ACCORD.entry(AT, "start", outcome="active"))
    done = CliRunner().invoke(app, ["audit", "verify"], env={"DATA_DIR": str(place)})
    assert (done.exit_code, done.output.split(",")[0]) == (0, "OK: 1 rows")
    with closing(sqlite3.connect(place / "desk.db")) as books:
        books.execute("DROP TRIGGER audit_no_update")
        books.execute("UPDATE audit SET outcome = 'halted'")
        books.commit()
    broken = CliRunner().invoke(app, ["audit", "verify"], env={"DATA_DIR": str(place)})
    assert (broken.exit_code, broken.output.split(",")[0]) == (1, "BROKEN: row 1: changed")


def test_old_rows_are_moved_into_files_and_verified_from_their_anchor_on(place: Path) -> None:
    env = {"DATA_DIR": str(place)}
    with closing(open_store(f"sqlite:///{place / 'desk.db'}")) as store, store.writing() as transaction:
        transaction.write_audit(OWN_ACCORD.entry(AT - timedelta(days=1_000), "start", outcome="active"))
    done = CliRunner().invoke(app, ["prune"], env=env)
    assert (done.exit_code, done.output.splitlines()[-1][:23]) == (0, "moved 1 audit rows and ")
    verified = CliRunner().invoke(app, ["audit", "verify"], env=env)
    assert verified.exit_code == 0
    assert "The first 1 rows are archived: the chain in the database begins after" in verified.output
    assert "is an unbroken chain up to it" in verified.output
    [file] = (place / "archive").iterdir()
    file.write_text(file.read_text().replace("active", "halted"))
    broken = CliRunner().invoke(app, ["audit", "verify"], env=env)
    assert (broken.exit_code, "BROKEN: the archive" in broken.output) == (1, True)
    file.unlink()
    missing = CliRunner().invoke(app, ["audit", "verify"], env=env)
    assert (missing.exit_code, "put them there" in missing.output) == (0, True)
    assert CliRunner().invoke(app, ["prune", "--months", "1"], env=env).exit_code == 2


@pytest.mark.parametrize("table", ["trades", "orders", "decisions"])
def test_every_table_can_be_written(place: Path, table: str) -> None:
    open_store(f"sqlite:///{place / 'desk.db'}").close()
    done = CliRunner().invoke(app, ["export", table, "rows.csv"], env={"DATA_DIR": str(place)})
    assert (done.exit_code, done.output) == (0, f"rows.csv: 0 rows of {table}\n")


def test_without_books_nothing_is_written_and_none_are_made(place: Path) -> None:
    done = CliRunner().invoke(app, ["export", "audit", "audit.csv"], env={"DATA_DIR": str(place)})
    assert done.exit_code == 1
    assert "there is no database yet" in done.output
    assert list(place.iterdir()) == []
