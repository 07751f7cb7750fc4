"""A line from the bot to a local workspace which answers in Slack's place where a test says so, and oddly."""

import http.client
import re
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Final, Self

from bot.local_slack.server import LocalSlack
from tests.support.fakes.odd_answers import Odd

OWN: Final = frozenset({"connection", "content-length", "date", "server", "transfer-encoding", "host"})
"""Headers that each end of the line makes for itself."""
PLACES: Final = {"respond": "response_url", "files": "upload_url"}
"""Addresses that are no method of the Web API, by what the tests call them."""
Way = Callable[[str], Odd | None]
"""What a method answers oddly, None for nothing."""


def as_slack_does(_method: str) -> Odd | None:
    """Answer nothing oddly."""
    return None


class OddLine:
    """Carries each call of the Web API, of a response URL and of an upload; `way` says which gets an odd answer.

    `odd` counts those by method, `asked` all. A context manager opens it, and makes the workspace give out its address.
    """

    def __init__(self, slack: LocalSlack) -> None:
        self.way: Way = as_slack_does
        self.odd: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.ends = Event()
        self._slack = slack
        self._lock = Lock()
        self._server = _Server(self)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    def answer(self, method: str) -> Odd | None:
        """Return what to answer oddly, and count it."""
        with self._lock:
            odd = self.way(method)
            self.asked[method] += 1
            self.odd[method] += odd is not None
            return odd

    def ask(self, verb: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Return what the workspace answers; its sockets are reached past the line."""
        inside = http.client.HTTPConnection(self._slack.url.removeprefix("http://"), timeout=30)
        try:
            inside.request(verb, path, body, headers)
            answer = inside.getresponse()
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in OWN}
            said = re.sub(rb"ws://127\.0\.0\.1:\d+", self._slack.url.replace("http", "ws").encode(), answer.read())
            return answer.status, kept, said
        finally:
            inside.close()

    def __enter__(self) -> Self:
        self._thread.start()
        self._slack.advertise(self.url)
        return self

    def __exit__(self, *_error: object) -> None:
        self.ends.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, line: OddLine) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.line = line

    def handle_error(self, *_request: object) -> None:
        """Say nothing: who was left without an answer, or left first, is what it is about."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        """Carry a call, or answer it oddly."""
        line = self.server.line
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in OWN}
        first, _, name = self.path.split("?")[0].strip("/").partition("/")
        odd = line.answer(PLACES.get(first, name))
        if odd is None:
            self._say(*line.ask(self.command, self.path, headers, body))
            return
        if odd.takes:
            line.ask(self.command, self.path, headers, body)
        line.ends.wait(odd.after)
        if odd.raw is None:
            self._say(odd.status, {"Content-Type": "application/json", **odd.headers}, odd.encoded(), odd.cut)
        else:
            self._drip(odd.raw, odd.drip)

    def _say(self, status: int, headers: dict[str, str], body: bytes, cut: int | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[:cut])

    def _drip(self, raw: bytes, pause: float) -> None:
        with suppress(OSError):
            if not pause:
                self.wfile.write(raw)
            for place in range(len(raw) if pause else 0):
                self.wfile.write(raw[place : place + 1])
                if self.server.line.ends.wait(pause):
                    break
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_args: object) -> None:  # the base class would print
        pass
