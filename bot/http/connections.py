"""A cap on connections and a deadline for each, on top of uvicorn's: half-sent requests must not starve the desk.

Where all places are taken, the connection that has kept us waiting for its request the longest goes, so that a request
which comes in one piece is served however many others only begin. What is answered is never thrown out for a newcomer.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

import h11
import structlog
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.transport.problem import Problem

LINGER: Final = 1.0
"""Seconds in which whoever is refused may read why: closed at once, with more on its way, it would read nothing."""
ANSWER_SECONDS: Final = 30.0
"""Seconds until an answer must have been taken; who reads none of it is cut off."""
HALF: Final = frozenset({h11.IDLE, h11.SEND_BODY})
"""What a client is doing while its request is not here in whole."""

log = structlog.get_logger()


class Connections:
    """The open connections of one server: `most` at once, each of whose requests must come in whole within `seconds`.

    Belongs to the thread of the server's event loop.
    """

    def __init__(self, *, most: int, seconds: float) -> None:
        self.most = most
        self.seconds = seconds
        self._open: set[BoundedProtocol] = set()
        self._waiting: OrderedDict[BoundedProtocol, None] = OrderedDict()

    def protocol(self, *given: Any, **named: Any) -> "BoundedProtocol":
        """Make a connection's protocol, as uvicorn asks for one."""
        return BoundedProtocol(self, *given, **named)

    def come(self, newcomer: "BoundedProtocol") -> None:
        """Take one in; where there are too many, the one that has been waited for the longest makes room."""
        self._open.add(newcomer)
        self._waiting[newcomer] = None
        if len(self._open) > self.most:
            log.warning("http_crowded", most=self.most)
            self.leave(longest := next(iter(self._waiting)))
            longest.transport.abort()

    def leave(self, one: "BoundedProtocol") -> None:
        """Forget one that ends."""
        self._open.discard(one)
        self._waiting.pop(one, None)

    def note(self, one: "BoundedProtocol", *, is_waiting: bool) -> None:
        """Note whether one keeps us waiting from now on."""
        if not is_waiting:
            self._waiting.pop(one, None)
        elif one in self._open:
            self._waiting.setdefault(one)


class BoundedProtocol(H11Protocol):
    """One connection, with a deadline: for its request until that is here in whole, then for its answer to be taken."""

    def __init__(self, connections: Connections, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._connections = connections
        self._deadline: asyncio.TimerHandle | None = None
        self._is_waiting = True
        self._is_refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._within(self._connections.seconds, self._too_slow)
        self._connections.come(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._connections.leave(self)
        self._cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take in what comes; of whoever was refused nothing more."""
        if not self._is_refused:
            super().data_received(data)

    def handle_events(self) -> None:
        """Take in what has come."""
        super().handle_events()
        self._look()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._look(again=True)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, or has a head that is longer than is taken."""
        most = self.config.h11_max_incomplete_event_size
        self._refuse(HTTPStatus.BAD_REQUEST, f"{msg} Its head may have {most} bytes.")

    def _look(self, *, again: bool = False) -> None:
        """Set the deadline anew where the request has come in whole, and where another one is to come."""
        is_waiting = self.conn.their_state in HALF
        if is_waiting == self._is_waiting and not again:
            return
        self._is_waiting = is_waiting
        self._connections.note(self, is_waiting=is_waiting)
        if self.transport.is_closing() or self._is_refused:
            return
        if is_waiting:
            self._within(self._connections.seconds, self._too_slow)
        else:
            self._within(ANSWER_SECONDS, self._not_taken)

    def _within(self, seconds: float, otherwise: Callable[[], None]) -> None:
        self._cancel()
        self._deadline = self.loop.call_later(seconds, otherwise)

    def _cancel(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        asked_for_something = self.conn.their_state is h11.SEND_BODY
        if asked_for_something or self.conn.trailing_data[0]:
            log.warning("http_too_slow", seconds=self._connections.seconds)
        if asked_for_something:
            detail = f"The request did not come in whole within {self._connections.seconds:g} s"
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, detail)
        else:  # no request is there to be answered, and words for whoever begins a thousand would hold their places
            self.transport.abort()

    def _not_taken(self) -> None:
        log.warning("http_answer_not_taken", seconds=ANSWER_SECONDS)
        self.transport.abort()

    def _refuse(self, status: HTTPStatus, detail: str) -> None:
        """Answer and close; where an answer has begun, only close."""
        if self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            self.transport.abort()
            return
        body = Problem(error=status.phrase.replace(" ", ""), detail=detail).model_dump_json().encode()
        headers = [("content-type", "application/json"), ("content-length", str(len(body))), ("connection", "close")]
        answer = h11.Response(status_code=status, headers=headers, reason=status.phrase.encode())
        for event in (answer, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        if self.cycle is not None:  # whoever works on the request is told that its sender has left
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self._is_refused = True
        self._connections.note(self, is_waiting=True)
        self._within(LINGER, self.transport.abort)
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
