"""Proves again and again that people can be told, and tells the engine so.

What proves it is a post in the desk's channel that Slack took. Where nothing waits to be posted, the channel itself is
looked at: it must be there, not archived, and the bot in it. Where something waits, only a post counts.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import structlog
from slack_sdk import WebClient

from bot.delivery.reachability import Reachability
from bot.transport.slack_calls import BLIND, CHANNEL_LOST, SlackAway, SlackRefuses, call
from bot.worker import Backoff, Worker
from engine.ports.store import Store

SECONDS_BETWEEN_PROOFS: Final = 10.0
"""Seconds between two looks."""

log = structlog.get_logger()


class Heartbeat:
    """A worker that calls `heard` while the desk is told all there is to tell, and what people do in Slack arrives.

    `is_up` tells whether it arrives. `looked` is called after every look, well or not.
    """

    def __init__(
        self,
        *,
        store: Store,
        client: WebClient,
        channel: str,
        hearing: Reachability,
        is_up: Callable[[], bool],
        heard: Callable[[], None],
        looked: Callable[[], None] = lambda: None,
        gap: float = SECONDS_BETWEEN_PROOFS,
    ) -> None:
        self._store = store
        self._client = client
        self._channel = channel
        self._hearing = hearing
        self._is_up = is_up
        self._heard = heard
        self._looked = looked
        self._gap = gap
        self._known = 0
        self.worker = Worker("pulse", self.beat, backoff=Backoff(first=gap, longest=gap))

    def start(self) -> None:
        """Begin to look."""
        self.worker.start()

    def stop(self) -> None:
        """Look no more, once the look under way is over."""
        self.worker.stop()

    def beat(self) -> float:
        """Look once, and return in how many seconds to look again; raises SlackAway and StoreUnavailable."""
        try:
            self._prove()
            proofs = self._hearing.proofs
            # Only what was proven since the last look counts: a proof that still holds is none of now.
            if self._is_up() and self._hearing.now().is_well and proofs > self._known:
                self._heard()
            self._known = proofs
        finally:
            self._looked()
        return self._gap

    def _prove(self) -> None:
        with self._store.reading() as reader:
            oldest = next(iter(reader.waiting(1)), None)
        self._hearing.oldest(oldest.number if oldest else None)
        heard = self._hearing.now()
        if oldest is None and (heard.lost or heard.since >= self._gap):
            self._look()

    def _look(self) -> None:
        """Look at the channel itself; where the installation may not, at its newest message, which shows less."""
        looks: tuple[tuple[Callable[..., Any], str], ...] = (
            (self._client.conversations_info, "channel"),
            (partial(self._client.conversations_history, limit=1), "messages"),
        )
        for look, told in looks:
            try:
                answer = call(look, channel=self._channel)
            except SlackRefuses as refusal:
                word = str(refusal)
                if word not in BLIND:
                    self._refused(word)
                    return
                log.warning("cannot_look_at_channel", word=word)
            else:
                self._judge(answer.get(told))
                return

    def _refused(self, word: str) -> None:
        log.warning("channel_not_seen", word=word)
        if word in CHANNEL_LOST:
            self._hearing.lost(word)

    def _judge(self, seen: object) -> None:
        """Take in what Slack shows of the channel, or of its messages; raises SlackAway where it shows neither."""
        if not isinstance(seen, dict | list):
            raise SlackAway(f"a channel that is none: {seen!r:.80}")
        about = seen if isinstance(seen, dict) else {}
        if about.get("is_archived") is True:
            self._hearing.lost("is_archived")
        elif about.get("is_member") is False:
            self._hearing.lost("not_in_channel")
        else:
            self._hearing.proven()
