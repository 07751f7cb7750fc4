"""Several bots deliver one outbox, each a process, and are killed again and again while they do.

The dice come from the seed; how the processes interleave does not, so a seed repeats a campaign in kind only.
"""

import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from slack_sdk import WebClient
from websockets.sync.client import ClientConnection, connect

from bot.local_slack.rules import UNHURRIED, Rules
from bot.local_slack.seed import Channel, User
from bot.local_slack.server import LocalSlack
from engine.adapters.sql.store import SqlStore, open_store
from engine.model.notices.account import ForeignPosition
from tests.several.bot import DESK, Place, deliver
from tests.support.fakes.trades import PROPOSED_AT
from tests.support.forks import fork, killed

WITNESS: Final = User(id="U0ANN", name="ann")
HASTY: Final = Rules(tiers=UNHURRIED, posts_a_second=1e6, post_burst=10**6)
A_LINE: Final = 5
"""Notices about the same, which must come in their order."""
MOST_POSTS: Final = 6
"""Posts that Slack takes at most before the next death."""
MOMENT: Final = 0.02
"""Seconds at most from a post to a death: as long as it takes to hear Slack's answer and to keep it."""
ALL_AT_ONCE: Final = 0.1
"""How often a death is that of all bots: the machine's."""
PATIENCE: Final = 30.0
"""Seconds in which some notice must be delivered; a claim ends by itself in 20."""
RECOGNISED: Final = "message_was_there"


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What came of it: how often each notice was posted, of how many in doubt it was seen that they were, and when."""

    posts: Mapping[str, int]
    disordered: Sequence[str]
    kills: int
    recognised: int
    seconds: float

    def breaches(self, keys: Sequence[str]) -> list[str]:
        """Name what was not posted exactly once, and what came out of its order."""
        wrong = [f"{key} was posted {self.posts.get(key, 0)} times" for key in keys if self.posts.get(key, 0) != 1]
        return wrong + [f"{line} came out of order" for line in self.disordered]


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """So many bots deliver so many notices from the database at a URL; `folder` is for their log."""

    bots: int
    notices: int
    seed: int
    database: str
    folder: Path

    @property
    def keys(self) -> list[str]:
        """Return the keys of the notices in the order in which they are told."""
        lines = -(-self.notices // A_LINE)
        return [f"foreign:Z{number % lines}:{number // lines}" for number in range(self.notices)]

    def run(self) -> Delivered:
        """Run until all is delivered; raises TimeoutError where nothing goes on."""
        began = time.monotonic()
        with (
            closing(open_store(self.database)) as store,
            LocalSlack(manifest={}, users=[WITNESS], channels=[Channel(id=DESK, name="desk")], rules=HASTY) as slack,
            connect(f"{slack.url.replace('http', 'ws')}/local/events?user={WITNESS.id}") as ears,
        ):
            self._tell(store)
            place = Place(database=self.database, api_url=slack.api_url, token=slack.bot_token)
            kills = self._kill_until_all_is_told(store, ears, place)
            posted = _posted(WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[]))
        return Delivered(
            posts=Counter(posted),
            disordered=_disordered(posted),
            kills=kills,
            recognised=self._log.read_text(encoding="utf-8").count(RECOGNISED),
            seconds=time.monotonic() - began,
        )

    @property
    def _log(self) -> Path:
        return self.folder / "bots.log"

    def _tell(self, store: SqlStore) -> None:
        with store.writing() as transaction:
            for key in self.keys:
                _, symbol, number = key.split(":")
                transaction.enqueue_notice(
                    ForeignPosition(key=key, at=PROPOSED_AT, symbol=symbol, shares=int(number) + 1)
                )

    def _kill_until_all_is_told(self, store: SqlStore, ears: ClientConnection, place: Place) -> int:
        """Let Slack take some posts, kill a bot or all, start it again, and so on; return how many were killed."""
        dice, kills = random.Random(self.seed), 0  # noqa: S311 (a seed is the point of it)
        lives = [fork(self._log, deliver, place) for _ in range(self.bots)]
        try:
            while _hear(ears, dice.randint(1, MOST_POSTS), store):
                time.sleep(dice.uniform(0, MOMENT))
                doomed = range(self.bots) if dice.random() < ALL_AT_ONCE else [dice.randrange(self.bots)]
                for number in doomed:
                    killed(lives[number], self._log)
                    lives[number] = fork(self._log, deliver, place)
                kills += len(doomed)
        finally:
            for life in lives:
                killed(life, self._log)
        return kills


def _hear(ears: ClientConnection, number: int, store: SqlStore) -> bool:
    """Wait until Slack took so many more posts; False once nothing waits. Raises TimeoutError."""
    give_up, heard = time.monotonic() + PATIENCE, 0
    while heard < number:
        try:
            heard += json.loads(ears.recv(timeout=0.1))["type"] == "message"
        except TimeoutError:
            with store.reading() as reader:
                if not reader.waiting(1):
                    return False
            if time.monotonic() > give_up:
                raise
    return True


def _posted(client: WebClient) -> list[str]:
    """Return the keys of what stands in the channel, oldest first."""
    pages = client.conversations_history(channel=DESK, include_all_metadata=True, limit=200)
    newest_first = [
        message["metadata"]["event_payload"]["key"]
        for page in pages
        for message in page["messages"]
        if "event_payload" in message.get("metadata", {})
    ]
    return newest_first[::-1]


def _disordered(posted: Sequence[str]) -> list[str]:
    """Name what the notices are about of which one came before an earlier one."""
    lines = defaultdict[str, list[int]](list)
    for key in dict.fromkeys(posted):
        _, subject, number = key.split(":")
        lines[subject].append(int(number))
    return [subject for subject, numbers in lines.items() if numbers != sorted(numbers)]
