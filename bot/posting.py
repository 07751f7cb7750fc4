"""Sending to one channel of Slack: at Slack's pace, with refusals told apart from outages."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException
from threading import Event
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from engine.model.notice import Posted

Payload = Mapping[str, Any]
"""The arguments `text` and `blocks` of chat.postMessage."""

PLAIN_TEXT_LIMIT = 3000
LOOK_BACK = 200
"""Messages among which one is looked for that may have been posted."""
TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500
WORD = re.compile("[a-z0-9_]+")
"""What Slack's errors look like; a sentence is slack_sdk's, about an answer that is not Slack's."""
PASSING = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited"})
"""Slack's words for troubles of its own, which say nothing about what was sent."""

log = structlog.get_logger()


class SlackAway(Exception):
    """Slack takes nothing now; `wait` is how long it asks to be left alone, in seconds, 0 if it does not say."""

    def __init__(self, why: str, wait: float = 0.0) -> None:
        super().__init__(why)
        self.wait = wait


class SlackRefuses(Exception):
    """Slack takes messages, but not this one; the text is Slack's word for the reason."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """How fast a channel may be posted to: `burst` messages at once, then one every `gap` seconds."""

    burst: int = 3
    gap: float = 1.1


class Poster:
    """Posts to a channel and redraws what it posted; `stopping` cuts its waits short."""

    def __init__(self, client: WebClient, channel: str, stopping: Event, pace: Pace) -> None:
        self._client = client
        self._channel = channel
        self._stopping = stopping
        self._pace = pace
        self._free_at = 0.0

    def post(self, payload: Payload, thread_ts: str = "", *, broadcast: bool = False, key: str = "") -> Posted:
        """Post a message, into a thread if there is one, under a key by which `find` finds it; raises SlackAway.

        What Slack refuses is posted as plain text, and if the thread is gone, in the channel.
        """
        marked = {"metadata": {"event_type": "notice", "event_payload": {"key": key}}} if key else {}
        thread = {"thread_ts": thread_ts, "reply_broadcast": broadcast} if thread_ts else {}
        plain = {"text": payload["text"][:PLAIN_TEXT_LIMIT]}
        in_channel = [plain] if thread else []
        for attempt in ({**payload, **thread}, {**plain, **thread}, *in_channel):
            self._take_turn()
            try:
                answer = call(self._client.chat_postMessage, channel=self._channel, **attempt, **marked)
            except SlackRefuses as refusal:
                log.error("message_refused", word=str(refusal), text=payload["text"])  # noqa: TRY400 - Slack's word is all
            else:
                return Posted(channel=answer["channel"], ts=answer["ts"])
        raise SlackAway("refused even as plain text in the channel")

    def find(self, key: str, thread_ts: str = "") -> Posted | None:
        """Return where the message of a key stands, among the last of the channel and of a thread; raises SlackAway.

        None too where Slack does not let the bot look: twice is better than never.
        """
        looks: list[Callable[..., Any]] = [partial(self._client.conversations_history, limit=LOOK_BACK)]
        if thread_ts:
            looks.append(partial(self._client.conversations_replies, ts=thread_ts, limit=LOOK_BACK))
        for look in looks:
            try:
                answer = call(look, channel=self._channel, include_all_metadata=True)
            except SlackRefuses as refusal:
                log.warning("cannot_look_for_message", word=str(refusal))
                continue
            for message in answer.get("messages") or ():
                payload = (message.get("metadata") or {}).get("event_payload") or {}
                if payload.get("key") == key:
                    return Posted(channel=self._channel, ts=message["ts"])
        return None

    def redraw(self, posted: Posted, payload: Payload) -> None:
        """Show a message in the place of one posted before; raises SlackAway. Nothing happens where it was deleted."""
        for attempt in (payload, {"text": payload["text"][:PLAIN_TEXT_LIMIT], "blocks": []}):
            try:
                call(self._client.chat_update, channel=posted.channel, ts=posted.ts, **attempt)
            except SlackRefuses as refusal:
                log.warning("redraw_refused", word=str(refusal), ts=posted.ts)
            else:
                return

    def _take_turn(self) -> None:
        """Wait until the channel may be posted to again."""
        now = time.monotonic()
        self._free_at = max(self._free_at, now - self._pace.burst * self._pace.gap) + self._pace.gap
        if self._free_at > now:
            self._stopping.wait(self._free_at - now)


def call(method: Callable[..., Any], **payload: Any) -> Any:
    """Call Slack once; raises SlackAway or SlackRefuses."""
    try:
        return method(**payload)
    except SlackApiError as error:
        raise _judged(error) from error
    except (OSError, HTTPException, SlackClientError, ValueError) as error:  # the last: bytes that are no text
        raise SlackAway(repr(error)) from error


def _judged(error: SlackApiError) -> SlackAway | SlackRefuses:
    answer = error.response
    if not isinstance(answer, SlackResponse):
        return SlackAway("no answer of Slack's")
    word = str(answer.get("error"))
    if answer.status_code == TOO_MANY_REQUESTS:
        return SlackAway(word, float(_header(answer.headers, "retry-after", "1")))
    if answer.status_code >= SERVER_ERROR or word in PASSING or not WORD.fullmatch(word):
        return SlackAway(word)
    return SlackRefuses(word)


def _header(headers: Mapping[str, str], name: str, otherwise: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name), otherwise)
