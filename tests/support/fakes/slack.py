"""A Slack that answers as a test scripts it, for outages and refusals that a working workspace does not have."""

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from itertools import count
from threading import Condition, Thread
from typing import Any, Self

from bot.cards.ids import WORKING_MODAL
from bot.local_slack.errors import SlackRefused
from bot.local_slack.limits import check_message, check_view
from tests.support.fakes.slack_http import SlackHandler

FINE: dict[str, dict[str, Any]] = {
    "conversations.history": {"messages": []},
    "conversations.replies": {"messages": []},
    "conversations.info": {"channel": {"id": "C0DESK", "is_archived": False, "is_member": True}},
    "usergroups.users.list": {"users": []},
    "views.open": {"view": {"id": "V0LOCAL"}},
}
"""What methods tell beside that all is well."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer: its status, its headers, and Slack's word for what is wrong."""

    error: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str | bytes | dict[str, Any] | list[Any] = ""

    def encoded(self, method: str, ts: str) -> bytes:
        fine = {"ok": True, "channel": "C0DESK", "ts": ts} | FINE.get(method, {})
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, dict | list):
            return json.dumps(self.body).encode()
        return (self.body or json.dumps({"ok": False, "error": self.error} if self.error else fine)).encode()


PEOPLE: Mapping[str, Reply] = {"users.info": Reply(body={"ok": True, "user": {"is_restricted": True}})}
"""What is answered where a test does not care who somebody is: a guest, whose role is by their own id alone."""


class ScriptedSlack:
    """Serves the Web API on loopback; `calls` has (method, arguments) in order, `replies` what to answer next.

    Whatever it is sent must be within Slack's limits, and have text beside its blocks; else leaving raises ValueError.
    Who somebody is it tells aside from both, unless that is scripted too.
    """

    def __init__(self, *replies: Reply, scripts_people: bool = False) -> None:
        self._aside = {} if scripts_people else PEOPLE
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.replies = deque(replies)
        self.faults: list[str] = []
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
        """Return what was said to one person alone, and the windows that were opened for one.

        A window that says that a request is being worked on is no answer: it becomes one.
        """
        ways = {"chat.postEphemeral", "views.open", "views.update"}
        said = [arguments for method, arguments in self.calls if method in ways]
        return [arguments for arguments in said if WORKING_MODAL not in str(arguments.get("view", ""))]

    def wait_for_answers(self, number: int, seconds: float = 10.0) -> None:
        """Wait until there were so many answers; raises TimeoutError."""
        with self._called:
            if not self._called.wait_for(lambda: len(self.answered()) >= number, seconds):
                raise TimeoutError

    def answer(self, method: str, arguments: dict[str, Any]) -> tuple[Reply, bytes]:
        self._judge(method, arguments)
        if method in self._aside:
            return self._aside[method], self._aside[method].encoded(method, "")
        with self._called:
            self.calls.append((method, arguments))
            self._called.notify_all()
        reply = self.replies.popleft() if self.replies else Reply()
        return reply, reply.encoded(method, f"{next(self._numbers)}.000000")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        if self.faults:
            raise ValueError(f"Slack would refuse this, or not say it aloud: {self.faults}")

    def _judge(self, method: str, arguments: dict[str, Any]) -> None:
        blocks, view = (_parsed(arguments.get(name)) for name in ("blocks", "view"))
        if blocks and not str(arguments.get("text", "")).strip():
            self.faults.append(f"{method}: no text beside the blocks")
        try:
            check_message(blocks or [])
            if view:
                check_view(view)
        except SlackRefused as refused:
            self.faults.append(f"{method}: {refused}")


def _parsed(value: Any) -> Any:
    """Return an argument as it was before a form made text of it."""
    return json.loads(value) if isinstance(value, str) else value


class _Server(ThreadingHTTPServer):
    def __init__(self, slack: ScriptedSlack) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.slack = slack


class _Handler(SlackHandler):
    server: _Server

    def answer(self, method: str, arguments: dict[str, Any]) -> None:
        reply, answer = self.server.slack.answer(method, arguments)
        self.say(reply.status, reply.headers, answer)
