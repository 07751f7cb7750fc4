"""A connection to Slack is moved without a pause, whatever Slack answers to that."""

from collections.abc import Iterator
from contextlib import suppress
from threading import Event, Thread
from time import monotonic
from zoneinfo import ZoneInfo

import pytest

from bot.app import build_app
from bot.local_slack.errors import PersonRefused
from bot.local_slack.launch import CHANNEL, TRADER, demo_settings
from bot.local_slack.people import Person
from bot.local_slack.server import LocalSlack
from bot.messages import Texts
from bot.transport.slack_transport import SlackTransport, Socket
from tests.support.fakes.desk import FakeEngine
from tests.support.fakes.odd_answers import Odd, limited
from tests.support.fakes.odd_line import OddLine
from tests.support.slack_harness import workspace
from tests.support.waiting import until


@pytest.fixture(name="slack")
def _slack() -> Iterator[LocalSlack]:
    with workspace() as slack:
        yield slack


@pytest.mark.parametrize(
    "odd",
    [limited("86400"), limited(""), Odd(after=30.0), Odd(body={"ok": True, "url": 7}), Odd(body={"ok": True})],
    ids=["wait a day", "wait", "no answer", "a number", "no address"],
)
def test_commands_arrive_while_slack_gives_no_place_to_move_to(slack: LocalSlack, odd: Odd) -> None:
    engine = FakeEngine()
    with OddLine(slack) as line:
        settings = demo_settings(slack).model_copy(update={"slack_api_url": line.api_url})
        with SlackTransport(settings).held(
            build_app(engine.commands, engine.queries, Texts("en", ZoneInfo("UTC")), settings.access, settings)
        ):
            line.way = lambda method: odd if method == "apps.connections.open" else None
            slack.cycle_connections()
            until(lambda: line.odd["apps.connections.open"])
            for number in range(3):
                Person(slack.url, TRADER.id).command(CHANNEL.id, f"/halt {number}")
            until(lambda: len(engine.calls) == 3)
            assert line.odd["apps.connections.open"] == 1
            line.ends.set()


def test_a_connection_that_nothing_comes_by_is_closed_at_once(slack: LocalSlack) -> None:
    settings = demo_settings(slack)
    app = build_app(*FakeEngine().facades, Texts("en", ZoneInfo("UTC")), settings.access, settings)
    took = list[float]()
    for _ in range(3):
        socket = Socket(app, settings.slack_app_token.get_secret_value())
        taken_in = Event()
        socket.client.message_listeners.append(lambda *_greeting, told=taken_in: told.set())
        socket.connect()  # type: ignore[no-untyped-call]  # Bolt does not type it
        assert taken_in.wait(10)
        asked = monotonic()
        socket.close()
        took.append(monotonic() - asked)
    assert min(took) < 0.5


def test_a_move_that_comes_beside_the_end_of_the_old_connection_leaves_one(slack: LocalSlack) -> None:
    engine = FakeEngine()
    settings = demo_settings(slack)
    with SlackTransport(settings).held(
        build_app(engine.commands, engine.queries, Texts("en", ZoneInfo("UTC")), settings.access, settings)
    ):
        for _ in range(5):
            threads = [Thread(target=slack.cycle_connections) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        until(lambda: slack.connections == 1)
        with suppress(PersonRefused):
            Person(slack.url, TRADER.id).command(CHANNEL.id, "/halt")
        until(lambda: engine.calls)
