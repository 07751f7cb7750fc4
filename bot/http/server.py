import socket
import threading
from types import TracebackType
from typing import Any, Final, Self, cast

import uvicorn
from starlette.types import ASGIApp

from bot.http.connections import Connections
from engine.errors import SettingsInvalid

PATIENCE: Final = 10.0
"""Seconds that requests under way are given at the end."""
CONNECTIONS: Final = 256
REQUEST_SECONDS: Final = 10.0
HEAD: Final = 16 * 1024
"""Bytes of the longest head of a request."""
AT_A_TIME: Final = 32
"""Connections that are accepted in one go: so many may be open beyond the cap until it is held again."""
QUEUE: Final = 4096
"""Connections that the kernel keeps ready meanwhile."""


class HttpServer:
    """Serves an application from a thread of its own, between `start` and `stop`.

    At most `connections` are open at once, and a request must come in whole within `seconds`.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        host: str,
        port: int,
        connections: int = CONNECTIONS,
        seconds: float = REQUEST_SECONDS,
    ) -> None:
        self._host = host
        self._port = port
        bounded = Connections(most=connections, seconds=seconds)
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                http=cast("Any", bounded.protocol),  # a class is asked for, but only called
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                backlog=AT_A_TIME,
                h11_max_incomplete_event_size=HEAD,
                timeout_graceful_shutdown=int(PATIENCE / 2),
            )
        )
        self._listener: socket.socket | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The address without a slash at its end; the port is the real one after the start."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    def start(self) -> Self:
        """Listen; raises SettingsInvalid when the address cannot be had."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        try:
            self._listener = _Listener.on((self._host, self._port), family)
        except OSError as error:
            raise SettingsInvalid(f"HTTP_HOST, HTTP_PORT: cannot listen on {self.url} ({error.strerror})") from error
        self._port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._server.run, args=([self._listener],), name="http", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Finish what is under way and stop listening; once stopped it stays so."""
        if self._listener is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        self._listener.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()


class _Listener(socket.socket):
    """A listening socket with a long queue: the event loop knows one number for that and for how many it accepts."""

    @classmethod
    def on(cls, address: tuple[str, int], family: int) -> Self:
        listener = cls(family, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listener.bind(address)
            listener.listen()
        except OSError:
            listener.close()
            raise
        return listener

    def listen(self, _backlog: int = QUEUE, /) -> None:
        super().listen(QUEUE)
