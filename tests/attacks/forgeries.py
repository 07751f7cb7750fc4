"""Requests that must never be obeyed: forged, stale, replayed, unauthorised. `make fuzz` tries hundreds of each."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlencode

from slack_sdk.signature import SignatureVerifier
from starlette.testclient import TestClient

from bot.access import Role
from bot.app import CLICKS, COMMANDS, SUBMISSIONS
from bot.cards import ids
from tests.attacks.attack_runner import ADMIN, OTHER_ID, SECRET, STRANGER, TRADER, VIEWER, AttackRunner, Json, Outcome
from tests.attacks.texts import nonsense
from tests.support.fakes.worked_example import TRADE_ID

BELOW = {
    Role.VIEWER: (STRANGER, "", "W0GUEST", "S0DESK"),
    Role.TRADER: (VIEWER, STRANGER, "", "U0TRADE", "U0TRADER2"),
    Role.ADMIN: (TRADER, VIEWER, STRANGER, "", "u0admin"),
}
"""People who lack a role, and ids that only look as if they had it."""
DAY = 86_400


@dataclass(kw_only=True)
class Tally:
    """How many attacks of each kind were tried, and which were obeyed or left no single row in the audit."""

    seed: int
    tried: Counter[str] = field(default_factory=Counter)
    accepted: list[str] = field(default_factory=list)
    unrecorded: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kinds = ", ".join(f"{kind} {number}" for kind, number in self.tried.items())
        figures = f"{len(self.accepted)} accepted, {len(self.unrecorded)} without their row in the audit"
        return f"{self.tried.total():,} requests, seed {self.seed}: {figures}\n  {kinds}"

    def refused(self, kind: str, outcome: Outcome) -> None:
        """Count an attack that must be refused, with one row that says so."""
        self.tried[kind] += 1
        if outcome.changed:
            self.accepted.append(kind)
        if [row.outcome for row in outcome.rows] != ["refused"]:
            self.unrecorded.append(kind)

    def ignored(self, kind: str, outcome: Outcome) -> None:
        """Count a repetition, which must do nothing and leave no second row."""
        self.tried[kind] += 1
        if outcome.changed:
            self.accepted.append(kind)
        if outcome.rows:
            self.unrecorded.append(kind)

    def turned_away(self, kind: str, status: int, *, changed: bool) -> None:
        """Count what Slack never signed, which must not even be heard."""
        self.tried[kind] += 1
        if changed or status == 200:
            self.accepted.append(kind)


def unauthorised(siege: AttackRunner, tally: Tally) -> None:
    """Let everybody try whatever is above their role, with buttons and windows that are truly the bot's."""
    for name, spec in COMMANDS.items():
        for user in BELOW[spec.verb.role]:
            tally.refused("command above the role", siege.send(siege.command(user, name, TRADE_ID)))
    for action_id, (verb, _listen) in CLICKS.items():
        for user in BELOW[verb.role]:
            value = siege.seal.value(action_id, TRADE_ID)
            tally.refused("click above the role", siege.send(siege.click(user, action_id, value)))
    for modal, (verb, _submitted) in SUBMISSIONS.items():
        for user in BELOW[verb.role]:
            body = siege.submission(user, modal, siege.seal.value(modal, TRADE_ID), "300")
            tally.refused("window above the role", siege.send(body))


def forged(siege: AttackRunner, tally: Tally, times: int, random: Random) -> None:
    """Click and submit what the bot never made: made up, altered, or made for something else."""
    for _ in range(times):
        for action_id in CLICKS:
            value = random.choice(tuple(_forgeries(siege, action_id, random)))
            tally.refused("forged button", siege.send(siege.click(ADMIN, action_id, value)))
        for modal in SUBMISSIONS:
            value = random.choice(tuple(_forgeries(siege, modal, random)))
            tally.refused("forged window", siege.send(siege.submission(ADMIN, modal, value, "300")))


def stale(siege: AttackRunner, tally: Tally, times: int, random: Random) -> None:
    """Click and submit what the bot made too long ago."""
    for _ in range(times):
        for purpose in sorted(ids.OF_A_PROPOSAL | ids.OF_AN_EXIT):
            least = DAY if purpose in ids.OF_AN_EXIT else 15 * 60 + 5 * 60
            value = siege.seal_of(ago=least + random.randint(1, 400 * DAY)).value(purpose, TRADE_ID)
            is_window = purpose in SUBMISSIONS
            body = siege.submission(TRADER, purpose, value, "300") if is_window else siege.click(TRADER, purpose, value)
            tally.refused("stale window" if is_window else "stale button", siege.send(body))


def replayed(siege: AttackRunner, tally: Tally, times: int) -> None:
    """Deliver again what was done and undone since, to the same bot and to one that was started afresh."""
    for turn in range(times):
        done = _sized(siege, 100 + turn)
        siege.send(done)
        siege.send(_sized(siege, 99))
        tally.ignored("replayed button", siege.repeat(done))
        switched = siege.command(ADMIN, "/auto", "on")
        siege.send(switched)
        siege.send(siege.command(ADMIN, "/auto", "off"))
        tally.ignored("replayed switch", siege.repeat(switched))
        if turn % 10 == 0:
            for body in (done, switched):
                tally.ignored("replayed after a restart", siege.repeat_to_another_life(body))


def over_http(siege: AttackRunner, http: TestClient, tally: Tally, times: int, random: Random) -> None:
    """Send over HTTP what Slack did not sign, signed too long ago, or signed and sent before."""
    for _turn in range(times):
        body = urlencode(siege.command(ADMIN, "/auto", "on"))
        for kind, sent, headers in _unsigned(body, random):
            before = siege.state()
            status = http.post("/slack/events", content=sent, headers=headers).status_code
            tally.turned_away(kind, status, changed=siege.state() != before)
        headers = _signed(body)
        siege.over_http(http, body, headers)
        siege.send(siege.command(ADMIN, "/auto", "off"))
        tally.ignored("replayed over HTTP", siege.over_http(http, body, headers, repeated=True))
        tally.ignored(
            "retried over HTTP", siege.over_http(http, body, {**headers, "X-Slack-Retry-Num": "1"}, repeated=True)
        )


def _sized(siege: AttackRunner, shares: int) -> Json:
    """Return a click that makes a proposal so many shares."""
    return siege.click(TRADER, ids.APPLY_SIZE, siege.seal.value(ids.APPLY_SIZE, f"{OTHER_ID}{ids.AND}{shares}"))


def _forgeries(siege: AttackRunner, purpose: str, random: Random) -> Iterator[str]:
    good = siege.seal.value(purpose, TRADE_ID)
    at = random.randrange(len(good) - 64, len(good))
    yield TRADE_ID
    yield nonsense(random)
    yield good.replace(TRADE_ID, OTHER_ID)
    yield good[:at] + random.choice(tuple(set("0123456789abcdef") - {good[at]})) + good[at + 1 :]
    yield good[:at]
    yield f"{good}\u200b"
    text, sealed_at, signature = good.split("|")
    yield "|".join((text, str(int(sealed_at) + random.randint(1, DAY)), signature))
    yield siege.seal_of(ago=0, key=f"{random.random()}").value(purpose, TRADE_ID)
    others = sorted({*CLICKS, *SUBMISSIONS} - {purpose})
    yield siege.seal.value(random.choice(others), TRADE_ID)


def _unsigned(body: str, random: Random) -> Iterator[tuple[str, str, Json]]:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    yield "unsigned over HTTP", body, form
    yield "signed with another secret", body, _signed(body, secret=f"{random.random()}")
    yield "signed too long ago", body, _signed(body, ago=random.randint(301, DAY))
    yield "signed for the future", body, _signed(body, ago=-random.randint(310, DAY))
    yield "altered after signing", f"{body}&text={OTHER_ID}+1", _signed(body)
    yield "with another time", body, {**_signed(body), "X-Slack-Request-Timestamp": str(int(time.time()) - 5)}


def _signed(body: str, secret: str = SECRET, ago: int = 0) -> Json:
    timestamp = str(int(time.time()) - ago)
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body) or "",
    }
