"""Plays a person in the local workspace, for tests and scripts."""

import json
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from http.client import HTTPConnection
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from bot.local_slack.errors import PersonRefused
from bot.local_slack.seed import Json

PATIENCE: Final = 20.0
"""Seconds until something is taken not to come; a busy machine is late, and that is no fault of what is waited for."""
_PAUSE: Final = 0.02


class Person:
    """One user of a local workspace, as seen from outside; every call raises PersonRefused on an error."""

    def __init__(self, url: str, user: str) -> None:
        self._address = urlsplit(url).netloc
        self.user: Final = user

    def workspace(self) -> Json:
        """Return the workspace as this person sees it."""
        return self._get("/local/workspace")

    def messages(self, channel: str, thread_ts: str | None = None) -> list[Json]:
        """Return a channel's messages or a thread's, oldest first."""
        query = {"thread_ts": thread_ts} if thread_ts else {}
        messages: list[Json] = self._get(f"/local/channels/{channel}/messages", **query)["messages"]
        return messages

    def say(self, channel: str, text: str, thread_ts: str | None = None) -> Json:
        """Write a message and return it."""
        message: Json = self._post("/local/messages", channel=channel, text=text, thread_ts=thread_ts)["message"]
        return message

    def command(self, channel: str, text: str) -> Json | None:
        """Send a slash command and return what its acknowledgement said."""
        response: Json | None = self._post("/local/commands", channel=channel, text=text)["response"]
        return response

    def press(self, place: Mapping[str, Any], action_id: str, **choice: Any) -> None:
        """Use an element of a message or a view; `choice` holds what is chosen, such as selected_option."""
        is_message = "ts" in place
        where = {"channel": place["channel"], "message_ts": place["ts"]} if is_message else {"view_id": place["id"]}
        self._post("/local/actions", action_id=action_id, **where, **choice)

    def shortcut(self, callback_id: str, message: Mapping[str, Any] | None = None) -> None:
        """Use a shortcut, on a message if one is given."""
        where = {"channel": message["channel"], "message_ts": message["ts"]} if message else {}
        self._post("/local/shortcuts", callback_id=callback_id, **where)

    def views(self) -> list[Json]:
        """Return the open modals; the last is on top."""
        modals: list[Json] = self._get("/local/views")["modals"]
        return modals

    def home(self) -> Json | None:
        """Return what the bot published to this person's home."""
        home: Json | None = self._get("/local/views")["home"]
        return home

    def open_home(self) -> None:
        """Open the app's home, so that the bot learns of it."""
        self._post("/local/home")

    def submit(self, view: Mapping[str, Any], values: Mapping[str, Mapping[str, Any]]) -> Json:
        """Submit a modal with `{block_id: {action_id: value}}`; the answer has `response_action` and `errors`."""
        return self._post(f"/local/views/{view['id']}/submit", values=values)

    def close(self, view: Mapping[str, Any]) -> None:
        """Close a modal."""
        self._post(f"/local/views/{view['id']}/close")

    def wait_for(
        self,
        channel: str,
        predicate: Callable[[Json], bool],
        timeout: float = PATIENCE,
        *,
        thread_ts: str | None = None,
    ) -> Json:
        """Return the newest message that fits, once there is one; raises TimeoutError with what was there instead."""
        return _until(lambda: self.messages(channel, thread_ts), predicate, timeout)

    def wait_for_view(self, predicate: Callable[[Json], bool] = bool, timeout: float = PATIENCE) -> Json:
        """Return the topmost open modal that fits, once there is one; raises TimeoutError."""
        return _until(self.views, predicate, timeout)

    def wait_for_home(self, predicate: Callable[[Json], bool] = bool, timeout: float = PATIENCE) -> Json:
        """Return the home once it fits; raises TimeoutError."""
        return _until(lambda: [home] if (home := self.home()) else [], predicate, timeout)

    def _get(self, path: str, **query: str) -> Json:
        return self._call("GET", f"{path}?{urlencode({'user': self.user, **query})}", None)

    def _post(self, path: str, **body: Any) -> Json:
        return self._call("POST", path, json.dumps({"user": self.user, **body}).encode())

    def _call(self, method: str, path: str, body: bytes | None) -> Json:
        with closing(HTTPConnection(self._address, timeout=30)) as connection:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer: Json = json.loads(response.read())
        if not answer["ok"]:
            raise PersonRefused(response.status, answer["error"], answer["detail"])
        return answer


def _until(ask: Callable[[], list[Json]], predicate: Callable[[Json], bool], timeout: float) -> Json:
    give_up = time.monotonic() + timeout
    while True:
        seen = ask()
        for each in reversed(seen):
            if predicate(each):
                return each
        if time.monotonic() > give_up:
            raise TimeoutError(
                f"nothing fits after {timeout} s; the newest was {json.dumps(seen[::-1], ensure_ascii=False)[:2000]}"
            )
        time.sleep(_PAUSE)
