"""Keeps the homes of those who looked lately as the desk is.

One thread publishes, a round at a time, and reads the desk first in each: what it publishes is never older than what it
published before. A home that Slack does not take is published with the next round; nothing waits for it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final
from uuid import uuid4

import structlog
from slack_sdk import WebClient
from slack_sdk.models.views import View

from bot.access import Access, Role
from bot.cards.home import home
from bot.cards.refusals import unexpected
from bot.delivery.drawing import CANNOT_BE_SHOWN
from bot.messages import Texts
from bot.signing import Signer
from bot.transport.slack_calls import SlackRefuses, call
from bot.worker import Backoff, Worker
from engine.model.status import Status
from engine.queries import Queries

LATELY: Final = 8 * 3600.0
"""Seconds for which a home is kept up after somebody opened it: a working day."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishIntervals:
    """Seconds from a round to the next: at least `gap`, at most `look`, and `patience` while Slack takes nothing.

    `each` is what every home adds to the wait, so that many who look stay within what Slack takes in a minute.
    """

    gap: float = 3.0
    each: float = 0.7
    look: float = 60.0
    patience: float = 15.0


class HomePublisher:
    """A thread that publishes homes by role; `clock` counts seconds and never goes back."""

    def __init__(
        self,
        *,
        queries: Queries,
        client: WebClient,
        access: Access,
        texts: Texts,
        signer: Signer,
        rounds: PublishIntervals | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queries = queries
        self._client = client
        self._access = access
        self._texts = texts
        self._signer = signer
        self._rounds = rounds or PublishIntervals()
        self._clock = clock
        self._opened: dict[str, float] = {}
        self._lock = Lock()
        self._round_ends = 0.0
        patience = self._rounds.patience
        self.worker = Worker("homes", self._round, backoff=Backoff(first=patience, longest=patience))

    def start(self) -> None:
        """Begin to publish."""
        self.worker.start()

    def stop(self) -> None:
        """Publish no more, once the home under way is published."""
        self.worker.stop()

    def opened(self, user: str) -> None:
        """Note that somebody looks at their home, which is published soon; returns at once."""
        with self._lock:
            self._opened[user] = self._clock()
        self.worker.wake()

    def changed(self) -> None:
        """Say that the desk changed; returns at once."""
        self.worker.wake()

    def publish(self) -> int:
        """Publish the homes of all who looked lately, and return how many; raises SlackAway and StoreUnavailable."""
        looked = self._lately()
        if not looked:
            return 0
        roles = {user: self._access.role_of(user) for user in looked}
        status = self._queries.status()
        drawn = {role: self._drawn(status, role) for role in set(roles.values())}
        for user, role in roles.items():
            self._publish(user, drawn[role])
            if role is Role.NOBODY:
                self._forget(user, looked[user])
        return len(roles)

    def _round(self) -> float:
        """Publish, and return how long to look at nothing; who wakes it sooner waits for the gap between two rounds."""
        if self.worker.stopping.wait(max(0.0, self._round_ends - time.monotonic())):
            return 0.0
        published = self.publish()
        self._round_ends = time.monotonic() + max(self._rounds.gap, published * self._rounds.each)
        return self._rounds.look

    def _lately(self) -> dict[str, float]:
        """Return who looked lately and when, and forget the others."""
        with self._lock:
            now = self._clock()
            self._opened = {user: at for user, at in self._opened.items() if now - at < LATELY}
            return dict(self._opened)

    def _forget(self, user: str, at: float) -> None:
        """Forget a stranger, whose home never changes, unless they opened it again meanwhile."""
        with self._lock:
            if self._opened.get(user) == at:
                del self._opened[user]

    def _drawn(self, status: Status, role: Role) -> dict[str, Any]:
        """Draw a role's home, or one that says that it cannot be drawn."""
        try:
            return self._signer.view(home(status, role, self._texts))
        except CANNOT_BE_SHOWN:
            error_id = uuid4().hex[:8]
            log.exception("cannot_be_shown", error_id=error_id)
            return self._signer.view(View(type="home", blocks=list(unexpected(error_id, self._texts).blocks)))

    def _publish(self, user: str, view: dict[str, Any]) -> None:
        try:
            call(self._client.views_publish, user_id=user, view=view)
        except SlackRefuses as refusal:
            log.warning("home_refused", word=str(refusal), user=user)
