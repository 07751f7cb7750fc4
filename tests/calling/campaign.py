"""Proposals whose first line is silent, on desks that are killed again and again: the second line is reached in time.

Two desks share a database and are killed at random points, and by themselves before and after commits. Their clock goes
on by the 15 s of the timetable with each round that one of them ends, and stands still while too much waits to be
posted: how fast a machine starts desks and posts is not what is looked at. The dice come from the seed; how the
processes interleave does not, so a seed repeats a campaign in kind only.
"""

import time
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

import yaml
from slack_sdk import WebClient

from bot.local_slack.launch import MANIFEST
from bot.local_slack.seed import Channel, User
from bot.local_slack.server import LocalSlack
from engine.adapters.sql.store import SqlStore, open_store
from engine.adapters.valkey import EmbeddedValkey
from engine.common.desk_people import DeskPeople
from engine.common.duty_calls import DutyCalls, write_roster
from engine.model.duty import CallKind, CallWay, DutyLine, Holiday, NotifyChoice, QuietHours, Roster
from engine.model.notices.account import ForeignUnprotected
from engine.model.notices.base import Notice
from engine.model.notices.desk import DeskHalted, LossLimitReached
from engine.model.reason import Reason
from engine.model.risk import LimitUnit, RiskVerdict
from engine.model.trade import TradeState
from tests.calling.desks import Desks, Witness
from tests.calling.judgement import (
    ALARMS,
    AN_ALARM,
    AWAY,
    BEGINS,
    BOTH,
    DIRECT,
    FIRST,
    LIFE,
    PEOPLE,
    QUIET,
    RESTS,
    Due,
    Outcome,
    judged,
    messages,
)
from tests.calling.life import SECOND_TEAM, TEAM, CallingLife
from tests.faults.child_process import TEXTS
from tests.several.bot import DESK
from tests.several.campaign import HASTY
from tests.several.shared_clock import SharedClock
from tests.support.duty import all_week
from tests.support.fakes.trades import a_signal, a_trade

LOSS: Final = RiskVerdict(
    rule="daily_loss", allowed=False, figure=Decimal("0.03"), limit=Decimal("0.03"), unit=LimitUnit.SHARE_OF_EQUITY
)
A_ROUND: Final = timedelta(seconds=15)
"""What passes by the desks' clock once one of them looked at all that is due: as long as from one look to the next."""
MOST_BEHIND: Final = 40
"""Messages that wait to be posted while time goes on."""
NOTHING_FOR: Final = 120.0
"""Seconds in which Slack must take something while not all is over."""
A_LOOK: Final = 0.01
"""Seconds between two looks at the desks."""


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """So many proposals, one every `gap` seconds of the desks' clock, on the database at a URL."""

    proposals: int
    seed: int
    database: str
    folder: Path
    gap: float = 14.0

    def run(self) -> Outcome:
        """Run until every proposal has expired and everything is delivered."""
        began = time.monotonic()
        valkey = EmbeddedValkey(self.folder / "valkey")
        clock = SharedClock.begin(self.folder / "clock", BEGINS, 0)
        with (
            closing(open_store(self.database)) as store,
            LocalSlack(
                manifest=yaml.safe_load(MANIFEST.read_text(encoding="utf-8")),
                users=[User(id=user, name=user.lower()) for user in PEOPLE],
                channels=[Channel(id=DESK, name="desk")],
                usergroups={SECOND_TEAM: sorted(TEAM)},
                rules=HASTY,
            ) as slack,
            Witness(slack.url, clock) as witness,
        ):
            place = CallingLife(
                folder=self.folder,
                slot=0,
                database=self.database,
                redis=valkey.start(),
                api_url=slack.api_url,
                token=slack.bot_token,
                clock=clock,
            )
            try:
                due, kills = self._kill_until_all_is_told(store, place, witness)
            finally:
                valkey.stop()
            client = WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
            said = [*messages(client, witness.words)]
        return judged(due, said, self._log.read_text(encoding="utf-8"), kills=kills, seconds=time.monotonic() - began)

    @property
    def _log(self) -> Path:
        return self.folder / "desks.log"

    def _kill_until_all_is_told(self, store: SqlStore, place: CallingLife, witness: Witness) -> tuple[Due, int]:
        """Propose one after the other, and kill desks meanwhile, until all has expired and is delivered."""
        with store.writing() as transaction:
            write_roster(transaction, _roster())
        clock, due = place.clock, Due()
        following, give_up, heard = clock.now(), time.monotonic() + NOTHING_FOR, 0
        seen = 0
        with Desks(place, self._log, self.seed, witness) as desks:
            while time.monotonic() < give_up and not (len(due) == self.proposals and _is_over(store)):
                if len(due) < self.proposals and clock.now() >= following:
                    self._propose(store, len(due), due, clock.now())
                    following += timedelta(seconds=self.gap)
                if len(witness.words) > heard:
                    give_up, heard = time.monotonic() + NOTHING_FOR, len(witness.words)
                desks.look()
                time.sleep(A_LOOK)
                if desks.rounds > seen and _behind(store) < MOST_BEHIND:
                    clock.move_to(clock.now() + A_ROUND)
                    seen = desks.rounds
        return due, desks.kills

    def _propose(self, store: SqlStore, number: int, due: Due, now: datetime) -> None:
        """Keep a proposal, and when the second line is due and it ends; tell of an alarm now and then."""
        name, expires = f"P{number:05}", now + LIFE
        signal = a_signal(symbol=f"Z{number}")
        with store.writing() as transaction:
            transaction.propose(
                a_trade(id=name, symbol=signal.symbol, signal=signal, proposed_at=now, expires_at=expires)
            )
            if number % AN_ALARM == 0:
                kind = ALARMS[number // AN_ALARM % len(ALARMS)]
                calls = DutyCalls(store=store, people=DeskPeople(), zone=TEXTS.timezone, usual=CallWay.CHANNEL)
                calls.enqueue(transaction, _alarm(kind, number, now), kind)
        due[name] = (now + 3 / 4 * LIFE, expires)


def _roster() -> Roster:
    """Return a first line of which two may be called, and a second one of which two may, each in their own way."""
    today = BEGINS.date()
    everything = tuple(kind for kind in CallKind if not kind.is_alarm)
    return Roster(
        turns=(all_week(DutyLine.FIRST, FIRST, BOTH, AWAY, QUIET), all_week(DutyLine.SECOND, SECOND_TEAM)),
        holidays=tuple(
            Holiday(who=who, first=today - timedelta(days=1), last=today + timedelta(days=30)) for who in (AWAY, RESTS)
        ),
        choices=(
            NotifyChoice(who=BOTH, way=CallWay.BOTH),
            NotifyChoice(who=DIRECT, way=CallWay.DIRECT),
            NotifyChoice(who=QUIET, quiet=(QuietHours(begins=0, ends=1440, kinds=everything),)),
        ),
    )


def _alarm(kind: CallKind, number: int, now: datetime) -> Notice:
    key = f"alarm:{number}"
    if kind is CallKind.HALT:
        return DeskHalted(key=key, at=now, by="engine", reason=Reason.NONE)
    if kind is CallKind.UNPROTECTED:
        return ForeignUnprotected(key=key, at=now, symbol=f"F{number}", trouble="refused")
    return LossLimitReached(key=key, at=now, verdict=LOSS)


def _behind(store: SqlStore) -> int:
    with store.reading() as reader:
        return len(reader.waiting(MOST_BEHIND))


def _is_over(store: SqlStore) -> bool:
    with store.reading() as reader:
        return not reader.waiting(1) and not reader.trades({TradeState.PROPOSED}, limit=1)
