"""A Slack that keeps what is posted in a channel and its threads, and answers oddly where a test says so."""

import json
from collections import Counter
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from threading import Lock, Thread
from time import time
from typing import Any, Self

from tests.support.fakes.odd_answers import Odd
from tests.support.fakes.slack_http import SlackHandler

Json = dict[str, Any]
MOST = 200
"""Messages a page, however many are asked for."""


Way = Callable[[str, Json], Odd | None]


def as_slack_does(_method: str, _arguments: Json) -> Odd | None:
    """Answer nothing oddly."""
    return None


class ChannelSlack:
    """Serves the Web API on loopback for one channel; `way` says what is answered oddly, None for nothing."""

    def __init__(self) -> None:
        self.way: Way = as_slack_does
        self.calls: list[tuple[str, Json]] = []
        self.messages: list[Json] = []
        self.lost = ""
        self._lock = Lock()
        self._last = 0.0
        self._server = _Server(self)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/api/"

    def keys(self) -> Counter[str]:
        """Count the messages of each notice."""
        with self._lock:
            marked = [message["metadata"] for message in self.messages if message.get("metadata")]
        return Counter(each["event_payload"]["key"] for each in marked)

    def chat(self, number: int, thread_ts: str = "") -> None:
        """Let people write so many messages, into a thread if one is named."""
        with self._lock:
            for _ in range(number):
                self.messages.append({"ts": self._stamp(), "text": "chatter", "thread_ts": thread_ts})

    def to(self, user: str) -> list[str]:
        """Return what was said to a person alone, by direct message."""
        return [said["text"] for method, said in self.calls if method == "chat.postMessage" and said["channel"] == user]

    def answer(self, method: str, arguments: Json) -> Odd:
        with self._lock:
            self.calls.append((method, arguments))
            odd = self.way(method, arguments)
            if odd and not odd.takes:
                return odd
            served = self._served(method, arguments)
            return odd or Odd(body=served)

    def _served(self, method: str, arguments: Json) -> Json:
        channel = str(arguments.get("channel", ""))
        if self.lost and channel == "C0DESK":
            return {"ok": False, "error": self.lost}
        answers: dict[str, Callable[[Json], Json]] = {
            "chat.postMessage": self._post,
            "chat.update": lambda said: {"ts": said["ts"]},
            "conversations.info": lambda said: {
                "channel": {"id": said["channel"], "is_archived": False, "is_member": True}
            },
            "conversations.history": lambda said: self._page(said, newest_first=True),
            "conversations.replies": lambda said: self._page(said, newest_first=False),
        }
        served = answers[method](arguments) if method in answers else {}
        return {"ok": True, "channel": channel} | served

    def _post(self, said: Json) -> Json:
        ts = self._stamp()
        if not said["channel"].startswith("U"):
            kept = {"text": said["text"], "metadata": said.get("metadata"), "thread_ts": said.get("thread_ts", "")}
            self.messages.append({"ts": ts, "is_reply": bool(kept["thread_ts"]), **kept})
        return {"ts": ts}

    def _page(self, said: Json, *, newest_first: bool) -> Json:
        thread, oldest, start = said.get("ts", ""), float(said.get("oldest", 0)), int(said.get("cursor") or 0)
        found = [
            message
            for message in self.messages
            if (thread in {message["ts"], message["thread_ts"]} if thread else not message["thread_ts"])
            and float(message["ts"]) > oldest
        ]
        if newest_first:
            found.reverse()
        ends = start + min(MOST, int(said.get("limit", 100)))
        shows = said.get("include_all_metadata") in {True, "1", "true"}
        page = [message if shows else message | {"metadata": None} for message in found[start:ends]]
        more = ends < len(found)
        return {"messages": page, "has_more": more, "response_metadata": {"next_cursor": str(ends) if more else ""}}

    def _stamp(self) -> str:
        self._last = max(self._last + 0.000001, time())
        return f"{self._last:.6f}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, slack: ChannelSlack) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.slack = slack


class _Handler(SlackHandler):
    server: _Server

    def answer(self, method: str, arguments: Json) -> None:
        if isinstance(arguments.get("metadata"), str):
            arguments["metadata"] = json.loads(arguments["metadata"])
        odd = self.server.slack.answer(method, arguments)
        self.say(odd.status, odd.headers, odd.encoded(), odd.cut)
