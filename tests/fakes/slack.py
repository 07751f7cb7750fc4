"""A Slack that answers as a test scripts it, for outages and refusals that a working workspace does not have."""

import json
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Condition, Thread
from typing import Any, Self
from urllib.parse import parse_qs


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer: its status, its headers, and Slack's word for what is wrong."""

    error: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""

    def encoded(self, ts: str) -> bytes:
        fine = {"ok": True, "channel": "C0DESK", "ts": ts}
        return (self.body or json.dumps({"ok": False, "error": self.error} if self.error else fine)).encode()


class ScriptedSlack:
    """Serves the Web API on loopback; `calls` has (method, arguments) in order, `replies` what to answer next."""

    def __init__(self, *replies: Reply) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.replies = deque(replies)
        self._numbers = count(1)
        self._called = Condition()
        self._server = _Server(self)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/api/"

    def posted(self) -> list[dict[str, Any]]:
        """Return what was posted, refused or not."""
        return [arguments for method, arguments in self.calls if method == "chat.postMessage"]

    def updated(self) -> list[dict[str, Any]]:
        """Return what was redrawn."""
        return [arguments for method, arguments in self.calls if method == "chat.update"]

    def answered(self) -> list[dict[str, Any]]:
        """Return what was said to one person alone, and the windows that were opened for one."""
        return [arguments for method, arguments in self.calls if method in {"chat.postEphemeral", "views.open"}]

    def wait_for_answers(self, number: int, seconds: float = 10.0) -> None:
        """Wait until there were so many answers; raises TimeoutError."""
        with self._called:
            if not self._called.wait_for(lambda: len(self.answered()) >= number, seconds):
                raise TimeoutError

    def answer(self, method: str, arguments: dict[str, Any]) -> tuple[Reply, bytes]:
        with self._called:
            self.calls.append((method, arguments))
            self._called.notify_all()
        reply = self.replies.popleft() if self.replies else Reply()
        return reply, reply.encoded(f"{next(self._numbers)}.000000")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    def __init__(self, slack: ScriptedSlack) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.slack = slack


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        is_json = body.startswith("{")
        arguments = json.loads(body) if is_json else {name: values[0] for name, values in parse_qs(body).items()}
        reply, answer = self.server.slack.answer(self.path.rpartition("/")[2], arguments)
        self.send_response(reply.status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(answer)),
            **reply.headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_args: object) -> None:  # the base class would print
        pass
