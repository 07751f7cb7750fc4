"""HTTP requests with one deadline for all of it: connecting, sending, and every byte of the answer.

A time-out of the standard library's is for each read, so an answer that trickles may hold a thread for ever. Here each
wait is for what is left of the whole. Redirects are not followed: a token must not go where an answer says.
"""

import io
import socket
import ssl
import time
from collections.abc import Iterable
from functools import cache
from http.client import HTTPConnection, HTTPMessage, HTTPResponse, HTTPSConnection
from typing import IO, Any, Final
from urllib.request import (
    BaseHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

LONGEST: Final = 32 * 1024 * 1024
"""Bytes of an answer; what Slack sends is far shorter."""
PIECE: Final = 16 * 1024
"""Bytes that are sent between two looks at the clock."""


class _Reads(io.RawIOBase):
    """What comes from a socket, as long as there is time."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, ends: float) -> None:
        super().__init__()
        self._raw = raw
        self._sock = sock
        self._ends = ends
        self._left = LONGEST

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(_left(self._ends))
        number = self._raw.readinto(buffer) or 0
        self._left -= number
        if self._left < 0:
            raise OSError(f"an answer of more than {LONGEST} bytes")
        return number

    def close(self) -> None:
        self._raw.close()
        super().close()


class _PlainConnection(HTTPConnection):
    """A connection that knows when it must be over."""

    def __init__(self, host: str, **kwargs: Any) -> None:
        super().__init__(host, **kwargs)
        self._ends = time.monotonic() + kwargs["timeout"]
        self._create_connection = self._connected
        self.response_class = self._response  # type: ignore[assignment]  # called as the class would be

    def send(self, data: Any) -> None:
        """Send bytes, or what is read or iterated for them."""
        if self.sock is None or not isinstance(data, bytes):
            super().send(data)
            return
        for start in range(0, len(data), PIECE):
            self.sock.settimeout(_left(self._ends))
            self.sock.sendall(data[start : start + PIECE])

    def _connected(self, address: tuple[str, int], _timeout: object, source: Any = None) -> socket.socket:
        """Connect to the first of a name's addresses that answers; the resolver has its own patience."""
        last: OSError | None = None
        for family, kind, protocol, _, where in socket.getaddrinfo(*address, 0, socket.SOCK_STREAM):
            made = socket.socket(family, kind, protocol)
            try:
                made.settimeout(_left(self._ends))
                if source:
                    made.bind(source)
                made.connect(where)
                made.settimeout(_left(self._ends))  # for the handshake of TLS
            except OSError as error:
                made.close()
                last = error
            else:
                return made
        raise last or OSError("the name has no address")

    def _response(self, sock: socket.socket, *args: Any, **kwargs: Any) -> HTTPResponse:
        made = HTTPResponse(sock, *args, **kwargs)
        made.fp = io.BufferedReader(_Reads(made.fp.detach(), sock, self._ends))
        return made


class _SecureConnection(_PlainConnection, HTTPSConnection):
    pass


class _Http(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_PlainConnection, req)


class _Https(HTTPSHandler):
    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(context=context)
        self._made = context

    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_SecureConnection, req, context=self._made)


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(
        self, _req: Request, _fp: IO[bytes], _code: int, _msg: str, _headers: HTTPMessage, _newurl: str
    ) -> None:
        return None


class _EveryStatus(HTTPErrorProcessor):
    """An answer is an answer, whatever its status: who asked judges it."""

    def http_response(self, _request: Request, response: HTTPResponse) -> HTTPResponse:
        return response

    def https_response(self, _request: Request, response: HTTPResponse) -> HTTPResponse:
        return response


@cache
def trusted() -> ssl.SSLContext:
    """Return what a connection trusts where nothing else is given.

    It is made once: to read the system's certificates takes 20 ms of a core, more than the rest of a call.
    """
    return ssl.create_default_context()


def opener(proxy: str | None, context: ssl.SSLContext | None) -> OpenerDirector:
    """Return what opens a request within the time-out that it is given; a proxy goes before the environment's."""
    handlers: Iterable[BaseHandler] = (
        *([ProxyHandler({"http": proxy, "https": proxy})] if proxy else []),
        _Http(),
        _Https(context or trusted()),
        _NoRedirects(),
        _EveryStatus(),
    )
    return build_opener(*handlers)


def _left(ends: float) -> float:
    """Return the seconds that are left; raises TimeoutError where none are."""
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("the whole answer took too long")
    return left
