"""A room with the real Bolt App in it, connected to a local workspace by Socket Mode; only the engine is a fake."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from slack_bolt import App
from slack_bolt.request import BoltRequest
from slack_bolt.response import BoltResponse

from bot.app import LISTENER_THREADS, build_app
from bot.cards.proposal import proposal
from bot.local_slack.people import Person
from bot.local_slack.seed import Channel, User
from bot.local_slack.server import LocalSlack
from bot.messages import Texts
from bot.settings import SlackSettings
from bot.signing import KEY, Signer
from bot.transport.slack_transport import SlackTransport
from engine.model.trade import Trade
from tests.support.fakes.desk import FakeEngine
from tests.support.slack_harness import QUICK

MANIFEST = Path(__file__).parents[3] / "manifest.yml"
CHANNEL = "C0DESK"
ADMIN, TRADER, VIEWER, STRANGER = USERS = ("U0ADMIN", "U0TRADER", "U0VIEWER", "U0STRANGER")


@dataclass(frozen=True, kw_only=True)
class Room:
    """The desk's channel, the people in it, and the engine behind the bot."""

    slack: LocalSlack
    engine: FakeEngine
    texts: Texts
    app: App
    since: float = field(default_factory=time.time)

    def person(self, user: str) -> Person:
        return Person(self.slack.url, user)

    def says(self, user: str, text: str) -> str:
        """Send a slash command and return what the person alone is answered."""
        self.person(user).command(CHANNEL, text)
        return self.answer(user)

    def answer(self, user: str) -> str:
        """Return the text of the newest ephemeral message to a person."""
        return str(self.person(user).wait_for(CHANNEL, self._is_new_and_ephemeral)["text"])

    def card(self, trade: Trade, thread_ts: str | None = None) -> dict[str, Any]:
        """Post a trade's card and return where it stands."""
        payload = self.seal.payload(proposal(trade, self.texts).payload())
        posted = self.app.client.chat_postMessage(channel=CHANNEL, thread_ts=thread_ts, **payload)
        return {"channel": CHANNEL, "ts": posted["ts"]}

    @property
    def seal(self) -> Signer:
        """What seals the bot's buttons."""
        return Signer(self.engine.commands.audit_log.secret(KEY), self.engine.queries.now)

    def quiet(self) -> None:
        """Wait until no listener works any more: all their threads meet, and each comes only once it is free."""
        meeting = Barrier(LISTENER_THREADS, timeout=10)
        executor = self.app.listener_runner.listener_executor
        for arrival in [executor.submit(meeting.wait) for _ in range(LISTENER_THREADS)]:
            arrival.result()

    def deliver(self, body: dict[str, Any]) -> BoltResponse:
        """Hand the App a payload that Slack's own clients would never send, and return its acknowledgement."""
        return self.app.dispatch(BoltRequest(mode="socket_mode", body=body))

    def _is_new_and_ephemeral(self, message: dict[str, Any]) -> bool:
        return bool(message["ephemeral"]) and float(message["ts"]) >= self.since


def a_workspace() -> LocalSlack:
    """Return a workspace with the desk's people and channel."""
    return LocalSlack(
        manifest=yaml.safe_load(MANIFEST.read_text(encoding="utf-8")),
        users=[User(id=user, name=user.removeprefix("U0").lower()) for user in USERS],
        channels=[Channel(id=CHANNEL, name="desk")],
        rules=QUICK,
    )


@pytest.fixture(scope="session", name="slack")
def _slack() -> Iterator[LocalSlack]:
    with a_workspace() as slack:
        yield slack


@pytest.fixture(scope="session", name="settings")
def _settings(slack: LocalSlack) -> SlackSettings:
    return settings_of(slack)


def settings_of(slack: LocalSlack) -> SlackSettings:
    """Return the settings of a bot in a workspace."""
    return SlackSettings.read(
        slack_bot_token=slack.bot_token,
        slack_app_token=slack.app_token,
        slack_api_url=slack.api_url,
        slack_channel=CHANNEL,
        admins=(ADMIN,),
        traders=(TRADER,),
        viewers=(VIEWER,),
    )


@pytest.fixture(scope="session", name="open_room")
def _open_room(slack: LocalSlack, settings: SlackSettings) -> Iterator[Room]:
    engine, texts = FakeEngine(), Texts("en", ZoneInfo("Asia/Seoul"))
    app = build_app(engine.commands, engine.queries, texts, settings.access, settings)
    with SlackTransport(settings).held(app):
        yield Room(slack=slack, engine=engine, texts=texts, app=app)


@pytest.fixture(name="room")
def _room(open_room: Room) -> Iterator[Room]:
    open_room.engine.begin()
    yield Room(slack=open_room.slack, engine=open_room.engine, texts=open_room.texts, app=open_room.app)
    open_room.quiet()  # an answer that comes late is not the next test's
    for person in map(open_room.person, USERS):  # nor is a window that stayed open
        for view in reversed(person.views()):
            person.close(view)
