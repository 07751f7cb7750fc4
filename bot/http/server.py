import socket
import threading
from types import TracebackType
from typing import Final, Self

import uvicorn
from starlette.types import ASGIApp

from engine.errors import SettingsInvalid

PATIENCE: Final = 10.0
"""Seconds that requests under way are given at the end."""


class HttpServer:
    """Serves an application from a thread of its own, between `start` and `stop`."""

    def __init__(self, app: ASGIApp, *, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
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
            self._listener = socket.create_server((self._host, self._port), family=family)
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
