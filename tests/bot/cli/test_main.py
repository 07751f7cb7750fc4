"""The command line as a newcomer meets it, in a process of its own."""

import errno
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import typer

from bot.cli.common import told_in_one_line
from bot.cli.demo import folder_for
from bot.local_slack.launch import demo_slack
from engine.errors import SettingsInvalid, StoreUnavailable
from tests.support.waiting import until

DEMO = (sys.executable, "-m", "bot", "demo", "--no-browser")
NOWHERE = "http://127.0.0.1:9"
PROXIES = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"), NOWHERE)


def demo(*options: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 (our own)
        [*DEMO, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
        start_new_session=True,
    )


def test_the_help_comes_without_the_libraries_of_the_commands() -> None:
    command = (sys.executable, "-X", "importtime", "-m", "bot", "--help")
    asked = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)  # noqa: S603 (our own)
    brought = {line.rpartition("|")[2].strip().partition(".")[0] for line in asked.stderr.splitlines()}
    assert "run        Trade in your Slack workspace.\n" in asked.stdout
    assert "typer" in brought
    assert brought.isdisjoint({"engine", "matplotlib", "numpy", "pandas", "rich", "slack_bolt", "sqlalchemy"})


def test_a_desk_starts_without_the_libraries_that_not_every_desk_needs() -> None:
    program = "import sys, bot.cli.demo, bot.cli.run; print(*sys.modules)"
    command = (sys.executable, "-c", program)
    asked = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603 (our own)
    brought = set(asked.stdout.split())
    assert "slack_bolt" in brought
    assert brought.isdisjoint({"anthropic", "matplotlib", "pandas"})


@pytest.mark.parametrize(("name", "opens"), [("www-browser", False), ("elinks", False), ("w3m", False), ("mine", True)])
def test_a_browser_that_would_take_the_terminal_is_not_opened(tmp_path: Path, name: str, *, opens: bool) -> None:
    (program := tmp_path / name).write_text("#!/bin/sh\nexec sleep 60\n", encoding="ascii")
    program.chmod(0o700)
    asks = (sys.executable, "-c", "from bot.cli.demo import opens_beside; print(opens_beside())")
    environment = {**os.environ, "PATH": str(tmp_path), "TERM": "xterm"}
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        environment.pop(variable, None)
    if opens:  # as an editor's helper for windows elsewhere is named
        environment["BROWSER"] = str(program)
    asked = subprocess.run(asks, capture_output=True, text=True, check=True, timeout=60, env=environment)  # noqa: S603
    assert asked.stdout == f"{opens}\n"


def test_a_speed_that_is_no_number_stops_the_start_with_one_line() -> None:
    with demo("--speed", "nan") as process:
        told, problem = process.communicate(timeout=30)
    assert (process.returncode, told) == (1, "")
    assert re.fullmatch(r"trading-bot: --speed: .+\n", problem)


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsInvalid, match=rf"^--port: {port} "), demo_slack(port=port, note="", clock=str):
            pass


def test_data_that_is_no_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsInvalid, match=r"^--data: "), folder_for(tmp_path / "file"):
        pass


def test_proxies_in_the_environment_do_not_come_between_the_demo_and_itself() -> None:
    with demo("--seconds", "60", environment=PROXIES) as process:
        assert process.stdout is not None
        desk, http = process.stdout.readline(), process.stdout.readline()
        process.terminate()
        process.communicate(timeout=30)
    assert re.fullmatch(r"desk: http://127\.0\.0\.1:\d+/\n", desk)
    assert re.fullmatch(r"http: http://127\.0\.0\.1:\d+/docs\n", http)


def test_a_ctrl_c_before_the_desk_is_up_stops_it_in_order(tmp_path: Path) -> None:
    with demo("--data", str(tmp_path)) as process:
        until((tmp_path / "desk.db").exists, seconds=30)
        os.killpg(process.pid, signal.SIGINT)
        told, problem = process.communicate(timeout=30)
    assert (process.returncode, told) == (0, "")
    assert "Traceback" not in problem
    assert problem.startswith("1/3 ")


def test_the_terminal_says_each_step_what_to_open_and_how_to_stop_and_warns_of_nothing() -> None:
    with demo("--seconds", "8", "--locale", "ko", "--auto") as process:
        told, problem = process.communicate(timeout=60)
    assert told.startswith("desk: http://127.0.0.1:")
    steps = problem.splitlines()
    assert [line[:4] for line in steps] == ["1/3 ", "2/3 ", "3/3 "]
    assert told.split()[1] in steps[2]
    assert "Ctrl-C" in steps[2]


def test_a_taken_port_is_said_before_anything_is_opened(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with demo("--port", str(port), "--data", str(tmp_path)) as process:
            told, problem = process.communicate(timeout=30)
    assert (process.returncode, told) == (1, "")
    assert re.fullmatch(rf"trading-bot: --port: {port} is taken .+\n", problem)
    assert not (tmp_path / "desk.db").exists()


def test_settings_of_a_real_desk_over_http_keep_no_demo_from_starting() -> None:
    real = {
        "SLACK_SIGNING_SECRET": "0123456789abcdef",
        "SLACK_BOT_TOKEN": "xoxb-real",
        "SLACK_SIGNING_SECRET_FILE": "/run/secrets/none",
        "HTTP_TRUST_HOST": "proxy",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "HOLD_OVERNIGHT": "nonsense",
    }
    with demo("--seconds", "3", environment=real) as process:
        told, problem = process.communicate(timeout=60)
    assert (process.returncode, told.partition(" ")[0]) == (0, "desk:")
    assert "trading-bot:" not in problem


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "free some space"),
        (sqlite3.OperationalError("database or disk is full"), "free some space"),
        (sqlite3.OperationalError("disk I/O error"), "free some space"),
        (PermissionError(errno.EACCES, "Permission denied", "/data/desk.db"), "name a folder that can"),
        (OSError(errno.EROFS, "Read-only file system", "/data"), "name a folder that can"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "name a folder that can"),
        (PermissionError(errno.EACCES, "Permission denied"), ""),  # a port, and no file
    ],
)
def test_what_to_do_about_a_disk_is_said_in_one_line(
    error: Exception, advice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit), told_in_one_line():
        raise StoreUnavailable(str(error)) from error
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert advice in said
    assert (";" in said) == bool(advice)
