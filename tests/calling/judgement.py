"""What Slack must have of each call, and what it has."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from slack_sdk import WebClient

from engine.model.duty import CallKind
from tests.calling.life import SECOND_TEAM, TEAM
from tests.several.bot import DESK
from tests.several.campaign import RECOGNISED

FIRST, BOTH, AWAY, QUIET = "U0FIRST", "U0BOTH", "U0AWAY", "U0QUIET"
SECOND, DIRECT, RESTS = "U0SECOND", "U0DIRECT", "U0RESTS"
PEOPLE: Final = (FIRST, BOTH, AWAY, QUIET, *sorted(TEAM))
SLEEPERS: Final = frozenset({AWAY, QUIET, RESTS})
"""Those on holiday or in their quiet hours."""
EXPECTED: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    "card": (frozenset({FIRST, BOTH}), frozenset({BOTH})),
    "reminded": (frozenset({FIRST, BOTH}), frozenset({BOTH})),
    "second-line": (frozenset({SECOND}), frozenset({DIRECT})),
    "expired": (frozenset({FIRST, BOTH, SECOND}), frozenset({BOTH, DIRECT})),
}
"""Whom each call about a proposal mentions, and who gets a direct message."""
ALARMED: Final = (frozenset({FIRST, BOTH, AWAY, QUIET, SECOND_TEAM}), frozenset({BOTH}))
ALARMS: Final = (CallKind.HALT, CallKind.UNPROTECTED, CallKind.LOSS)
AN_ALARM: Final = 10
"""Proposals between two alarms."""
MENTION: Final = re.compile(r"<(?:@|!subteam\^)([A-Z0-9]+)>")
LIFE: Final = timedelta(seconds=900)
"""How long a proposal lives."""
BEGINS: Final = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)
Due = dict[str, tuple[datetime, datetime]]
"""When the second line is due, and when a proposal expires, by its id."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A message as Slack took it: its notice's key, where it stands, whom it mentions, and when by the desks' clock."""

    key: str
    channel: str
    mentioned: frozenset[str]
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of it; `breaches` must be empty, `late` are the seconds from when the second line was due."""

    proposals: int
    reached: int
    breaches: Sequence[str]
    alarms: int
    kills: int
    recognised: int
    messages: int
    reminders_skipped: int
    late: Sequence[float]
    seconds: float

    def line(self, kind: str) -> str:
        """Write it in one line."""
        return (
            f"{kind}: {self.proposals:,} proposals, {self.reached:,} reached the second line before expiry, "
            f"at the latest {max(self.late, default=0.0):.1f} s after it was due, {self.kills:,} kills, "
            f"{self.recognised:,} messages in doubt recognised, {self.messages:,} messages, {self.alarms:,} alarms, "
            f"{self.reminders_skipped:,} reminders skipped, {len(self.breaches):,} breaches, {self.seconds:.0f} s"
        )


def judged(due_at: Due, said: Sequence[Said], log: str, *, kills: int, seconds: float) -> Outcome:
    """Hold what Slack has against what it must have; `log` is what the desks wrote."""
    by_key, direct = defaultdict[str, list[Said]](list), defaultdict[str, list[str]](list)
    for each in said:
        by_key[each.key].append(each)
        about, to, _ = each.key.partition(":to:")
        if to:
            direct[about].append(each.channel)
    breaches = [f"{key} was posted {len(posts)} times" for key, posts in by_key.items() if key and len(posts) > 1]
    breaches += [f"{each.key} called {sorted(each.mentioned & SLEEPERS)}" for each in said if _wakes(each)]
    late, skipped = list[float](), 0
    for name, (due, expires) in due_at.items():
        skipped += f"{name}:reminded" not in by_key
        for stage, expected in EXPECTED.items():
            key = f"{name}:{stage}"
            if stage != "reminded" or key in by_key:
                breaches += _wrong(key, expected, by_key.get(key, ()), direct.get(key, ()))
        second = by_key.get(f"{name}:second-line", [])
        if second and second[0].at < expires:
            late.append((second[0].at - due).total_seconds())
        else:
            breaches.append(f"{name}: the second line was not reached before expiry")
    alarms = [f"alarm:{number}" for number in range(0, len(due_at), AN_ALARM)]
    breaches += [wrong for key in alarms for wrong in _wrong(key, ALARMED, by_key.get(key, ()), direct.get(key, ()))]
    return Outcome(
        proposals=len(due_at),
        reached=len(late),
        breaches=breaches,
        alarms=len(alarms),
        kills=kills,
        recognised=log.count(RECOGNISED),
        messages=len(said),
        reminders_skipped=skipped,
        late=late,
        seconds=seconds,
    )


def _wakes(said: Said) -> bool:
    """Tell whether a message that is no alarm calls somebody who is to be left alone."""
    reached = said.mentioned | ({said.channel} if said.channel != DESK else frozenset())
    return bool(reached & SLEEPERS) and not said.key.startswith("alarm:")


def _wrong(
    key: str, expected: tuple[frozenset[str], frozenset[str]], posts: Sequence[Said], direct: Sequence[str]
) -> Iterator[str]:
    """Say what is wrong with a call: it is not there, mentions others, or its direct messages are not there."""
    if not posts:
        yield f"{key} was not posted"
    elif posts[0].mentioned != expected[0]:
        yield f"{key} mentions {sorted(posts[0].mentioned)}"
    if Counter(direct) != Counter(expected[1]):
        yield f"{key} went directly to {sorted(direct)}"


def messages(client: WebClient, words: Mapping[str, tuple[str, datetime]]) -> Iterator[Said]:
    """Yield everything that the bot posted, in the channel with its threads and directly to people."""
    for top in _pages(client, "conversations_history", channel=DESK):
        yield _said(top, DESK, words)
        if top.get("reply_count"):
            replies = _pages(client, "conversations_replies", channel=DESK, ts=top["ts"])
            yield from (_said(each, DESK, words) for each in replies if each["ts"] != top["ts"])
    for user in PEOPLE:
        opened: Any = client.conversations_open(users=user)["channel"]
        yield from (_said(each, user, words) for each in _pages(client, "conversations_history", channel=opened["id"]))


def _pages(client: WebClient, method: str, **given: Any) -> Iterator[dict[str, Any]]:
    for page in getattr(client, method)(include_all_metadata=True, limit=200, **given):
        yield from page["messages"]


def _said(message: Mapping[str, Any], channel: str, words: Mapping[str, tuple[str, datetime]]) -> Said:
    key = str(message.get("metadata", {}).get("event_payload", {}).get("key", ""))
    text, at = words.get(message["ts"], (message["text"], BEGINS))
    return Said(key=key, channel=channel, mentioned=frozenset(MENTION.findall(text)), at=at)
