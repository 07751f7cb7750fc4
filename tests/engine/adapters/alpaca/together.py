import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.engine.adapters.alpaca.replies import serving

SNAPSHOT = {
    "latestTrade": {"t": "2025-08-19T14:44:59.123456789Z", "p": 150.25},
    "latestQuote": {"t": "2025-08-19T14:44:59Z", "bp": 150.1, "ap": 150.3},
    "dailyBar": {"t": "2025-08-19T04:00:00Z", "v": 51200},
}


class Together(ThreadingHTTPServer):
    """A server of snapshots that answers once so many requests wait for it; `most` is how many ever waited at once."""

    daemon_threads = True

    def __init__(self, count: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.most = 0
        self.barrier = threading.Barrier(count, timeout=10)
        self._waiting = 0
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def came(self, step: int) -> None:
        with self._lock:
            self._waiting += step
            self.most = max(self.most, self._waiting)


class _Handler(BaseHTTPRequestHandler):
    server: Together

    def do_GET(self) -> None:
        self.server.came(1)
        self.server.barrier.wait()
        self.server.came(-1)
        symbols = parse_qs(urlsplit(self.path).query)["symbols"][0].split(",")
        body = json.dumps(dict.fromkeys(symbols, SNAPSHOT)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""


@contextmanager
def together(count: int) -> Iterator[Together]:
    with Together(count) as server, serving(server):
        yield server
