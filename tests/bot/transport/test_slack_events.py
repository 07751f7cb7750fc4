import json
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier
from starlette.testclient import TestClient

from bot.http.app import build_http
from bot.local_slack.server import LocalSlack
from bot.transport.slack_events import LONGEST, SlackEvents
from engine.errors import SettingsInvalid
from tests.support.http_desk import HttpDesk

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
COMMAND = urlencode({"command": "/hello", "team_id": "T0LOCAL", "user_id": "U0TRADER", "text": "kim"})


@pytest.fixture(name="bolt")
def _bolt() -> Iterator[App]:
    with LocalSlack(manifest={}, users=(), channels=()) as slack:
        client = WebClient(token=slack.bot_token, base_url=slack.api_url)
        app = App(client=client, signing_secret=SECRET, token_verification_enabled=False)
        app.command("/hello")(_hello)
        yield app
        app.listener_runner.listener_executor.shutdown()


def _hello(ack: Ack, body: dict[str, str]) -> None:
    ack(f"hello {body['text']}")


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[HttpDesk]:
    with HttpDesk.open(tmp_path) as desk:
        yield desk


@pytest.fixture(name="client")
def _client(desk: HttpDesk, bolt: App) -> Iterator[TestClient]:
    events = SlackEvents(SECRET)
    app = build_http(desk.sources, host="0.0.0.0", token="s3cret", slack=events)  # noqa: S104 (nothing listens)
    with events.served_by(bolt):
        yield TestClient(app)


def _signed(body: str, secret: str = SECRET, age: int = 0) -> dict[str, str]:
    timestamp = str(int(time.time()) - age)
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
    return {
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature or "",
        "Content-Type": "application/x-www-form-urlencoded",
    }


def test_a_signed_command_reaches_its_listener_without_a_token(client: TestClient) -> None:
    answer = client.post("/slack/events", content=COMMAND, headers=_signed(COMMAND))
    assert (answer.status_code, answer.text) == (200, "hello kim")


def test_slacks_question_whether_the_address_is_ours_is_answered(client: TestClient) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw"})
    headers = _signed(body) | {"Content-Type": "application/json"}
    assert client.post("/slack/events", content=body, headers=headers).json() == {"challenge": "3eZbrw"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        _signed(COMMAND, secret="another"),
        _signed(COMMAND, age=301),
        _signed(COMMAND + "&text=more"),
        _signed(COMMAND) | {"X-Slack-Request-Timestamp": "now"},
        {"Authorization": "Bearer s3cret"},
    ],
    ids=["unsigned", "other-secret", "old", "other-body", "no-time", "token-only"],
)
def test_what_slack_did_not_sign_is_turned_away(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post("/slack/events", content=COMMAND, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "Unauthorized")


def test_a_body_that_is_no_text_is_turned_away(client: TestClient) -> None:
    assert client.post("/slack/events", content=b"\xff\xfe", headers=_signed("")).status_code == 401


def test_a_body_too_long_is_not_read(client: TestClient) -> None:
    assert client.post("/slack/events", content=b"x" * (LONGEST + 1), headers=_signed("")).status_code == 413


def test_while_nobody_serves_slack_is_asked_to_come_again(desk: HttpDesk, bolt: App) -> None:
    events = SlackEvents(SECRET)
    client = TestClient(build_http(desk.sources, host="127.0.0.1", slack=events), base_url="http://localhost")
    assert client.post("/slack/events", content=COMMAND, headers=_signed(COMMAND)).status_code == 503
    with events.served_by(bolt):
        assert client.post("/slack/events", content=COMMAND, headers=_signed(COMMAND)).status_code == 200
    assert client.post("/slack/events", content=COMMAND, headers=_signed(COMMAND)).status_code == 503


def test_without_a_signing_secret_there_is_no_door(desk: HttpDesk) -> None:
    with pytest.raises(SettingsInvalid, match=r"^SLACK_SIGNING_SECRET"):
        SlackEvents("")
    client = TestClient(build_http(desk.sources, host="127.0.0.1"), base_url="http://localhost")
    assert client.post("/slack/events", content=COMMAND, headers=_signed(COMMAND)).status_code == 404
