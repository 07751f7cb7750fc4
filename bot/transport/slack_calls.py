"""Calls of Slack: refusals told apart from outages, and from a channel that takes nothing."""

import json
import re
import socket
from collections.abc import Callable, Mapping
from functools import partial
from http.client import HTTPException
from ssl import SSLContext
from typing import Any, Final

import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse
from slack_sdk.webhook import WebhookResponse

from bot.transport.block_support import BlockSupport
from bot.transport.web_client import TOO_MANY_REQUESTS, ResponseUrl, retry_after
from bot.worker import Later
from engine import spans

Payload = Mapping[str, Any]
"""The arguments `text` and `blocks` of chat.postMessage."""

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
BLIND: Final = frozenset({"missing_scope", "unknown_method", "method_not_supported_for_channel_type"})
"""Slack's words for a look at a channel that this installation may not take."""
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


def call(method: Callable[..., Any], **payload: Any) -> Any:
    """Call Slack once; raises SlackAway or SlackRefuses."""
    with spans.follow(f"slack {getattr(method, '__name__', 'call')}", spans.SpanKind.CLIENT):
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
    blocks: BlockSupport | None = None,
) -> None:
    """Send an answer to the address that Slack gave for it, once; raises SlackAway or SlackRefuses.

    `blocks` knows which newer blocks the workspace takes: without those that it refuses, the answer goes out again.
    """
    client = ResponseUrl(url, proxy=proxy, ssl=context, retry_handlers=[])
    client.timeout = within  # type: ignore[assignment]  # urllib takes parts of a second
    with spans.follow("slack response_url", spans.SpanKind.CLIENT):
        (blocks or BlockSupport()).send(partial(_send, client), body, SlackRefuses)


def _send(client: ResponseUrl, body: Payload) -> None:
    try:
        answer = client.send_dict(dict(body))
    except ODD as error:
        raise SlackAway(repr(error), took_nothing=_never_left(error)) from error
    _judge_response(answer)


def _judge_response(answer: WebhookResponse) -> None:
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
