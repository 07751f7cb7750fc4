"""What loosens a protection waits: for a second person, and then for a while that the whole desk can see."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Final

from engine.common.desk_people import DeskPeople
from engine.errors import NothingPending, OtherNeeded
from engine.model.desk import ENGINE, OWN_ACCORD, Request
from engine.model.notices.base import NoticeKind, stamp
from engine.model.notices.settings import LooseningAsked, LooseningConfirmed, LooseningEnd, LooseningEnded
from engine.model.runtime_settings import PendingChange, SettingUnit, read_figure, written_figure
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store, Transaction

PENDING: Final = "loosening"
"""The setting that has what waits, as JSON by the name of what is to be changed."""
CONFIRMED_WITHIN: Final = timedelta(hours=1)
"""How long a change waits for a second person, and a confirmed one for both still to be allowed to make it."""
INSTANTS: Final = ("asked_at", "expires_at", "effective_at")
FIGURES: Final = ("before", "after")


class Loosening:
    """Keeps changes that wait. `delay` is how long a confirmed one is shown before it takes effect, market time.

    It is `guarded` where four eyes are set.
    """

    def __init__(self, *, store: Store, clock: Clock, people: DeskPeople, delay: timedelta, guarded: bool) -> None:
        self._store = store
        self._clock = clock
        self._people = people
        self._delay = delay
        self.is_guarded = guarded

    def waiting(self) -> tuple[PendingChange, ...]:
        """Return every change that waits, in the order in which they were asked for."""
        with self._store.reading() as reader:
            return tuple(sorted(_read(reader).values(), key=lambda change: change.asked_at))

    def ask(self, transaction: Transaction, change: PendingChange, request: Request) -> PendingChange:
        """Let a change wait for a second person; it takes the place of one of the same setting."""
        now = self._clock.now()
        asked = replace(change, by=request.by, asked_at=now, expires_at=now + CONFIRMED_WITHIN)
        _write(transaction, {**_read(transaction), asked.name: asked})
        key = _key(NoticeKind.LOOSENING_ASKED, asked, now)
        transaction.enqueue_notice(LooseningAsked(key=key, at=now, by=request.by, change=asked))
        figures = f"{written_figure(asked.before)} -> {written_figure(asked.after)}"
        transaction.write_audit(request.entry(now, "loosening asked", asked.name, outcome=figures))
        return asked

    def confirm(self, name: str, request: Request, number: str = "") -> PendingChange:
        """Confirm as a second person; raises OtherNeeded for the one who asked, NothingPending where nothing waits.

        `number` names one of several changes of the same setting, '' the one that waits.
        """
        lost = self._lost(name)
        now = self._clock.now()
        with self._store.writing() as transaction:
            change = _found(transaction, name, number, now)
            if request.by in {ENGINE, change.by}:
                raise OtherNeeded(change.name, request.by)
            if change.by == lost:
                self._end(transaction, change, request, LooseningEnd.ROLE_GONE)
            elif not change.confirmed_by:
                change = replace(change, confirmed_by=request.by, effective_at=now + self._delay)
                _write(transaction, {**_read(transaction), change.name: change})
                key, at = _key(NoticeKind.LOOSENING_CONFIRMED, change, now), change.effective_at or now
                transaction.enqueue_notice(LooseningConfirmed(key=key, at=now, by=request.by, change=change))
                confirmed = request.entry(
                    now, "loosening confirmed", change.name, outcome=at.isoformat(), why=change.by
                )
                transaction.write_audit(confirmed)
        if change.by == lost:
            raise NothingPending(name)
        return change

    def withdraw(self, name: str, request: Request, number: str = "") -> PendingChange:
        """Take back what waits, confirmed or not; raises NothingPending."""
        with self._store.writing() as transaction:
            change = _found(transaction, name, number, self._clock.now())
            self._end(transaction, change, request, LooseningEnd.WITHDRAWN)
            return change

    def supersede(self, transaction: Transaction, name: str, request: Request) -> None:
        """Take back what waits of a setting that is changed otherwise, within the same transaction."""
        change = _read(transaction).get(name)
        if change:
            self._end(transaction, change, replace(request, id=""), LooseningEnd.SUPERSEDED)

    def due(self) -> tuple[PendingChange, ...]:
        """Return the changes that take effect now, both people being allowed to make them still; end what expired."""
        now, ready = self._clock.now(), list[PendingChange]()
        for change in self.waiting():
            if change.effective_at and change.effective_at <= now and self._both_may(change):
                ready.append(change)
            elif now >= (change.effective_at + CONFIRMED_WITHIN if change.effective_at else change.expires_at):
                with self._store.writing() as transaction:
                    if _read(transaction).get(change.name) == change:
                        self._end(transaction, change, OWN_ACCORD, LooseningEnd.EXPIRED)
        return tuple(ready)

    def drop(self, transaction: Transaction, change: PendingChange) -> None:
        """End a change that cannot be made, within the same transaction."""
        self._end(transaction, change, OWN_ACCORD, LooseningEnd.WITHDRAWN)

    def take(self, transaction: Transaction, change: PendingChange) -> bool:
        """Take a change that is made now from what waits; False where it does not wait any more."""
        waiting = _read(transaction)
        if waiting.get(change.name) != change:
            return False
        _write(transaction, {name: other for name, other in waiting.items() if name != change.name})
        return True

    def _lost(self, name: str) -> str:
        """Return who asked for a change and may not any more, '' for nobody."""
        asked = next((change.by for change in self.waiting() if change.name == name.lower()), "")
        return asked if asked and not self._people.may(asked, "set") else ""

    def _both_may(self, change: PendingChange) -> bool:
        return all(self._people.may(user, "set") for user in (change.by, change.confirmed_by))

    def _end(self, transaction: Transaction, change: PendingChange, request: Request, why: LooseningEnd) -> None:
        now = self._clock.now()
        self.take(transaction, change)
        key = _key(NoticeKind.LOOSENING_ENDED, change, now)
        transaction.enqueue_notice(LooseningEnded(key=key, at=now, by=request.by, change=change, why=why))
        transaction.write_audit(request.entry(now, "loosening ended", change.name, why=why))


def _found(transaction: Transaction, name: str, number: str, now: datetime) -> PendingChange:
    change = _read(transaction).get(name.strip().lower())
    if change is None or (number and change.number != number) or (not change.confirmed_by and change.expires_at <= now):
        raise NothingPending(name)
    return change


def _key(kind: NoticeKind, change: PendingChange, now: datetime) -> str:
    return f"{kind}:{change.name}:{stamp(now)}"


def _read(reader: Reader) -> dict[str, PendingChange]:
    kept: Mapping[str, Mapping[str, str]] = json.loads(reader.setting(PENDING) or "{}")
    return {name: _change_of(plain) for name, plain in kept.items()}


def _change_of(plain: Mapping[str, str]) -> PendingChange:
    instants = {name: datetime.fromisoformat(plain[name]) if plain[name] else None for name in INSTANTS}
    figures = {name: read_figure(plain[name]) for name in FIGURES}
    unit = SettingUnit(plain["unit"])
    return PendingChange(**{**plain, **instants, **figures, "unit": unit})  # type: ignore[arg-type]  # as it was written


def _write(transaction: Transaction, waiting: Mapping[str, PendingChange]) -> None:
    transaction.set_setting(PENDING, json.dumps({name: _plain(change) for name, change in waiting.items()}))


def _plain(change: PendingChange) -> dict[str, str]:
    kept = {
        name: value.isoformat() if isinstance(value, datetime) else (value or "")
        for name, value in asdict(change).items()
    }
    return kept | {name: written_figure(getattr(change, name)) for name in FIGURES}
