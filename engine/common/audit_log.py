from datetime import timedelta
from secrets import token_hex
from typing import Final

from engine.model.desk import Request, Unfinished
from engine.ports.clock import Clock
from engine.ports.store import Store

LIVES: Final = timedelta(seconds=20)
"""Real time for which a bot that was heard of surely lives."""


class AuditLog:
    """What people ask for, each request kept once in the audit, and the desk's secrets."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._by = token_hex(16)

    def is_served(self, request: Request) -> bool:
        """Tell whether the audit has this request already."""
        with self._store.reading() as reader:
            return reader.is_served(request.id)

    def write_audit(self, request: Request, action: str, outcome: str, why: str = "") -> None:
        """Keep in the audit what came of a request, unless what it did is kept already."""
        with self._store.writing() as transaction:
            if not transaction.is_served(request.id):
                transaction.write_audit(request.entry(self._clock.now(), action, outcome=outcome, why=why))

    def claim(self, request: Request, action: str) -> None:
        """Keep in the audit what is done in several steps, before the first of them; raises Repeated."""
        with self._store.writing() as transaction:
            transaction.write_audit(request.entry(self._clock.now(), action))

    def begin(self, request: Request, action: str, *, channel: str = "", ts: str = "") -> None:
        """Keep that a request is taken and not finished, and where the message stands that says how far it is."""
        now = self._clock.now()
        unfinished = Unfinished(request=request, action=action, at=now, channel=channel, ts=ts)
        with self._store.writing() as transaction:
            transaction.begin_request(unfinished, self._by, now + LIVES * self._clock.speed)

    def end(self, request: Request) -> None:
        """Keep that a request is finished."""
        with self._store.writing() as transaction:
            transaction.end_request(request.id)

    def left(self) -> tuple[Unfinished, ...]:
        """Say that this bot lives, and return the requests that dead ones left unfinished: they are its to tell now."""
        now = self._clock.now()
        with self._store.writing() as transaction:
            return transaction.take_unfinished(self._by, now=now, until=now + LIVES * self._clock.speed)

    def secret(self, name: str) -> str:
        """Return a secret of this desk, made when first asked for and stored, so it outlives a restart."""
        with self._store.writing() as transaction:
            kept = transaction.setting(name)
            if kept is None:
                kept = token_hex(32)
                transaction.set_setting(name, kept)
        return kept
