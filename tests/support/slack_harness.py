"""The whole program but for its outside: the real engine, the real Bolt App, the real outbox, in a local workspace."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

import yaml

from bot.app import build_app, web_client
from bot.cards import ids
from bot.delivery.home_publisher import HomePublisher, PublishIntervals
from bot.delivery.notices import DeliveryIntervals, NoticeDelivery
from bot.delivery.slack_poster import PostingRate
from bot.local_slack.launch import ADMIN, CHANNEL, MANIFEST, TRADER, VIEWER, demo_settings
from bot.local_slack.people import Person
from bot.local_slack.rules import Rules
from bot.local_slack.seed import Json, User
from bot.local_slack.server import LocalSlack
from bot.messages import Texts
from bot.signing import KEY, Signer
from bot.transport.slack_transport import SlackTransport
from engine.bootstrap import Engine
from engine.model.trade import Trade
from engine.ports.broker import Broker
from engine.ports.store import Store
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID
from tests.support.waiting import until

MARKS = str.maketrans("", "", "*`")
"""What mrkdwn has around words."""
TAKES_NEWER = not os.environ.get("REFUSE_NEW_BLOCKS")
"""Whether workspaces know Slack's newer blocks; REFUSE_NEW_BLOCKS=1 runs all chat in one that does not."""
QUICK = Rules(
    posts_a_second=1_000,
    post_burst=1_000,
    ping_every=0.05,
    text_beside_blocks=True,
    takes_newer_blocks=TAKES_NEWER,
)


class Behind(Protocol):
    """What stands behind the bot."""

    @property
    def engine(self) -> Engine: ...

    @property
    def store(self) -> Store: ...


class Example(Behind, Protocol):
    """A desk of the blueprint's example, whatever it stands on."""

    @property
    def broker(self) -> Broker: ...

    def play_the_signal(self) -> Trade | None: ...


B = TypeVar("B", bound=Behind)
B_co = TypeVar("B_co", bound=Behind, covariant=True)


@dataclass(frozen=True, kw_only=True)
class SlackHarness(Generic[B_co]):
    """A desk with its people; `rig` is what stands behind the bot."""

    harness: B_co
    slack: LocalSlack
    texts: Texts

    @property
    def trader(self) -> Person:
        return Person(self.slack.url, TRADER.id)

    @property
    def admin(self) -> Person:
        return Person(self.slack.url, ADMIN.id)

    @property
    def viewer(self) -> Person:
        return Person(self.slack.url, VIEWER.id)

    def card(self) -> Json:
        """Return the example's card, once it is there."""
        return self.trader.wait_for(CHANNEL.id, is_card)

    def in_thread(self, words: str) -> Json:
        """Return the message under the card that has these words, once it is there."""
        ts = self.card()["ts"]
        return self.trader.wait_for(
            CHANNEL.id, lambda message: message["ts"] != ts and words in message["text"], thread_ts=ts
        )

    def answer(self, person: Person, words: str) -> str:
        """Return the text that only this person sees and that has these words, once it is there.

        It is a message, or stands in a window where the machine was so slow that the bot opened one to wait in.
        """

        def told() -> list[str]:
            messages = [each["text"] for each in person.messages(CHANNEL.id) if each["ephemeral"]]
            windows = [_words_of(view) for view in person.views() if view["callback_id"] == ids.ANSWER_MODAL]
            return [*messages, *windows]

        try:
            return until(lambda: next((text for text in reversed(told()) if words in text), ""))
        except TimeoutError as error:
            raise TimeoutError(f"nobody was told {words!r}; the newest was {told()[-1:]}") from error

    def buttons(self, message: Json) -> list[str]:
        """Return the action ids of a message's buttons."""
        blocks = [block for block in message["blocks"] if block["type"] == "actions"]
        return [element["action_id"] for block in blocks for element in block["elements"]]


def _words_of(part: Any) -> str:
    """Return what is written anywhere in a window, without its marks."""
    if isinstance(part, dict):
        written = part.get("text")
        own = [written] if isinstance(written, str) else []
        return "\n".join(filter(None, (*own, *map(_words_of, part.values())))).translate(MARKS)
    return "\n".join(filter(None, map(_words_of, part))) if isinstance(part, list) else ""


@contextmanager
def embedded(folder: Path, locale: str, rules: Rules = QUICK, **given: Any) -> Iterator[SlackHarness[EngineHarness]]:
    """Open the desk of the example on its embedded defaults, as it stands at 23:44:30 in Seoul."""
    harness = EngineHarness.at_the_example(folder, locale=locale, **given)
    with on_stage(harness, locale, rules=rules) as stage:
        yield stage
    harness.close()


@contextmanager
def on_stage(
    harness: B,
    locale: str,
    source: str = "replay",
    way: Callable[[str], AbstractContextManager[str]] = nullcontext,
    rules: Rules = QUICK,
    more_admins: tuple[User, ...] = (),
) -> Iterator[SlackHarness[B]]:
    """Connect an engine to a local workspace and its people, and let the bot listen; `source` is the market's label.

    `way` opens the bot's way to the workspace's Web API: from the API's own URL it makes the one that the bot calls.
    """
    texts = Texts(locale, ZoneInfo("Asia/Seoul"))
    with workspace(rules, more_admins) as slack, way(slack.api_url) as api_url:
        admins = (ADMIN.id, *(each.id for each in more_admins))
        settings = demo_settings(slack).model_copy(update={"slack_api_url": api_url, "admins": admins})
        signer = Signer(harness.engine.commands.audit_log.secret(KEY), harness.engine.queries.now)
        homes = HomePublisher(
            queries=harness.engine.queries,
            client=web_client(settings),
            access=settings.access,
            texts=texts,
            signer=signer,
            rounds=PublishIntervals(gap=0.05),
        )
        notices = NoticeDelivery(
            store=harness.store,
            client=web_client(settings),
            channel=CHANNEL.id,
            texts=texts,
            source=source,
            ceiling=Decimal("0.02"),
            open_risk=lambda: harness.engine.queries.portfolio().risk,
            pace=PostingRate(burst=1_000, gap=0),
            signer=signer,
            waits=DeliveryIntervals(look=0.05, first=0.2, database=2.0, risk=0.2),
            changed=homes.changed,
        )
        app = build_app(
            harness.engine.commands, harness.engine.queries, texts, settings.access, settings, opened=homes.opened
        )
        with SlackTransport(settings).held(app):
            harness.engine.notices.deliver_with(notices)
            notices.start()
            homes.start()
            try:
                yield SlackHarness(harness=harness, slack=slack, texts=texts)
            finally:
                homes.stop()
                notices.stop()


def workspace(rules: Rules = QUICK, more: tuple[User, ...] = ()) -> LocalSlack:
    """Return a local workspace with one person of each role, and more, which takes messages as fast as they come."""
    return LocalSlack(manifest=_manifest(), users=(ADMIN, TRADER, VIEWER, *more), channels=(CHANNEL,), rules=rules)


@cache
def _manifest() -> Json:
    """Return the manifest, which nobody changes: to parse it takes most of what a workspace costs."""
    manifest: Json = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    return manifest


def is_card(message: Json) -> bool:
    """Tell the example's card from its thread, and from what is said to one person about it."""
    return TRADE_ID in message["text"] and not message["thread_ts"] and not message["ephemeral"]
