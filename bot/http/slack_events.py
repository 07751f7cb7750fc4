from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from slack_bolt import App
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from slack_sdk.signature import SignatureVerifier
from starlette.responses import JSONResponse

from bot.http.answers import Problem
from engine.errors import SettingsInvalid

LONGEST: Final = 1_000_000
"""Bytes; what Slack sends is far shorter."""
PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    401: {"model": Problem},
    404: {"description": "Nothing here answers to it"},
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
        body = await _read(request)
        if body is None:
            return _refused(413, "Content Too Large", "No request of Slack is so long")
        if not self._is_signed(body, request):
            return _refused(401, "Unauthorized", "Not signed by Slack, or more than five minutes ago")
        app = self._app
        if app is None:
            # Slack asks again, at once and after a minute.
            return _refused(503, "ServiceUnavailable", "The bot is starting or stopping")
        # In a thread: Bolt waits for the listener's acknowledgement, and everybody else would wait with it.
        return to_starlette_response(await run_in_threadpool(app.dispatch, to_bolt_request(request, body)))

    def _is_signed(self, body: bytes, request: Request) -> bool:
        try:
            return self._verifier.is_valid_request(body, dict(request.headers))
        except (TypeError, ValueError):
            # The time is no number, or the body no text: never from Slack.
            return False


async def _read(request: Request) -> bytes | None:
    """Read the body, None when it is too long."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST:
            return None
    return body


def _refused(status: int, error: str, detail: str) -> Response:
    return JSONResponse(Problem(error=error, detail=detail).model_dump(), status)
