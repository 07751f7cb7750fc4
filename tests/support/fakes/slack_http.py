"""How fakes of Slack read a call of the Web API, and answer it."""

import json
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs


class SlackHandler(BaseHTTPRequestHandler):
    """Serves one call."""

    def answer(self, method: str, arguments: dict[str, Any]) -> None:
        """Say what is to be answered."""
        raise NotImplementedError

    def do_POST(self) -> None:
        """Read the method and its arguments, which come as JSON or as a form."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        is_json = body.startswith("{")
        arguments = json.loads(body) if is_json else {name: values[0] for name, values in parse_qs(body).items()}
        self.answer(self.path.rpartition("/")[2], arguments)

    def say(self, status: int, headers: Mapping[str, str], body: bytes, cut: int | None = None) -> None:
        """Answer; with `cut` only so many bytes of the body come."""
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(ConnectionError):  # who was killed wants no answer
            self.wfile.write(body[:cut])

    def log_message(self, *_args: object) -> None:  # the base class would print
        pass
