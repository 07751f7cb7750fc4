"""Who may ask. With a token, whoever carries it; without one, only who calls this machine by its own name.

A second token opens the figures for Prometheus and nothing else: what gathers them need not be able to read more.
"""

from secrets import compare_digest
from typing import Final
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.http.guesses import Guesses
from bot.transport.problem import Problem
from engine.errors import SettingsInvalid
from engine.model.address import is_loopback

OPEN_TO_ALL: Final = frozenset({"/health", "/slack/events"})
"""Says nothing that is secret; checks Slack's signature by itself."""
SIGNED: Final = frozenset({("POST", "/signals")})
"""Check a signature of their own, and are there only where somebody has its secret."""
METRICS: Final = "/metrics"
NO_TOKEN: Final = Problem(error="Unauthorized", detail="Send the header: Authorization: Bearer HTTP_TOKEN")
TOO_MANY: Final = Problem(error="TooManyRequests", detail="Too many wrong tokens at once; ask again in ten seconds")
RETRY_AFTER: Final = "10"
NOT_FROM_HERE: Final = Problem(
    error="Forbidden", detail="Without HTTP_TOKEN only this machine may ask, by the name localhost"
)

log = structlog.get_logger()


def refuse_open_door(host: str, token: str) -> None:
    """Raise SettingsInvalid where others than this machine could ask without any token."""
    if not token and not is_loopback(host):
        raise SettingsInvalid(
            "HTTP_TOKEN: expected a secret, or METRICS_TOKEN, where HTTP_HOST is not 127.0.0.1 or localhost"
        )


class AccessGuard:
    """Turns away who may not ask, before anything is looked up.

    `token` opens everything, `metrics_token` the figures alone; where there is only that one, nothing else is open.
    No token is asked of `host`, an address, where it calls this machine by its own name; '' for nobody.
    """

    def __init__(
        self, app: ASGIApp, *, token: str, metrics_token: str = "", host: str = "", guesses: Guesses | None = None
    ) -> None:
        self._app = app
        self._token = token
        self._metrics_token = metrics_token
        self._host = host
        self._guesses = guesses or Guesses()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with 401 or 403."""
        if scope["type"] != "http" or scope["path"] in OPEN_TO_ALL or (scope["method"], scope["path"]) in SIGNED:
            await self._app(scope, receive, send)
        elif (self._token or self._metrics_token) and not self._is_the_host(scope):
            await self._with_token(scope, receive, send)
        elif _named_as_here(Headers(scope=scope)):
            await self._app(scope, receive, send)
        else:
            await NOT_FROM_HERE.response(403)(scope, receive, send)

    def _is_the_host(self, scope: Scope) -> bool:
        address = (scope.get("client") or ("",))[0]
        return bool(self._host) and address == self._host and _named_as_here(Headers(scope=scope))

    async def _with_token(self, scope: Scope, receive: Receive, send: Send) -> None:
        scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        refusal = NO_TOKEN.response(401, {"WWW-Authenticate": "Bearer"})
        if scheme.lower() != "bearer":
            await refusal(scope, receive, send)
            return
        address = (scope.get("client") or ("",))[0]
        if not self._guesses.may_guess(address):
            late = TOO_MANY.response(429, {"Retry-After": RETRY_AFTER})
            await late(scope, receive, send)
        elif _is(given, self._token) or (scope["path"] == METRICS and _is(given, self._metrics_token)):
            await self._app(scope, receive, send)
        else:
            log.warning("token_guessed")
            async with self._guesses.wrong(address):
                await refusal(scope, receive, send)


def _is(given: str, token: str) -> bool:
    """Compare in constant time; an empty token lets nobody in."""
    return compare_digest(given.encode(), token.encode()) and bool(token)


def _named_as_here(headers: Headers) -> bool:
    """A page from elsewhere can make a browser call this machine, but only by a name of its own."""
    try:
        return is_loopback(urlsplit(f"//{headers.get('host', '')}").hostname or "")
    except ValueError:
        return False
