"""A connection to Slack whose threads ended is made anew, and shows meanwhile that nothing arrives."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from zoneinfo import ZoneInfo

from slack_sdk.socket_mode import SocketModeClient

from bot.app import build_app
from bot.local_slack.errors import PersonRefused
from bot.local_slack.launch import CHANNEL, TRADER, demo_settings
from bot.local_slack.people import Person
from bot.local_slack.server import LocalSlack
from bot.messages import Texts
from bot.transport import slack_transport as lines
from bot.transport.slack_transport import SlackTransport, Socket
from engine.model.desk import DeskState
from tests.support.fakes.desk import FakeEngine
from tests.support.slack_harness import workspace
from tests.support.waiting import until


class Held(SlackTransport):
    """A line whose connection a test can reach."""

    @property
    def socket(self) -> Socket:
        if self._socket is None:
            raise LookupError
        return self._socket


@contextmanager
def held(slack: LocalSlack, engine: FakeEngine) -> Iterator[Held]:
    settings = demo_settings(slack)
    line = Held(settings)
    with line.held(build_app(engine.commands, engine.queries, Texts("en", ZoneInfo("UTC")), settings.access, settings)):
        yield line


def end_what_reads_messages(client: SocketModeClient) -> None:
    client.closed = True
    client.message_processor.event.set()
    until(lambda: not client.message_processor.is_alive())
    client.closed = False


def test_a_line_whose_thread_ended_is_down_and_made_anew() -> None:
    engine = FakeEngine()
    with workspace() as slack, held(slack, engine) as line:
        first = line.socket
        end_what_reads_messages(first.client)
        assert not first.lives
        until(lambda: line.socket is not first and line.is_up(), seconds=4 * lines.LOOK + 10)
        Person(slack.url, TRADER.id).command(CHANNEL.id, "/halt")
        until(lambda: engine.state.state is DeskState.HALTED)


def test_a_connection_that_is_not_open_yet_serves_nothing() -> None:
    engine = FakeEngine()
    with workspace() as slack, held(slack, engine) as line:
        line.socket.is_open = False
        with suppress(PersonRefused):  # Slack tells the person that it failed
            Person(slack.url, TRADER.id).command(CHANNEL.id, "/halt")
        assert engine.calls == []
