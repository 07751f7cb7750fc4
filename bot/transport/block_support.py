"""Which of Slack's newer blocks a workspace takes, learned from what it refuses."""

from collections.abc import Callable, Mapping
from functools import cache
from threading import Lock
from typing import Any, Final, TypeVar

import structlog
from slack_sdk.errors import SlackApiError

from bot.cards.newer_blocks import kinds, older

INVALID: Final = ("invalid_blocks", "invalid_arguments")
"""Slack's words for blocks of a message, and of a view, that it does not take, whatever is wrong with them."""
SPENT: Final = "exchanged_trigger_id"
"""Slack's word where a window that it refused has cost the right to open one."""

Answer = TypeVar("Answer")
Body = Mapping[str, Any]

log = structlog.get_logger()


class BlockSupport:
    """What one workspace takes: everything, until it refuses a message that it takes without the newer blocks.

    It is kept in memory: workspaces get new blocks without telling anybody, so a bot that starts again asks anew, at
    the price of one refusal.
    """

    def __init__(self) -> None:
        self._refused: frozenset[str] = frozenset()
        self._lock = Lock()

    def send(self, send: Callable[[Body], Answer], body: Body, refusal: type[Exception] = SlackApiError) -> Answer:
        """Send a message as far as the workspace is known to take it, and what it refuses once more without.

        Of several kinds each is left out alone first: one that is refused says nothing of the others.
        `refusal` is what `send` raises, with Slack's word in it, where Slack refuses; raises what `send` raises.
        """
        fitted = self._fitted(body)
        newer = kinds(_blocks(fitted))
        try:
            return send(fitted)
        except refusal as error:
            if not newer or not _is_about_blocks(error):
                raise
        attempts = [frozenset({kind}) for kind in sorted(newer)]
        if len(newer) > 1:
            attempts.append(newer)
        for refused in attempts[:-1]:
            try:
                return self._without(refused, send, fitted)
            except refusal as error:
                if not _is_about_blocks(error):
                    raise
        return self._without(attempts[-1], send, fitted)

    def _without(self, refused: frozenset[str], send: Callable[[Body], Answer], body: Body) -> Answer:
        try:
            answer = send(_with(body, older(_blocks(body), refused)))
        except Exception as error:
            if SPENT in str(error):
                self._learn(refused)  # the next window opens at once
            raise
        self._learn(refused)
        return answer

    def _fitted(self, body: Body) -> Body:
        if not self._refused & kinds(_blocks(body)):
            return body
        return _with(body, older(_blocks(body), self._refused))

    def _learn(self, refused: frozenset[str]) -> None:
        with self._lock:
            new = refused - self._refused
            self._refused |= refused
        if new:
            log.warning("newer_blocks_refused", kinds=", ".join(sorted(new)))


@cache
def support_of(_workspace: str, _token: str) -> BlockSupport:
    """Return what is known of a workspace, by its address and the bot's token; all clients of it learn together."""
    return BlockSupport()


def has_blocks(body: Body) -> bool:
    """Tell whether a call has blocks: those of a message, or of the view that it opens, changes or publishes."""
    return "blocks" in body or isinstance(body.get("view"), dict)


def _is_about_blocks(error: Exception) -> bool:
    return any(word in str(error) for word in INVALID)


def _with(body: Body, blocks: list[dict[str, Any]]) -> Body:
    view = body.get("view")
    return {**body, "view": {**view, "blocks": blocks}} if isinstance(view, dict) else {**body, "blocks": blocks}


def _blocks(body: Body) -> list[dict[str, Any]]:
    view = body.get("view")
    blocks = (view if isinstance(view, dict) else body).get("blocks")
    return [block for block in blocks if isinstance(block, dict)] if isinstance(blocks, list) else []
