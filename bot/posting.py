"""Sending to one channel of Slack: at Slack's pace, with refusals told apart from outages."""

import json
import re
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from http.client import HTTPException
from ssl import SSLContext
from threading import Event
from typing import Any, Final

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from bot.hearing import Hearing
from bot.web_client import TOO_MANY_REQUESTS, ResponseUrl, retry_after
from bot.worker import Later
from engine.model.notice import Posted

Payload = Mapping[str, Any]
"""The arguments `text` and `blocks` of chat.postMessage."""

PLAIN_TEXT_LIMIT: Final = 3000
PAGE: Final = 500
"""Messages that are asked for at once where one is looked for."""
MOST_PAGES: Final = 100
SKEW: Final = timedelta(minutes=2)
"""By how much this machine's clock may be ahead of Slack's."""
OK: Final = 200
SERVER_ERROR: Final = 500
POSTED_WITHIN: Final = 4.0
"""Seconds that a call for the channel may take: what comes next, a halt it may be, waits for it."""
RESPOND_WITHIN: Final = 10.0
"""Seconds that an answer to what somebody did may take."""
QUOTED: Final = 80
TAKEN: Final = "ok"
"""What Slack says, in plain text, to an answer that it took."""
WORD: Final = re.compile("[a-z0-9_]+")
"""What Slack's errors look like; a sentence is about an answer that is not Slack's."""
STAMP: Final = re.compile(r"\d+\.\d+")
"""What the id of a message looks like."""
PASSING: Final = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
"""Slack's words for troubles of its own, after which what was sent may have been taken or not."""
LIMITED: Final = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
CHANNEL_LOST: Final = frozenset(
    {
        "access_denied",
        "account_inactive",
        "app_missing_action_url",
        "channel_is_archived",
        "channel_not_found",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "invalid_auth",
        "is_archived",
        "is_inactive",
        "messages_tab_disabled",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "not_in_channel",
        "org_login_required",
        "restricted_action",
        "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "team_access_not_granted",
        "team_not_found",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    }
)
"""Slack's words for a channel that takes no message at all from this bot, whatever it says."""
ODD: Final = (
    OSError,
    HTTPException,
    SlackClientError,
    ValueError,
    AttributeError,
    LookupError,
    TypeError,
    RecursionError,
)
"""What slack_sdk raises where no answer comes, or one that Slack would not give."""

log = structlog.get_logger()


class SlackAway(Later):
    """Slack takes nothing now; `wait` is how long it asks to be left alone, in seconds, 0 if it does not say.

    `took_nothing` where it is sure that what was sent was not taken; else it may have been, and its answer lost.
    """

    def __init__(self, why: str, wait: float = 0.0, *, took_nothing: bool = False) -> None:
        super().__init__(why, wait)
        self.took_nothing = took_nothing


class ChannelLost(SlackAway):
    """The channel takes no message from this bot; the text is Slack's word for the reason."""

    def __init__(self, word: str) -> None:
        super().__init__(word, took_nothing=True)


class SlackRefuses(Exception):
    """Slack takes messages, but not this one; the text is Slack's word for the reason."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """How fast a channel may be posted to: `burst` messages at once, then one every `gap` seconds."""

    burst: int = 3
    gap: float = 1.1


class Poster:
    """Posts to a channel and redraws what it posted; `stopping` cuts waits short, `hearing` learns what was taken."""

    def __init__(self, client: WebClient, channel: str, stopping: Event, pace: Pace, hearing: Hearing) -> None:
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
                posted = self._posted(answer)
                self._hearing.proven()
                return posted
        raise SlackAway("refused even as plain text in the channel", took_nothing=True)

    def find(self, key: str, since: datetime, thread_ts: str = "") -> Posted | None:
        """Return where the message of a key stands that was sent after an instant, however much was written since.

        Raises SlackAway. None too where Slack does not let the bot look: twice is better than never.
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
                log.warning("cannot_look_for_message", word=str(refusal))
                return
            page, cursor = answer.get("messages"), _cursor_of(answer)
            if not isinstance(page, list) or not all(isinstance(each, dict) for each in page) or cursor is None:
                raise SlackAway("a page that is none")  # it must not pass for one without the message
            yield from page
            if not cursor or cursor in seen:
                return
            seen.add(cursor)

    def _posted(self, answer: Any) -> Posted:
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


def call(method: Callable[..., Any], **payload: Any) -> Any:
    """Call Slack once; raises SlackAway or SlackRefuses."""
    try:
        return method(**payload)
    except SlackApiError as error:
        raise _judged(error) from error
    except ODD as error:
        raise SlackAway(repr(error), took_nothing=_never_left(error)) from error


def respond(
    url: str,
    body: Payload,
    *,
    proxy: str | None = None,
    context: SSLContext | None = None,
    within: float = RESPOND_WITHIN,
) -> None:
    """Send an answer to the address that Slack gave for it, once; raises SlackAway or SlackRefuses."""
    client = ResponseUrl(url, proxy=proxy, ssl=context, retry_handlers=[])
    client.timeout = within  # type: ignore[assignment]  # urllib takes parts of a second
    try:
        answer = client.send_dict(dict(body))
    except ODD as error:
        raise SlackAway(repr(error), took_nothing=_never_left(error)) from error
    if answer.status_code == TOO_MANY_REQUESTS:
        raise SlackAway("ratelimited", retry_after(answer.headers) or 0.0, took_nothing=True)
    if answer.status_code >= SERVER_ERROR:
        raise SlackAway(f"status {answer.status_code}")
    if answer.status_code != OK:
        raise SlackRefuses(answer.body[:QUOTED] or f"status {answer.status_code}")
    if answer.body.strip() != TAKEN and not _says_ok(answer.body):
        raise SlackAway(f"no answer of Slack's: {answer.body[:QUOTED]}")


def _judged(error: SlackApiError) -> SlackAway | SlackRefuses:
    answer = error.response
    if not isinstance(answer, SlackResponse):
        word = str(answer.get("error")) if isinstance(answer, dict) else ""
        is_word = WORD.fullmatch(word) is not None and word not in PASSING | LIMITED
        return SlackRefuses(word) if is_word else SlackAway("no answer of Slack's")
    said = answer.data if isinstance(answer.data, dict) else {}
    word = str(said.get("error"))
    if answer.status_code == TOO_MANY_REQUESTS or word in LIMITED:
        return SlackAway(word, retry_after(answer.headers) or 0.0, took_nothing=True)
    if answer.status_code >= SERVER_ERROR or word in PASSING or not WORD.fullmatch(word):
        return SlackAway(word)
    return SlackRefuses(word)


def _says_ok(body: str) -> bool:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and said.get("ok") is True


def _never_left(error: Exception) -> bool:
    """Tell whether Slack was not even reached, so that it cannot have taken anything."""
    return isinstance(getattr(error, "reason", error), ConnectionRefusedError | socket.gaierror)


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
