"""Posts to one channel at Slack's pace, and redraws what it posted."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from threading import Event
from typing import Any, Final

import structlog
from slack_sdk import WebClient

from bot.delivery.reachability import Reachability
from bot.transport.slack_calls import BLIND, CHANNEL_LOST, ChannelLost, Payload, SlackAway, SlackRefuses, call
from engine.model.notices.base import Posted

PLAIN_TEXT_LIMIT: Final = 3000
PAGE: Final = 500
"""Messages that are asked for at once where one is looked for."""
MOST_PAGES: Final = 100
SKEW: Final = timedelta(minutes=2)
"""By how much this machine's clock may be ahead of Slack's."""
HIDDEN: Final = CHANNEL_LOST | BLIND | {"thread_not_found"}
"""Slack's words for messages that this bot cannot look at, now or later."""
STAMP: Final = re.compile(r"\d+\.\d+")
"""What the id of a message looks like."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class PostingRate:
    """How fast a channel may be posted to: `burst` messages at once, then one every `gap` seconds."""

    burst: int = 3
    gap: float = 1.1


class Poster:
    """Posts to a channel and redraws what it posted; `stopping` cuts waits short, `hearing` learns what was taken."""

    def __init__(
        self, client: WebClient, channel: str, stopping: Event, pace: PostingRate, hearing: Reachability
    ) -> None:
        self._client = client
        self._channel = channel
        self._stopping = stopping
        self._pace = pace
        self._hearing = hearing
        self._free_at = 0.0

    def post(
        self,
        payload: Payload,
        thread_ts: str = "",
        *,
        broadcast: bool = False,
        key: str = "",
        before: Callable[[], object] = lambda: None,
    ) -> Posted:
        """Post a message, into a thread if there is one, under a key by which `find` finds it; raises SlackAway.

        What Slack refuses is posted as plain text, and if the thread is gone, in the channel. `before` is called each
        time when the message may go out.
        """
        marked = {"metadata": {"event_type": "notice", "event_payload": {"key": key}}} if key else {}
        thread = {"thread_ts": thread_ts, "reply_broadcast": broadcast} if thread_ts else {}
        plain = {"text": payload["text"][:PLAIN_TEXT_LIMIT]}
        in_channel = [plain] if thread else []
        for attempt in ({**payload, **thread}, {**plain, **thread}, *in_channel):
            self._take_turn()
            before()
            try:
                answer = call(self._client.chat_postMessage, channel=self._channel, **attempt, **marked)
            except SlackRefuses as refusal:
                self._must_take_others(str(refusal))
                log.error("message_refused", word=str(refusal), text=payload["text"])  # noqa: TRY400 - Slack's word is all
            else:
                posted = self.posted(answer)
                self._hearing.proven()
                return posted
        raise SlackAway("refused even as plain text in the channel", took_nothing=True)

    def find(self, key: str, since: datetime, thread_ts: str = "") -> Posted | None:
        """Return where the message of a key stands that was sent after an instant, however much was written since.

        Raises SlackAway, also where Slack refuses with a word that says nothing of the next look. None where it does
        not let the bot look: twice is better than never.
        """
        oldest = f"{(since - SKEW).timestamp():.6f}"
        looks: list[Callable[..., Any]] = [partial(self._client.conversations_history, oldest=oldest)]
        if thread_ts:
            looks.insert(0, partial(self._client.conversations_replies, ts=thread_ts, oldest=oldest))
        for look in looks:
            for message in self._messages(look):
                if _key_of(message) == key and _is_stamp(message.get("ts")):
                    return Posted(channel=self._channel, ts=message["ts"])
        return None

    def redraw(self, posted: Posted, payload: Payload) -> None:
        """Show a message in the place of one posted before; raises SlackAway. Nothing happens where it was deleted."""
        for attempt in (payload, {"text": payload["text"][:PLAIN_TEXT_LIMIT], "blocks": []}):
            try:
                call(self._client.chat_update, channel=posted.channel, ts=posted.ts, **attempt)
            except SlackRefuses as refusal:
                if posted.channel == self._channel:
                    self._must_take_others(str(refusal))
                log.warning("redraw_refused", word=str(refusal), ts=posted.ts)
            else:
                if posted.channel == self._channel and not self._hearing.now().is_stuck:
                    self._hearing.proven()
                return

    def _messages(self, look: Callable[..., Any]) -> Iterator[Mapping[str, Any]]:
        """Yield the messages of a channel or a thread, page by page, as far as Slack shows them."""
        cursor: str | None = ""
        seen = set[str]()
        for _ in range(MOST_PAGES):
            more = {"cursor": cursor} if cursor else {}
            try:
                answer = call(look, channel=self._channel, limit=PAGE, include_all_metadata=True, **more)
            except SlackRefuses as refusal:
                if str(refusal) not in HIDDEN:
                    raise SlackAway(str(refusal)) from refusal
                log.warning("cannot_look_for_message", word=str(refusal))
                return
            page, cursor = answer.get("messages"), _cursor_of(answer)
            if not isinstance(page, list) or not all(isinstance(each, dict) for each in page) or cursor is None:
                raise SlackAway("a page that is none")  # it must not pass for one without the message
            yield from page
            if not cursor or cursor in seen:
                return
            seen.add(cursor)

    def posted(self, answer: Any) -> Posted:
        """Read where a message stands; raises SlackAway where the answer does not say: it may stand all the same."""
        channel, ts = answer.get("channel"), answer.get("ts")
        if not _is_stamp(ts):
            raise SlackAway(f"an answer without a message's id: {ts!r}")
        return Posted(channel=channel if isinstance(channel, str) and channel else self._channel, ts=ts)

    def _must_take_others(self, word: str) -> None:
        """Raise ChannelLost where a refusal is not about what was sent."""
        if word in CHANNEL_LOST:
            self._hearing.lost(word)
            raise ChannelLost(word)

    def _take_turn(self) -> None:
        """Wait until the channel may be posted to again."""
        now = time.monotonic()
        self._free_at = max(self._free_at, now - self._pace.burst * self._pace.gap) + self._pace.gap
        if self._free_at > now:
            self._stopping.wait(self._free_at - now)


def _is_stamp(ts: object) -> bool:
    return isinstance(ts, str) and STAMP.fullmatch(ts) is not None


def _cursor_of(answer: Any) -> str | None:
    """Return where the next page begins, '' after the last one, None where the answer makes no sense of it."""
    following = answer.get("response_metadata") or {}
    cursor = following.get("next_cursor") or "" if isinstance(following, dict) else None
    return cursor if isinstance(cursor, str) and (cursor or answer.get("has_more") is not True) else None


def _key_of(message: Mapping[str, Any]) -> object:
    """Return the key of the notice that a message is of, None for whatever else people and bots write."""
    metadata = message.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    return payload.get("key") if isinstance(payload, dict) else None
