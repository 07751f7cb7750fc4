"""The roster as the database has it, and the calls that go into the outbox with what they are about."""

import json
from collections.abc import Collection
from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from engine.common.desk_people import DeskPeople
from engine.duty.calls import Caller, Members, is_group
from engine.model.duty import CallKind, CallWay, Roster
from engine.model.json_values import plain, valued
from engine.model.notices.base import Notice, NoticeKind
from engine.model.notices.duty import DirectCall, UrgentDirectCall
from engine.ports.store import Reader, Store, Transaction

log = structlog.get_logger()

ROSTER: Final = "duty_roster"
"""The setting that has the roster, as JSON."""
NOBODY: Final[Members] = {}


def read_roster(reader: Reader) -> Roster:
    """Return the roster; one that cannot be read calls nobody, and holds up nothing."""
    kept = reader.setting(ROSTER)
    if not kept:
        return Roster()
    try:
        return valued(Roster, json.loads(kept))
    except ValueError:
        log.exception("roster_unreadable")
        return Roster()


def write_roster(transaction: Transaction, roster: Roster) -> None:
    """Keep the roster."""
    transaction.set_setting(ROSTER, json.dumps(plain(roster), ensure_ascii=False))


class DutyCalls:
    """Puts notices into the outbox together with whom they call, so that neither is ever there without the other.

    `usual` is how the desk calls whoever did not choose, `zone` is the desk's time zone.
    """

    def __init__(self, *, store: Store, people: DeskPeople, zone: ZoneInfo, usual: CallWay) -> None:
        self._store = store
        self._people = people
        self._zone = zone
        self._usual = usual

    def members(self) -> Members:
        """Return who is in the groups that may be called; asks Slack, so never while a transaction is open."""
        with self._store.reading() as reader:
            roster = read_roster(reader)
        named = {who for turn in roster.turns for who in turn.who} | {each.who for each in roster.handovers}
        return {group: self._people.members(group) for group in sorted(named) if is_group(group)}

    def enqueue(
        self,
        transaction: Transaction,
        notice: Notice,
        kind: CallKind,
        *,
        members: Members = NOBODY,
        earlier: Collection[str] = (),
        to: Collection[str] = (),
        only_if_called: bool = False,
    ) -> bool:
        """Put a notice into the outbox with its calls; False, and nothing done, when its key was told before.

        `earlier` are those who were called about the same before; `to` are people to call whoever is on duty. With
        `only_if_called` it is told only where it calls somebody.
        """
        if transaction.was_enqueued(notice.key):
            return False
        caller = Caller(
            roster=read_roster(transaction), at=notice.at, zone=self._zone, usual=self._usual, members=members
        )
        called = caller.decide(kind, to or earlier)
        if only_if_called and not called:
            return False
        transaction.enqueue_notice(replace(notice, called=called.mentioned, direct=called.direct))
        copy = UrgentDirectCall if kind.is_alarm or notice.told_as.is_urgent else DirectCall
        for person in called.direct:
            transaction.enqueue_notice(
                copy(key=f"{notice.key}:to:{person}", at=notice.at, to=person, copy_of=notice.key)
            )
        return True


def called_before(reader: Reader, trade_id: str) -> tuple[str, ...]:
    """Return everybody who was called about a proposal up to now, each once."""
    told = (reader.enqueued(key) for key in keys_of_calls(trade_id))
    return tuple(dict.fromkeys(who for notice in told if notice for who in (*notice.called, *notice.direct)))


def keys_of_calls(trade_id: str) -> tuple[str, ...]:
    """Return the keys of what asks for a decision about a proposal, in their order."""
    return f"{trade_id}:card", f"{trade_id}:asked", f"{trade_id}:reminded", f"{trade_id}:second-line"


def was_asked(reader: Reader, trade_id: str) -> bool:
    """Tell whether the desk was asked about a proposal: AUTO_MODE decides the others."""
    return any(reader.was_enqueued(key, NoticeKind.APPROVAL_ASKED) for key in keys_of_calls(trade_id)[:2])
