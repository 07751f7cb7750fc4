import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request, Response
from slack_bolt import App, BoltRequest
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from slack_sdk.signature import SignatureVerifier
from starlette.requests import ClientDisconnect

from bot.transport.problem import UNFINISHED, Problem
from engine.errors import SettingsInvalid

LONGEST: Final = 1_000_000
"""Bytes; what Slack sends is far shorter."""
SHORT: Final = 64 * 1024
"""Bytes of nearly all that Slack sends; what is longer is kept in memory for a few senders at a time only."""
LONG_ONES: Final = 8
THREADS: Final = 64
"""Requests of Slack that are served at once, in threads that no other address of the HTTP side can take."""
DEEPEST: Final = 64
"""Objects and lists inside each other; what Slack sends has a dozen. How many Python reads depends on its version."""
OLDEST: Final = 300.0
"""Seconds of a signature's life."""
WHOLE_NUMBER: Final = re.compile(r"[0-9]{1,12}")
"""A time or a length in a header, which Python would read with signs and in digits of other scripts as well."""
SIGNATURE: Final = re.compile(r"v0=[0-9a-f]{64}")
PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    400: {"model": Problem},
    401: {"model": Problem},
    404: {"description": "Nothing here answers to it"},
    408: {"model": Problem},
    413: {"model": Problem},
    503: {"model": Problem},
}


class SlackEvents:
    """The door for Slack over HTTP, shut until an App serves behind it, which has the same signing secret.

    Bolt checks the signature as well, but answers a malformed one with a fault of its own.
    """

    def __init__(self, signing_secret: str) -> None:
        if not signing_secret:
            raise SettingsInvalid("SLACK_SIGNING_SECRET: expected the signing secret of the Slack app")
        self._app: App | None = None
        self._threads = CapacityLimiter(THREADS)
        self._long_ones = 0
        self._verifier = SignatureVerifier(signing_secret)

    @property
    def is_open(self) -> bool:
        """Whether an App serves."""
        return self._app is not None

    @contextmanager
    def served_by(self, app: App) -> Iterator[None]:
        """Hand what Slack sends to an App, until leaving."""
        self._app = app
        try:
            yield
        finally:
            self._app = None

    def router(self) -> APIRouter:
        """Return the one route."""
        router = APIRouter(tags=["slack"])
        router.add_api_route("/slack/events", self.events, methods=["POST"], response_model=None, responses=PROBLEMS)
        return router

    async def events(self, request: Request) -> Response:
        """Take a command, a click or an event from Slack, signed with the app's secret."""
        # Whose headers cannot be Slack's is turned away before its body takes any room.
        body = await self._read(request) if _may_be_signed(request) else _not_signed()
        if isinstance(body, Response):
            return body
        return await self._serve(request, body) if self._is_signed(body, request) else _not_signed()

    async def _serve(self, request: Request, body: bytes) -> Response:
        bolt_request, app = _parsed(request, body), self._app
        if bolt_request is None:
            return Problem(
                error="BadRequest", detail="Signed, but neither a form nor JSON as Slack writes them"
            ).response(400)
        if app is None:
            # Slack asks again, at once and after a minute.
            return Problem(error="ServiceUnavailable", detail="The bot is starting or stopping").response(503)
        # In a thread: Bolt waits for the listener's acknowledgement, and everybody else would wait with it.
        return to_starlette_response(await to_thread.run_sync(app.dispatch, bolt_request, limiter=self._threads))

    async def _read(self, request: Request) -> bytes | Response:
        """Read the body, or refuse it."""
        too_long = Problem(error="ContentTooLarge", detail="No request of Slack is so long").response(413)
        if _announced(request) > LONGEST:
            return too_long
        body, is_long = bytearray(), False
        try:
            async for part in request.stream():
                body += part
                if len(body) > LONGEST:
                    return too_long
                if len(body) > SHORT and not is_long:
                    if self._long_ones >= LONG_ONES:
                        return Problem(error="ServiceUnavailable", detail="Too many long requests at once").response(
                            503
                        )
                    is_long = True
                    self._long_ones += 1
        except ClientDisconnect:  # nobody is left to read this
            return UNFINISHED.response(408)
        finally:
            self._long_ones -= is_long
        return bytes(body)

    def _is_signed(self, body: bytes, request: Request) -> bool:
        try:
            return self._verifier.is_valid_request(body, dict(request.headers))
        except (TypeError, ValueError, ArithmeticError):
            return False  # the body is no text: never from Slack


def _may_be_signed(request: Request) -> bool:
    """Tell whether the headers of a signature look like Slack's, and are of now."""
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    if not WHOLE_NUMBER.fullmatch(timestamp) or not SIGNATURE.fullmatch(signature):
        return False
    return abs(time.time() - int(timestamp)) <= OLDEST


def _announced(request: Request) -> int:
    """Return the length that a body says it has, 0 where it says none."""
    length = request.headers.get("content-length", "")
    return int(length) if WHOLE_NUMBER.fullmatch(length) else 0


def _parsed(request: Request, body: bytes) -> BoltRequest | None:
    """Read a request as Bolt does, None where it is broken, or nested deeper than anything of Slack's."""
    try:
        parsed = to_bolt_request(request, body)
    except (ValueError, RecursionError):
        return None
    return None if _is_deeper(parsed.body, DEEPEST) else parsed


def _is_deeper(said: object, most: int) -> bool:
    """Tell whether more than `most` objects and lists are inside each other."""
    level = [said]
    for _ in range(most + 1):
        holders = [each for each in level if isinstance(each, dict | list)]
        if not holders:
            return False
        level = [part for holder in holders for part in (holder.values() if isinstance(holder, dict) else holder)]
    return True


def _not_signed() -> Response:
    return Problem(error="Unauthorized", detail="Not signed by Slack, or more than five minutes ago").response(401)
