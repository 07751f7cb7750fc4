"""Who else is connected to the Slack app: bots on this database share its commands, bots of another desk steal them.

Slack hands each command to any one of an app's connections, so two desks on one app halt each other's trading. Slack
says in its greeting how many connections the app has; the bots on one database say there that they live. Connections
beyond theirs are a stranger's, and who comes later does not serve: Slack greets one after the other, so of two that
come at once one is the later.

A connection that passes for that of a bot on this database which died lately is found once that one's last beat is old:
until then this desk is not sure to be alone, and says so with each halt. Where Slack sends its requests over HTTP there
is nothing to see: but then one address gets them all.
"""

import json
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Final, Protocol, TypeVar

import structlog

from bot.worker import Backoff, Worker
from engine.errors import SettingsInvalid
from engine.instance_id import has_ended, new_life
from engine.ports.store import Store

BOTS: Final = "bots"
"""The setting that has until when each bot on this database surely lives, by its id."""
TOLD: Final = "another_desk_told"
"""The setting that has the instant at which the channel was last told of a stranger."""
BEAT: Final = 15.0
LIVES: Final = timedelta(seconds=45)
"""How long a bot counts as living after its last beat; its connection may outlive it in Slack for as long."""
PAUSES: Final = (2.0, 5.0, 10.0, 15.0)
"""Seconds between the looks that must all find a stranger: a connection that is replaced counts twice for a moment."""
TOLD_EVERY: Final = timedelta(hours=1)

log = structlog.get_logger()

Count = Callable[[], int]
"""Opens one connection more, and returns how many the app has with it, 0 where Slack does not say."""


class IdleConnection(Protocol):
    """A connection to Slack that serves nothing yet."""

    def greeting(self) -> int:
        """Return how many connections the app had once this one was there, 0 where Slack does not say."""

    def close(self) -> None:
        """Hang up."""


C = TypeVar("C", bound=IdleConnection)


class LaterDesk(Exception):
    """Another desk is connected to the app, and came first: this one must not serve."""


class Neighbours:
    """Counts bots and connections. `tell` says a sentence of the catalogue in the desk's channel."""

    def __init__(
        self,
        store: Store,
        tell: Callable[[str], object],
        *,
        pauses: tuple[float, ...] = PAUSES,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._tell = tell
        self._pauses = pauses
        self._now = now
        self._by = new_life()
        self._stopping = Event()
        self._is_alone = True
        self._is_sure = False
        self.worker = Worker("neighbours", self.beat, backoff=Backoff(first=BEAT, longest=BEAT))

    @property
    def is_alone(self) -> bool:
        """Whether no other desk was found on the app at the last look."""
        return self._is_alone

    @property
    def is_sure(self) -> bool:
        """Whether it is known that no other desk was on the app when this one began to serve, nor came since."""
        return self._is_sure and self._is_alone

    def beat(self) -> float:
        """Say that this bot lives, and return after how many seconds to say so again."""
        now = self._now()
        with self._store.writing() as transaction:
            living = {
                name: until
                for name, until in _read(transaction.setting(BOTS)).items()
                if until > now and not has_ended(name)
            }
            living[self._by] = now + LIVES
            transaction.set_setting(BOTS, _written(living))
        return BEAT

    def leave(self) -> None:
        """Say that this bot serves no more."""
        with self._store.writing() as transaction:
            living = _read(transaction.setting(BOTS))
            living.pop(self._by, None)
            transaction.set_setting(BOTS, _written(living))

    def admit(self, connect: Callable[[], C]) -> C:
        """Return a connection that may serve; the channel is told once where none may.

        Raises SettingsInvalid where another desk is connected, and goes on being so.
        """
        self.beat()
        for pause in (*self._pauses, None):
            connection = connect()
            number = connection.greeting()
            if not self._strangers(number):
                self._is_alone, self._is_sure = True, number <= 1
                return connection
            connection.close()
            if pause is not None:
                log.warning("another_desk_suspected", connections=number, seconds=pause)
                self._stopping.wait(pause * random.uniform(0.5, 1.5))  # noqa: S311 - so that two do not wait alike
        self._is_alone = False
        self.leave()
        self._say("another-desk-refused")
        raise SettingsInvalid(
            "SLACK_APP_TOKEN: expected the token of an app that no other desk is connected to;"
            " stop the other bot, or give this one an app of its own"
        )

    def greeted(self, number: int) -> bool:
        """Take in how many connections Slack greets a connection with that serves; False where one is a stranger's.

        It may be this bot's own, that is being replaced: a look tells.
        """
        if not self._strangers(number):
            return True
        self._is_sure = False
        return False

    def look(self, count: Count) -> None:
        """See, while serving, whether another desk came; raises LaterDesk where this one is not known to be first."""
        if not self._strangers(count() - 1) or not self._strangers(count() - 1):
            self._is_alone = self._is_sure = True
            return
        if self._is_alone:
            log.error("another_desk_found")
            self._say("another-desk-found")
        self._is_alone = False
        if not self._is_sure:
            raise LaterDesk

    def stop(self) -> None:
        """Wait for nothing more."""
        self._stopping.set()
        self.worker.stop()

    def _strangers(self, number: int) -> int:
        """Tell how many of the app's connections, with one of this bot's own, are no bot's on this database."""
        now = self._now()
        with self._store.reading() as reader:
            living = _read(reader.setting(BOTS)).items()
        others = [name for name, until in living if until > now and name != self._by and not has_ended(name)]
        return max(0, number - 1 - len(others))

    def _say(self, word: str) -> None:
        now = self._now()
        with self._store.writing() as transaction:
            last = transaction.setting(TOLD)
            if last and now - datetime.fromisoformat(last) < TOLD_EVERY:
                return
            transaction.set_setting(TOLD, now.isoformat())
        self._tell(word)


def _written(living: Mapping[str, datetime]) -> str:
    return json.dumps({name: until.isoformat() for name, until in living.items()})


def _read(kept: str | None) -> dict[str, datetime]:
    """Read until when each bot lives; nothing where the setting makes no sense."""
    with suppress(ValueError, AttributeError, TypeError):
        return {name: datetime.fromisoformat(until) for name, until in json.loads(kept or "{}").items()}
    return {}
