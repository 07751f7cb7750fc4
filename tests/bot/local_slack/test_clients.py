"""slack_sdk's own clients against the local workspace, as other bots use them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.local_slack.people import Person
from bot.local_slack.server import LocalSlack
from tests.bot.local_slack.socket_clients import CLIENTS, Connected
from tests.bot.local_slack.workspaces import DESK, client_with
from tests.support.waiting import until

SLOWEST_MOVE = 20.0
"""Seconds: websocket-client may look for ten at a socket that slack_sdk has closed."""


class Bot:
    """A Socket Mode client that answers every command with its name, and keeps what came."""

    def __init__(self, slack: LocalSlack, name: str) -> None:
        self.name = name
        self.hellos: list[int] = []
        self.texts: list[str] = []
        self.client = SocketModeClient(slack.app_token, web_client=client_with(slack, slack.bot_token))
        self.client.message_listeners.append(self._hear)
        self.client.socket_mode_request_listeners.append(self._answer)

    def _hear(self, _client: BaseSocketModeClient, message: dict[str, Any], _raw: str | None) -> None:
        if message.get("type") == "hello":
            self.hellos.append(message["num_connections"])

    def _answer(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        self.texts.append(request.payload["text"])
        client.send_socket_mode_response(SocketModeResponse(request.envelope_id, {"text": self.name}))


@contextmanager
def serving(slack: LocalSlack, name: str) -> Iterator[Bot]:
    """Connect a bot for as long as the context is open."""
    bot = Bot(slack, name)
    bot.client.connect()
    try:
        until(lambda: bool(bot.hellos))
        yield bot
    finally:
        bot.client.closed = True
        bot.client.enqueue_message("")
        bot.client.close()


@pytest.fixture
def bots(slack: LocalSlack) -> Iterator[list[Bot]]:
    """Three processes of one app."""
    with ExitStack() as stack:
        yield [stack.enter_context(serving(slack, name)) for name in ("one", "two", "three")]


def test_every_connection_is_told_how_many_there_are(bots: list[Bot]) -> None:
    assert [bot.hellos for bot in bots] == [[1], [2], [3]]


def test_several_connections_share_the_payloads(bots: list[Bot], ann: Person) -> None:
    answers = [(ann.command(DESK, f"/hi {number}") or {})["text"] for number in range(9)]
    assert set(answers) == {"one", "two", "three"}
    assert sorted(text for bot in bots for text in bot.texts) == [str(number) for number in range(9)]
    assert min(len(bot.texts) for bot in bots) >= 1


def test_a_connection_that_ends_leaves_its_share_to_the_others(slack: LocalSlack, ann: Person) -> None:
    with serving(slack, "stays"):
        with serving(slack, "leaves"):
            until(lambda: slack.connections == 2)
        until(lambda: slack.connections == 1)
        assert {(ann.command(DESK, "/hi") or {})["text"] for _ in range(4)} == {"stays"}


@pytest.fixture(params=list(CLIENTS))
def connected(request: pytest.FixtureRequest) -> Connected:
    """Each of slack_sdk's Socket Mode clients in turn."""
    return CLIENTS[request.param]


def test_each_client_is_greeted_answers_moves_when_warned_and_leaves(
    slack: LocalSlack, ann: Person, connected: Connected
) -> None:
    with connected(slack) as heard:
        until(lambda: len(heard.hellos) == 1)
        assert ann.command(DESK, "/hi Ann") == {"text": "Hello Ann"}
        ann.open_home()
        until(lambda: len(heard.requests) == 2)
        slack.cycle_connections()
        until(lambda: len(heard.hellos) == 2 and slack.connections == 1, SLOWEST_MOVE)
        assert ann.command(DESK, "/hi again") == {"text": "Hello again"}
    until(lambda: slack.connections == 0)
    command, event, _ = heard.requests
    assert heard.hellos[0]["connection_info"] == {"app_id": "A0LOCALBOT"}
    assert (command.type, command.payload["command"], command.accepts_response_payload) == (
        "slash_commands",
        "/hi",
        True,
    )
    assert (event.type, event.payload["event"]["type"], event.retry_attempt) == ("events_api", "app_home_opened", 0)
