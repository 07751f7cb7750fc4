"""The real engine and the real Bolt App under attack: whatever is sent, one look tells what it changed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from slack_bolt import App
from slack_bolt.request import BoltRequest
from slack_bolt.response import BoltResponse
from starlette.testclient import TestClient

from bot.app import build_app
from bot.cards import ids
from bot.listeners.rate_limit import Rate, Rates, UserRateLimit
from bot.messages import Texts
from bot.settings import SlackSettings
from bot.signing import KEY, Signer
from engine.model.desk import AuditEntry, Desk, Request
from engine.model.origin import Origin, Source
from engine.model.trade import ALIVE, Trade
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.slack import ScriptedSlack
from tests.support.fakes.trades import a_trade
from tests.support.fakes.worked_example import TRADE_ID

Json = dict[str, Any]
CHANNEL, SECRET = "C0DESK", "8f742231b10e8888abcd99yyyzzz85a5"
ADMIN, TRADER, VIEWER, STRANGER = "U0ADMIN", "U0TRADER", "U0VIEWER", "U0STRANGER"
OTHER_ID = "IBM_20250819_234400"
FIELDS = {
    ids.RESIZE_MODAL: (ids.SHARES_BLOCK, ids.SHARES_INPUT),
    ids.MOVE_STOP_MODAL: (ids.PRICE_BLOCK, ids.PRICE_INPUT),
    ids.MOVE_TARGET_MODAL: (ids.PRICE_BLOCK, ids.PRICE_INPUT),
    ids.REJECT_MODAL: (ids.REASON_BLOCK, ids.REASON_INPUT),
}

UNHURRIED: Final = Rate(burst=1_000_000, a_second=1_000_000)
"""How much one person may ask for and be refused: one script would else soon be acknowledged and not answered."""


@dataclass(frozen=True, kw_only=True)
class State:
    """All that an attack could want to change."""

    desk: Desk
    trades: tuple[Trade, ...]
    held: tuple[tuple[str, int], ...]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of something sent: what the person was told, its rows in the audit, and whether anything changed."""

    told: str
    rows: tuple[AuditEntry, ...]
    before: State
    after: State

    @property
    def changed(self) -> bool:
        return self.before != self.after


@dataclass(kw_only=True)
class AttackRunner:
    """A desk with AAPL and IBM proposed, MSFT and TSLA held, and a Slack that writes down what people are told."""

    harness: EngineHarness
    slack: ScriptedSlack
    settings: SlackSettings
    app: App
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    seen: tuple[State, AuditEntry] | None = None
    source: Source = Source.STRATEGY

    @classmethod
    @contextmanager
    def open(cls, folder: Path, source: Source = Source.STRATEGY, **given: Any) -> Iterator[Self]:
        """Bring it up; `source` is who proposed what is to be decided."""
        with ScriptedSlack() as slack:
            settings = SlackSettings.read(
                slack_bot_token="xoxb-test",
                slack_signing_secret=SECRET,
                slack_api_url=slack.api_url,
                slack_channel=CHANNEL,
                admins=(ADMIN,),
                traders=(TRADER,),
                viewers=(VIEWER,),
            )
            harness = EngineHarness.at_the_example(folder, **given)
            if source is Source.STRATEGY:
                harness.play_the_signal()
            else:
                harness.buy_by_hand(source, by=TRADER)
            app = cls.app_on(harness, settings)
            siege = cls(harness=harness, slack=slack, settings=settings, app=app, source=source)
            with harness.store.writing() as transaction:
                transaction.propose(siege.another())
            yield siege
            siege.app.listener_runner.listener_executor.shutdown()
            harness.close()

    @staticmethod
    def app_on(harness: EngineHarness, settings: SlackSettings) -> App:
        return build_app(
            harness.engine.commands,
            harness.engine.queries,
            Texts("en", ZoneInfo("Asia/Seoul")),
            settings.access,
            settings,
            crowd=UserRateLimit(
                harness.engine.commands.audit_log, Rates(asking=UNHURRIED, refusals=UNHURRIED, all_refusals=UNHURRIED)
            ),
        )

    def restart_the_bot(self) -> None:
        """Let the bot forget all that is not in the books."""
        self.app.listener_runner.listener_executor.shutdown()
        self.app = self.app_on(self.harness, self.settings)

    @property
    def seal(self) -> Signer:
        return self.seal_of(ago=0)

    def seal_of(self, ago: float, key: str = "") -> Signer:
        """Return the desk's own seal, or another key's, as it was so many seconds ago."""
        now = self.harness.clock.now()
        made = now.fromtimestamp(now.timestamp() - ago, now.tzinfo)
        return Signer(key or self.harness.engine.commands.audit_log.secret(KEY), lambda: made)

    def trigger(self) -> str:
        """Return an id that no delivery had before."""
        return f"{next(self.numbers)}.siege"

    def command(self, user: str, name: str, text: str) -> Json:
        body = {"command": name, "text": text, "user_id": user, "team_id": "T1", "channel_id": CHANNEL}
        return {**body, "trigger_id": self.trigger()}

    def click(self, user: str, action_id: str, value: str) -> Json:
        action = {"type": "button", "action_id": action_id, "block_id": "b", "value": value}
        return {**self._act(user, "block_actions"), "channel": {"id": CHANNEL}, "actions": [action]}

    def submission(self, user: str, modal: str, metadata: str, typed: str) -> Json:
        block, element = FIELDS.get(modal, ("block", "input"))
        view = {
            "type": "modal",
            "callback_id": modal,
            "private_metadata": metadata,
            "state": {"values": {block: {element: {"type": "plain_text_input", "value": typed}}}},
        }
        return {**self._act(user, "view_submission"), "view": view}

    def send(self, body: Json, *, silent: bool = False) -> Outcome:
        """Deliver something as Socket Mode does, and wait until it is answered, unless it is answered by silence."""
        self.slack.calls.clear()
        before, newest = self._look()
        response: BoltResponse = self.app.dispatch(BoltRequest(mode="socket_mode", body=body))
        told = "" if silent else self._told(response)
        return self._outcome(told, before, newest)

    def repeat(self, body: Json) -> Outcome:
        """Deliver again what was delivered before: it is acknowledged once it is settled that nothing is done."""
        before, newest = self._look()
        self.app.dispatch(BoltRequest(mode="socket_mode", body=body))
        return self._outcome("", before, newest)

    def repeat_to_another_life(self, body: Json) -> Outcome:
        """Deliver again what was delivered before the bot was started afresh."""
        before, newest = self._look()
        self.restart_the_bot()
        self.app.dispatch(BoltRequest(mode="socket_mode", body=body))
        self.restart_the_bot()  # waits for what the listeners still do
        return self._outcome("", before, newest)

    def over_http(self, http: TestClient, body: str, headers: dict[str, str], *, repeated: bool = False) -> Outcome:
        """Deliver something as Slack does over HTTP; one that is repeated is not answered again."""
        self.slack.calls.clear()
        before, newest = self._look()
        http.post("/slack/events", content=body, headers=headers).raise_for_status()
        if not repeated:
            self.slack.wait_for_answers(1)
        return self._outcome("", before, newest)

    def state(self) -> State:
        """Look at all that could be changed; what is over never changes."""
        with self.harness.store.reading() as reader:
            desk, trades = reader.desk(), reader.trades(ALIVE)
        held = tuple((position.symbol, position.shares) for position in self.harness.broker.positions())
        return State(desk=desk, trades=trades, held=held)

    def resume(self) -> None:
        """Let the desk trade again after a halt."""
        self.seen = None
        self.harness.engine.commands.resume(Request(by=ADMIN))

    def propose(self) -> Trade:
        """Propose one more trade, which may be decided."""
        self.seen = None
        trade = self.another(f"IBM_20250820_{next(self.numbers):06d}")
        with self.harness.store.writing() as transaction:
            transaction.propose(trade)
        return trade

    def another(self, trade_id: str = OTHER_ID) -> Trade:
        """Return a proposal in IBM of the same source, that waits as long as the example's."""
        trade = another(self.harness, trade_id)
        if self.source is Source.STRATEGY:
            return trade
        return replace(trade, signal=replace(trade.signal, origin=Origin(source=self.source, by=TRADER)))

    def _told(self, response: BoltResponse) -> str:
        if response.status != 200:
            raise AssertionError(response.status)
        if response.body:
            errors: dict[str, str] = json.loads(response.body)["errors"]
            return " ".join(errors.values())
        self.slack.wait_for_answers(1)
        [answer] = self.slack.answered()
        return str(answer.get("text", answer.get("view", "")))

    def _look(self) -> tuple[State, AuditEntry]:
        """Return how things stand and the audit's newest entry, from the last time if nothing was sent since."""
        return self.seen or (self.state(), self._audit(1)[0])

    def _outcome(self, told: str, before: State, newest: AuditEntry) -> Outcome:
        entries, after = self._audit(8), self.state()
        self.seen = after, entries[0]
        rows = entries[: entries.index(newest) if newest in entries else None]
        return Outcome(told=told, rows=rows, before=before, after=after)

    def _audit(self, limit: int) -> tuple[AuditEntry, ...]:
        with self.harness.store.reading() as reader:
            return reader.audit(limit=limit)

    def _act(self, user: str, kind: str) -> Json:
        return {"type": kind, "team": {"id": "T1"}, "user": {"id": user}, "trigger_id": self.trigger()}


def another(harness: EngineHarness, trade_id: str = OTHER_ID) -> Trade:
    """Return a proposal in IBM that waits as long as the example's."""
    expires = harness.trade(TRADE_ID).expires_at
    proposed = expires - (a_trade().expires_at - a_trade().proposed_at)
    return replace(a_trade(), id=trade_id, symbol="IBM", proposed_at=proposed, expires_at=expires)


def request_id(body: Json) -> str:
    """Return the id under which the audit keeps a delivery."""
    return sha256(body["trigger_id"].encode()).hexdigest()
