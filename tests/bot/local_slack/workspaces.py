"""What the tests of the local workspace share: people, a manifest, a clock that stands still, a real bot."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.local_slack.rules import Rules
from bot.local_slack.seed import Channel, User
from bot.local_slack.server import LocalSlack
from tests.support.waiting import until

DESK: Final = "C0DESK"
QUIET: Final = "C0QUIET"
SECRET: Final = "C0SECRET"
ANN: Final = "U0ANN"
BEN: Final = "U0BEN"
USERS: Final = (
    User(id=ANN, name="ann", real_name="Ann Lee", role="admin", colour="#336699"),
    User(id=BEN, name="ben"),
)
CHANNELS: Final = (
    Channel(id=DESK, name="desk", topic="Trades"),
    Channel(id=QUIET, name="quiet", has_bot=False),
    Channel(id=SECRET, name="secret", members=(ANN,)),
)
QUICK: Final = Rules(event_retries=(0.0, 0.05), warn_before_disconnect=0.1, ping_every=0.05, clock_every=0.02)
HURRIED: Final = Rules(acknowledge_within=0.3, event_retries=(0.0, 0.05, 0.1), ping_every=0.05)
MANIFEST: Final[dict[str, Any]] = {
    "features": {
        "bot_user": {"display_name": "trader"},
        "slash_commands": [
            {"command": "/hi", "description": "Greets", "usage_hint": "[name]"},
            {"command": "/who-is", "description": "Parses", "should_escape": True},
        ],
        "shortcuts": [
            {"name": "Look", "type": "global", "callback_id": "look", "description": "Look around"},
            {"name": "Keep", "type": "message", "callback_id": "keep", "description": "Keep it"},
        ],
    },
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened", "app_mention", "message.channels"]}},
}
# slack_sdk's websocket client loads all certificates for a context of its own, although it needs none here.
_UNUSED: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class StillTime:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        self.seconds = 1_760_000_000.0

    def __call__(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        self.seconds += seconds


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def button(action_id: str = "go", **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain("Go"), **more}


def actions(*elements: dict[str, Any], block_id: str = "acts") -> dict[str, Any]:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def section(text: str = "Hello") -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def asked(element: dict[str, Any], block_id: str = "ask", **more: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": block_id, "label": plain("Say"), "element": element, **more}


def written(action_id: str = "words", **more: Any) -> dict[str, Any]:
    return {"type": "plain_text_input", "action_id": action_id, **more}


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value.title()), "value": value}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("Ask"), "submit": plain("Send"), "blocks": list(blocks), **more}


def home(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "home", "blocks": list(blocks)}


def error_of(call: Callable[[], Any]) -> str:
    """Return Slack's word for why a call fails."""
    try:
        call()
    except SlackApiError as error:
        return str(error.response["error"])
    return "no error"


@contextmanager
def connected(slack: LocalSlack, app: App) -> Iterator[SocketModeHandler]:
    """Connect a bot for as long as the context is open."""
    before = slack.connections
    handler = SocketModeHandler(app, slack.app_token)
    handler.client.connect()
    try:
        until(lambda: slack.connections > before)
        yield handler
    finally:
        # The client's worker waits a second for a message before it looks whether it is closed: give it one.
        handler.client.closed = True
        handler.client.enqueue_message("")
        handler.client.close()


def keeping(got: list[Any], *path: str) -> Callable[..., None]:
    """Return a listener that acknowledges and keeps what stands in the body under a path of names."""

    def keep(ack: Any, body: dict[str, Any]) -> None:
        ack()
        found: Any = body
        for name in path:
            found = found[name]
        got.append(found)

    return keep


def new_app(slack: LocalSlack) -> App:
    return App(client=client_with(slack, slack.bot_token))


def client_with(slack: LocalSlack, token: str | None) -> WebClient:
    return WebClient(token, base_url=slack.api_url, ssl=_UNUSED)
