import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from slack_bolt import App
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from bot.local_slack.errors import PersonRefused
from bot.local_slack.people import Person
from bot.local_slack.rules import Rules
from bot.local_slack.server import LocalSlack
from tests.bot.local_slack.workspaces import ANN, DESK, HURRIED, client_with, connected, new_app
from tests.support.waiting import until


@pytest.fixture
def rules() -> Rules:
    return HURRIED


@contextmanager
def raw(slack: LocalSlack) -> Iterator[ClientConnection]:
    """Open a websocket as a bot does, without acknowledging anything."""
    client = client_with(slack, slack.bot_token)
    with connect(client.apps_connections_open(app_token=slack.app_token)["url"]) as websocket:
        yield websocket


def heard(websocket: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(websocket.recv(timeout=5))
    return message


def acknowledge(websocket: ClientConnection, envelope: dict[str, Any]) -> None:
    websocket.send(json.dumps({"envelope_id": envelope["envelope_id"]}))


def test_a_connection_is_greeted(slack: LocalSlack) -> None:
    with raw(slack) as websocket:
        hello = heard(websocket)
    assert (hello["type"], hello["num_connections"], hello["connection_info"]["app_id"]) == ("hello", 1, "A0LOCALBOT")


def test_a_connection_needs_a_ticket(slack: LocalSlack) -> None:
    address = slack.url.replace("http", "ws") + "/socket?ticket=invented"
    with pytest.raises(InvalidStatus), connect(address):
        pass


def test_ten_connections_are_the_most(slack: LocalSlack) -> None:
    with ExitStack() as stack:
        for _ in range(10):
            heard(stack.enter_context(raw(slack)))
        with raw(slack) as eleventh:
            assert heard(eleventh)["reason"] == "too_many_websockets"
            with pytest.raises(ConnectionClosed):
                heard(eleventh)


def test_without_a_bot_a_person_fails_at_once(ann: Person) -> None:
    with pytest.raises(PersonRefused, match="409 dispatch_failed"):
        ann.command(DESK, "/hi")


def test_without_an_acknowledgement_a_person_fails_in_time(slack: LocalSlack, ann: Person) -> None:
    with raw(slack) as websocket:
        heard(websocket)
        with pytest.raises(PersonRefused, match="409 operation_timeout"):
            ann.command(DESK, "/hi")


def test_a_listener_that_fails_acknowledges_nothing(app: App, ann: Person) -> None:
    @app.command("/hi")
    def on_command() -> None:
        raise ValueError("broken")

    with pytest.raises(PersonRefused, match="409 operation_timeout"):
        ann.command(DESK, "/hi")


def test_an_interaction_that_was_not_acknowledged_comes_twice(slack: LocalSlack, ann: Person) -> None:
    with raw(slack) as websocket:
        heard(websocket)
        with pytest.raises(PersonRefused):
            ann.command(DESK, "/hi")
        first, second = heard(websocket), heard(websocket)
    assert first == second
    assert (first["type"], first["accepts_response_payload"]) == ("slash_commands", True)


def test_an_event_that_was_not_acknowledged_comes_again(slack: LocalSlack, ann: Person) -> None:
    with raw(slack) as websocket:
        heard(websocket)
        ann.open_home()
        tries = [heard(websocket) for _ in range(4)]
    assert [each["retry_attempt"] for each in tries] == [0, 1, 2, 3]
    assert [each["retry_reason"] for each in tries] == ["", "timeout", "timeout", "timeout"]
    assert len({each["envelope_id"] for each in tries}) == 1


def test_an_acknowledged_event_does_not_come_again(slack: LocalSlack, ann: Person) -> None:
    with raw(slack) as websocket:
        heard(websocket)
        for _ in range(2):
            ann.open_home()
            envelope = heard(websocket)
            assert envelope["retry_attempt"] == 0
            acknowledge(websocket, envelope)
        with pytest.raises(TimeoutError):
            websocket.recv(timeout=HURRIED.acknowledge_within * 1.5)


def test_what_is_no_acknowledgement_is_passed_over(slack: LocalSlack, ann: Person) -> None:
    with raw(slack) as websocket:
        heard(websocket)
        for noise in ("[]", "{}", '{"envelope_id": "unknown"}', '{"envelope_id": 3}'):
            websocket.send(noise)
        ann.open_home()
        assert heard(websocket)["type"] == "events_api"


def test_any_connection_may_get_a_payload_and_any_may_acknowledge(slack: LocalSlack, ann: Person) -> None:
    with raw(slack) as one, raw(slack) as other:
        heard(one)
        heard(other)
        for receiver, acknowledger in ((one, other), (other, one)):
            asking = threading.Thread(target=ann.command, args=(DESK, "/hi"))
            asking.start()
            acknowledge(acknowledger, heard(receiver))
            asking.join()


def test_an_event_finds_the_bot_when_it_comes_back(slack: LocalSlack, ann: Person) -> None:
    ann.open_home()
    with raw(slack) as websocket:
        heard(websocket)
        assert heard(websocket)["retry_reason"] == "connection_failed"


def test_a_bot_moves_to_a_new_connection_when_warned(slack: LocalSlack, ann: Person) -> None:
    app = new_app(slack)
    app.command("/hi")(lambda ack: ack("Hello"))
    with connected(slack, app) as handler:
        before = handler.client.session_id()
        slack.cycle_connections()
        until(lambda: handler.client.session_id() != before and slack.connections == 1)
        response = ann.command(DESK, "/hi")
    assert (response or {})["text"] == "Hello"


def test_a_connection_that_stays_is_hung_up_on() -> None:
    rules = Rules(warn_before_disconnect=0.05)
    with LocalSlack(manifest={}, users=(), channels=(), rules=rules) as slack, raw(slack) as websocket:
        heard(websocket)
        slack.cycle_connections()
        assert [heard(websocket)["reason"] for _ in range(2)] == ["warning", "refresh_requested"]
        with pytest.raises(ConnectionClosed):
            heard(websocket)


def test_a_stop_leaves_nobody_waiting(slack: LocalSlack, ann: Person) -> None:
    failures: list[PersonRefused] = []

    def ask() -> None:
        try:
            ann.command(DESK, "/hi")
        except PersonRefused as failure:
            failures.append(failure)

    with raw(slack) as websocket:
        heard(websocket)
        asking = threading.Thread(target=ask)
        asking.start()
        heard(websocket)
        slack.stop()
        asking.join()
    assert failures[0].error == "dispatch_failed"


def test_the_workspace_outlives_a_stop(slack: LocalSlack, ann: Person) -> None:
    ann.say(DESK, "Still here")
    address = slack.url
    slack.stop()
    slack.start()
    assert slack.url == address
    assert ann.messages(DESK)[0]["text"] == "Still here"
    assert slack.connections == 0
    assert ann.user == ANN
