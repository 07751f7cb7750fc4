"""Schemathesis asks everything that the description allows, and much that it does not, of a real server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from schemathesis.engine import Status, events, from_schema
from slack_bolt import App

from bot.http.app import build_http
from bot.http.server import HttpServer
from bot.transport.slack_events import SlackEvents
from tests.support.http_desk import HttpDesk

TOKEN = {"Authorization": "Bearer s3cret"}
EXAMPLES = 8
LEAST_QUESTIONS = 200


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[HttpDesk]:
    with HttpDesk.open(tmp_path) as desk:
        trade = desk.harness.play_the_signal()
        desk.listed = [trade.signal] if trade else []
        yield desk


@pytest.fixture(name="bolt")
def _bolt() -> Iterator[App]:
    app = App(token="xoxb-local", signing_secret="signed", token_verification_enabled=False)
    yield app
    app.listener_runner.listener_executor.shutdown()


def test_whatever_is_asked_is_answered_as_described(desk: HttpDesk, bolt: App) -> None:
    events = SlackEvents("signed")
    app = build_http(desk.sources, host="127.0.0.1", token="s3cret", slack=events)
    with events.served_by(bolt), HttpServer(app, host="127.0.0.1", port=0) as server:
        assert _failures(server, TOKEN) == []


def _failures(server: HttpServer, headers: dict[str, str]) -> list[str]:
    """Ask, and return what went otherwise than described."""
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi.json", headers=headers)
    schema.config.update(headers=headers)
    schema.config.generation.update(max_examples=EXAMPLES, deterministic=True)
    failures, questions = [], 0
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            failures.append(str(event))
        if isinstance(event, events.ScenarioFinished):
            questions += len(event.recorder.interactions)
            checks = (check for each in event.recorder.checks.values() for check in each)
            failures += [f"{event.label}: {check.failure_info}" for check in checks if check.status is Status.FAILURE]
    assert questions > LEAST_QUESTIONS
    return failures
