from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class OriginGate:
    """Turns away what a page from elsewhere could have sent, and forbids other pages to frame this one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with 403."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif _from_here(Headers(scope=scope)):
            await self._app(scope, receive, _unframed(send) if scope["type"] == "http" else send)
        elif scope["type"] == "http":
            detail = "Only this machine, and only this server's own page, may call."
            body = {"ok": False, "error": "not_from_here", "detail": detail}
            await JSONResponse(body, 403)(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})


def _from_here(headers: Headers) -> bool:
    host = headers.get("host", "")
    origin = headers.get("origin")
    return urlsplit(f"//{host}").hostname in _LOOPBACK and origin in {None, f"http://{host}"}


def _unframed(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Content-Security-Policy"] = "frame-ancestors 'none'"
            headers["X-Content-Type-Options"] = "nosniff"
        await send(message)

    return guarded
