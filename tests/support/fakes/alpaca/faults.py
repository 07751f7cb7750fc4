"""A line that fails on command, for as many requests as a test says, and remembers every request."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any, Final

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LONGEST_URL: Final = 8_000
_HTML: Final = "<html><body><h1>Something went wrong</h1></body></html>"


class Fault(StrEnum):
    """What goes wrong with a request. Those that answer do so with the status of their name, or with 200."""

    HANG = "hang"
    DROP = "drop"
    TOO_MANY = "429"
    BROKEN = "500"
    UNAVAILABLE = "503"
    TIMED_OUT = "504"
    HTML = "html"
    EMPTY = "empty"
    GARBAGE = "garbage"
    NO_CODE = "no code"
    UNKNOWN_STATUS = "unknown status"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A request as it came in; `query` as it stood in the address, `body` as JSON."""

    method: str
    path: str
    query: str
    body: Any


@dataclass(kw_only=True)
class _Order:
    """What shall go wrong `left` times with requests of a method whose path fits a pattern."""

    method: str
    path: str
    fault: Fault
    left: int
    handled: bool
    status: int | None


class Faults:
    """What is still to go wrong, and what was seen."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.released = asyncio.Event()
        self._orders: list[_Order] = []

    def order(self, method: str, path: str, fault: Fault, *, times: int, handled: bool, status: int | None) -> None:
        self._orders.append(_Order(method=method, path=path, fault=fault, left=times, handled=handled, status=status))

    async def clear(self) -> None:
        """Take everything back, and let go what hangs."""
        self._orders.clear()
        self.released.set()
        self.released = asyncio.Event()

    def take(self, method: str, path: str) -> _Order | None:
        for order in self._orders:
            if order.left and order.method in {method, "*"} and fnmatchcase(path, order.path):
                order.left -= 1
                return order
        return None


class FaultyLine:
    """The ASGI application around the fake; `hang_up` cuts the connection that a scope came by."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        faults: Faults,
        hang_up: Callable[[Scope], None],
        patience: float,
    ) -> None:
        self._app = app
        self._faults = faults
        self._hang_up = hang_up
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = await _whole(receive)
        query = scope["query_string"].decode()
        self._faults.seen.append(Seen(method=scope["method"], path=scope["path"], query=query, body=_json(body)))
        if len(scope["path"]) + len(query) > _LONGEST_URL:
            await Response(_HTML, 414, media_type="text/html")(scope, receive, send)
            return
        order = self._faults.take(scope["method"], scope["path"])
        again = _Again(body, receive)
        if order is None:
            await self._app(scope, again, send)
        else:
            await self._fail(order, scope, again, send)

    async def _fail(self, order: _Order, scope: Scope, receive: Receive, send: Send) -> None:
        answer = _Kept()
        if order.handled or order.fault is Fault.UNKNOWN_STATUS:
            await self._app(scope, receive, answer)
        if order.fault is Fault.HANG:
            await self._hang(receive)
        if order.fault in {Fault.HANG, Fault.DROP}:
            self._hang_up(scope)
            await _gone(receive)
        elif order.fault is Fault.UNKNOWN_STATUS:
            strange = _with_unknown_status(json.loads(answer.body))
            await Response(json.dumps(strange), 200, media_type="application/json")(scope, receive, send)
        else:
            await _failure(order.fault, order.status)(scope, receive, send)

    async def _hang(self, receive: Receive) -> None:
        waits = [asyncio.create_task(self._faults.released.wait()), asyncio.create_task(_gone(receive))]
        await asyncio.wait(waits, timeout=self._patience, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


class _Again:
    """Gives a body that was read already once more, then what really comes."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


class _Kept:
    """Keeps an answer instead of sending it."""

    def __init__(self) -> None:
        self.body = b""

    async def __call__(self, message: Message) -> None:
        self.body += bytes(message.get("body", b""))


async def _whole(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return body


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _json(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body


def _failure(fault: Fault, status: int | None) -> Response:
    match fault:
        case Fault.HTML:
            return Response(_HTML, status or 200, media_type="text/html")
        case Fault.EMPTY:
            return Response("", status or 200, media_type="application/json")
        case Fault.GARBAGE:
            return Response('{"id": "unfinis', status or 200, media_type="application/json")
        case Fault.NO_CODE:
            return Response('{"message": "forbidden."}', status or 403, media_type="application/json")
        case _:
            code = int(fault)
            headers = {"Retry-After": "1"} if fault is Fault.TOO_MANY else {}
            body = json.dumps({"code": code * 100_000, "message": "the line is faulty"})
            return Response(body, code, headers, media_type="application/json")


def _with_unknown_status(told: Any) -> Any:
    if isinstance(told, list):
        return [_with_unknown_status(item) for item in told]
    if isinstance(told, dict):
        return {
            name: "surprised" if name == "status" and isinstance(item, str) else _with_unknown_status(item)
            for name, item in told.items()
        }
    return told
