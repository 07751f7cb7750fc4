"""The whole program but for its outside: the real engine, the real Bolt App, the real outbox, in a local workspace."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

import yaml

from bot.app import build_app, connected, web_client
from bot.demo.launch import ADMIN, CHANNEL, MANIFEST, TRADER, VIEWER, demo_settings
from bot.demo.people import Person
from bot.demo.rules import Rules
from bot.demo.seed import Json
from bot.demo.server import LocalSlack
from bot.messages import Texts
from bot.notices import Notices, Waits
from bot.posting import Pace
from tests.fakes.worked_example import TRADE_ID
from tests.rig import Rig

QUICK = Rules(posts_a_second=1_000, post_burst=1_000, ping_every=0.05)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A desk with its people; `rig` is what stands behind the bot."""

    rig: Rig
    slack: LocalSlack
    texts: Texts

    @classmethod
    @contextmanager
    def open(cls, folder: Path, locale: str, **given: Any) -> Iterator[Self]:
        """Open the desk as it stands at 23:44:30 in Seoul, connected and listening."""
        rig = Rig.at_the_example(folder, locale=locale, **given)
        texts = Texts(locale, ZoneInfo("Asia/Seoul"))
        manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
        people = (ADMIN, TRADER, VIEWER)
        with LocalSlack(manifest=manifest, users=people, channels=(CHANNEL,), rules=QUICK) as slack:
            settings = demo_settings(slack)
            notices = Notices(
                store=rig.store,
                client=web_client(settings),
                channel=CHANNEL.id,
                texts=texts,
                source="replay",
                ceiling=Decimal("0.02"),
                pace=Pace(burst=1_000, gap=0),
                waits=Waits(look=0.05),
            )
            app = build_app(rig.engine, texts, settings.access, settings)
            with connected(app, settings):
                rig.engine.deliver_with(notices)
                notices.start()
                yield cls(rig=rig, slack=slack, texts=texts)
                notices.stop()
        rig.close()

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
        """Return the message of the card's thread that has these words, once it is there."""
        card = self.card()
        return self.trader.wait_for(CHANNEL.id, lambda message: words in message["text"], thread_ts=card["ts"])

    def answer(self, person: Person, words: str) -> str:
        """Return the text that only this person sees and that has these words, once it is there."""
        found = person.wait_for(CHANNEL.id, lambda message: bool(message["ephemeral"]) and words in message["text"])
        return str(found["text"])

    def buttons(self, message: Json) -> list[str]:
        """Return the action ids of a message's buttons."""
        blocks = [block for block in message["blocks"] if block["type"] == "actions"]
        return [element["action_id"] for block in blocks for element in block["elements"]]


def is_card(message: Json) -> bool:
    """Tell the example's card from its thread, and from what is said to one person about it."""
    return TRADE_ID in message["text"] and not message["thread_ts"] and not message["ephemeral"]
