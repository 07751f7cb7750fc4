"""The command line as a newcomer meets it, in a process of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.cli.demo import folder_for
from bot.local_slack.launch import demo_slack
from engine.errors import SettingsInvalid
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
    assert (process.returncode, told, problem) == (0, "", "")
