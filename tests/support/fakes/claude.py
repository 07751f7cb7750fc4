"""A Claude on loopback, as strict as the Messages API about what it is asked; it answers as a test scripts it."""

import json
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, Self

from tests.support.fakes.claude_rules import MODELS, Wrong, check_body, check_headers

KEY = "sk-ant-test-0000"
CACHED_FROM = 4_096  # tokens; shorter instructions are not cached


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer: the model's text and why it stopped, or an error of the API, or raw bytes, or a broken line."""

    text: str = '{"findings": []}'
    stop_reason: str = "end_turn"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    fault: str = ""  # "hang": no answer until the end; "drop": the line is cut


def saying(*findings: tuple[str, int, str]) -> Reply:
    """Answer with findings as (headline id, points, reason)."""
    return Reply(text=findings_text(*findings))


def findings_text(*findings: tuple[str, int, str]) -> str:
    """Return findings as a model writes them."""
    given = [{"headline_id": cited, "points_tenths": points, "reason": reason} for cited, points, reason in findings]
    return json.dumps({"findings": given})


def shown(body: dict[str, Any]) -> list[dict[str, str]]:
    """Return the headlines in a request, read as a careful model reads them: between the marks."""
    match = re.search(
        r"^<(headlines-[0-9a-f]{16})>\n(.*)\n</\1>$", body["messages"][0]["content"], re.DOTALL | re.MULTILINE
    )
    assert match
    lines: list[dict[str, str]] = json.loads(match[2])
    return lines


def answering(*sentences: tuple[str, list[int]]) -> Reply:
    """Answer a question with sentences as (text, numbers of facts)."""
    return Reply(text=json.dumps({"sentences": [{"text": text, "facts": facts} for text, facts in sentences]}))


def asked_of(body: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """Return the question and the facts in a request, read as a careful model reads them: between the marks."""
    content = body["messages"][0]["content"]
    marked = [
        re.search(rf"^<({name}-[0-9a-f]{{16}})>\n(.*)\n</\1>$", content, re.DOTALL | re.MULTILINE)
        for name in ("question", "facts")
    ]
    question, facts = (json.loads(found[2]) for found in marked if found)
    return question, facts


class ScriptedClaude:
    """Serves POST /v1/messages; `bodies` has what was asked, `replies` what comes next, `model` all after that."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = deque(replies)
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.refused: list[str] = []
        self.model: Callable[[dict[str, Any]], Reply] = lambda _body: Reply()
        self.at_once = self.most_at_once = 0
        self.ended = Event()
        self.gate = Event()  # answers pass while it is set
        self.gate.set()
        self._cached: set[str] = set()
        self._lock = Lock()
        self._server = _Server(self)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, path: str, headers: dict[str, str], sent: bytes) -> Reply:
        """Judge a request, and return the next answer with its body filled in."""
        try:
            check_headers(path, headers, KEY)
            body = json.loads(sent)
            check_body(body)
        except Wrong as wrong:
            self.refused.append(str(wrong))
            return Reply(status=wrong.status, body=_error(wrong.kind, str(wrong)))
        with self._lock:
            self.headers.append(headers)
            self.bodies.append(body)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            reply = self.replies.popleft() if self.replies else self.model(body)
        self.gate.wait()
        with self._lock:
            self.at_once -= 1
        return reply if reply.body is not None or reply.fault else self._filled(reply, body)

    def _filled(self, reply: Reply, body: dict[str, Any]) -> Reply:
        if reply.status != 200:
            return Reply(status=reply.status, headers=reply.headers, body=_error("api_error", "scripted"))
        message = {
            "id": f"msg_{len(self.bodies)}",
            "type": "message",
            "role": "assistant",
            "model": body["model"],
            "content": [{"type": "text", "text": reply.text}] if reply.text else [],
            "stop_reason": reply.stop_reason,
            "stop_sequence": None,
            "usage": self._usage(body, reply.text),
        }
        return Reply(headers=reply.headers, body=json.dumps(message).encode())

    def _usage(self, body: dict[str, Any], text: str) -> dict[str, int]:
        prefix = "".join(block["text"] for block in body["system"] if "cache_control" in block)
        tokens = len(prefix) // 4
        with self._lock:
            known = prefix in self._cached
            if tokens >= CACHED_FROM:
                self._cached.add(prefix)
        cached = tokens >= CACHED_FROM
        return {
            "input_tokens": len(body["messages"][0]["content"]) // 4 + (0 if cached else tokens),
            "output_tokens": len(text) // 4 + 1,
            "cache_creation_input_tokens": tokens if cached and not known else 0,
            "cache_read_input_tokens": tokens if cached and known else 0,
        }

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.ended.set()
        self.gate.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class DictLedger:
    """A SpendingLedger in memory."""

    def __init__(self) -> None:
        self.days: dict[date, Decimal] = {}

    def spent(self, day: date) -> Decimal:
        return self.days.get(day, Decimal(0))

    def reserve(self, day: date, dollars: Decimal, limit: Decimal) -> bool:
        if self.spent(day) + dollars > limit:
            return False
        self.add(day, dollars)
        return True

    def add(self, day: date, dollars: Decimal) -> None:
        self.days[day] = self.spent(day) + dollars


def _error(kind: str, message: str) -> bytes:
    return json.dumps({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}).encode()


class _Server(ThreadingHTTPServer):
    def __init__(self, claude: ScriptedClaude) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.claude = claude

    def handle_error(self, *_about: object) -> None:
        """Say nothing: a client that gave up waiting is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        claude = self.server.claude
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        reply = claude.answer(self.path, {name.lower(): value for name, value in self.headers.items()}, sent)
        if reply.fault == "hang":
            claude.ended.wait()
        if reply.fault:
            return
        body = reply.body or b""
        self.send_response(reply.status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))} | reply.headers
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        """Serve GET /v1/models/{id}, which costs nothing."""
        model, known = self.path.rpartition("/")[2], self.headers["Authorization"] == f"Bearer {KEY}"
        if not known:
            status, body = 401, _error("authentication_error", "invalid x-api-key")
        elif model not in MODELS or self.path != f"/v1/models/{model}":
            status, body = 404, _error("not_found_error", f"model: {model}")
        else:
            found = {"type": "model", "id": model, "display_name": model, "created_at": "2026-01-01T00:00:00Z"}
            status, body = 200, json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_parts: object) -> None:
        """Keep the tests' output clean."""
