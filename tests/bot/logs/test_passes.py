"""No log line shows what Slack hands out for a moment, however the line is written."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from bot.local_slack.launch import CHANNEL, TRADER
from bot.local_slack.people import Person
from bot.logs.passes import HIDDEN, without_passes
from tests.support.environment import in_workspace
from tests.support.slack_harness import workspace

ROOT = Path(__file__).parents[3]

SECRET = "AbCdSECRET9"
RESPONSE_URL = f"https://hooks.slack.com/commands/T0ABC/1234567/{SECRET}"
PAYLOAD = {"response_url": RESPONSE_URL, "trigger_id": f"133.7384.{SECRET}", "token": f"Xy{SECRET}", "user": "U0TRADER"}


def spellings() -> Iterator[str]:
    inner = json.dumps(PAYLOAD)
    yield inner
    yield inner.replace("/", "\\/")
    yield json.dumps({"payload": inner})
    yield json.dumps(json.dumps({"payload": inner}))
    yield repr(PAYLOAD)
    yield repr({"body": [inner]})
    yield urlencode(PAYLOAD)
    yield urlencode({"payload": inner})
    yield quote(urlencode({"payload": inner}), safe="")
    yield repr({"response_urls": [{"response_url": RESPONSE_URL}]})
    yield f"Sending a request - url: {RESPONSE_URL}, body: {{}}"
    yield f"Sending a request - url: http://127.0.0.1:8871/respond/{SECRET}, body: {{}}"
    yield f"wss://wss-primary.slack.com/link/?ticket={SECRET}&app_id=0f3"
    yield f"{{'ticket': '{SECRET}', 'app_id': '0f3'}}"
    yield f"Authorization: Bearer xoxb-1234567890-{SECRET}"
    yield f"apps.connections.open with xapp-1-A012-34567-{SECRET}"
    yield f"upload_url=https://files.slack.com/upload/v1/{SECRET}"
    yield f"POST http://127.0.0.1:8871/files/upload/{SECRET}"


@pytest.mark.parametrize("line", tuple(spellings()))
def test_a_pass_is_blotted_out_however_it_is_written(line: str) -> None:
    told = without_passes(f"before {line} after")
    assert SECRET not in told
    assert HIDDEN in told
    assert told.startswith("before ")
    assert told.endswith(" after")


@pytest.mark.parametrize(
    "line",
    [
        "HTTP_TOKEN: expected 16 characters or more",
        "AAPL_20250819_234515 approved by U0TRADER",
        '{"event": "claude_failed", "input_tokens": 300}',
        "https://news.example/token-ring",
        "the ticket was sold",
    ],
)
def test_what_is_no_pass_stays(line: str) -> None:
    assert without_passes(line) == line


CHILD = """
import sys
from zoneinfo import ZoneInfo
from bot.app import build_app
from bot.transport.slack_transport import SlackTransport
from bot.logs.setup import log_to_stderr
from bot.messages import Texts
from bot.settings import SlackSettings
from tests.support.fakes.desk import FakeEngine

log_to_stderr("debug", "text")
slack = SlackSettings.read()
with SlackTransport(slack).held(build_app(*FakeEngine().facades, Texts("en", ZoneInfo("UTC")), slack.access, slack)):
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_at_level_debug_a_real_connection_and_a_real_command_show_no_pass(tmp_path: Path) -> None:
    with workspace() as slack:
        kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        place = kept | in_workspace(slack) | {"TRADERS": TRADER.id, "PYTHONPATH": str(ROOT)}
        bot = subprocess.Popen(  # noqa: S603 (our own)
            (sys.executable, "-c", CHILD),
            cwd=tmp_path,
            env=place,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert bot.stdout is not None
        assert bot.stdout.readline() == "ready\n"
        trader = Person(slack.url, TRADER.id)
        trader.command(CHANNEL.id, "/positions")
        trader.wait_for(CHANNEL.id, lambda message: bool(message["ephemeral"]))
        _, written = bot.communicate(timeout=60)
    assert "/positions" in written, written[-2_000:]
    assert "response_url" in written
    assert re.findall(rf"ticket=(?!{HIDDEN})\S+|/respond/(?!{HIDDEN})\S+", written) == []
    assert re.findall(r"(?:response_url|trigger_id)[\"']: ?[\"'](?!•)[^\"']+", written) == []
    assert slack.bot_token not in written
