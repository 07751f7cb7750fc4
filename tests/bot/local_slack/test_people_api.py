import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from slack_bolt import App
from slack_sdk import WebClient
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from bot.local_slack.errors import PersonRefused
from bot.local_slack.people import Person
from bot.local_slack.server import LocalSlack
from tests.bot.local_slack.workspaces import (
    ANN,
    BEN,
    CHANNELS,
    DESK,
    MANIFEST,
    QUICK,
    SECRET,
    USERS,
    connected,
    home,
    modal,
    new_app,
)


@contextmanager
def looking(slack: LocalSlack, user: str) -> Iterator[ClientConnection]:
    with connect(f"{slack.url.replace('http', 'ws')}/local/events?user={user}") as websocket:
        yield websocket


def seen(websocket: ClientConnection) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(websocket.recv(timeout=5))
    return event


def call(
    slack: LocalSlack, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any], dict[str, str]]:
    connection = HTTPConnection(urlsplit(slack.url).netloc, timeout=5)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        text = response.read().decode()
        return response.status, json.loads(text) if text.startswith("{") else {}, dict(response.headers)
    finally:
        connection.close()


def test_the_workspace_describes_itself() -> None:
    with LocalSlack(
        manifest=MANIFEST, users=USERS, channels=CHANNELS, note="Recorded.", clock=lambda: "09:30"
    ) as slack:
        about = Person(slack.url, BEN).workspace()
    assert (about["team"]["name"], about["note"], about["clock"]) == ("Local desk", "Recorded.", "09:30")
    assert [each["id"] for each in about["channels"]] == [DESK, "C0QUIET", "D0BEN"]
    assert about["users"][0] == {"id": ANN, "name": "ann", "real_name": "Ann Lee", "role": "admin", "colour": "#336699"}
    assert about["bot"] == {"id": "B0LOCALBOT", "user_id": "U0LOCALBOT", "name": "trader", "connected": False}
    assert about["commands"][0] == {"command": "/hi", "description": "Greets", "usage_hint": "[name]"}
    assert about["shortcuts"][0]["callback_id"] == "look"


def test_messages_can_be_read_from_a_time_on(ann: Person, slack: LocalSlack) -> None:
    first = ann.say(DESK, "one")
    ann.say(DESK, "two")
    ann.say(DESK, "three")
    path = f"/local/channels/{DESK}/messages?user={ANN}&after={first['ts']}&limit=1"
    assert [each["text"] for each in call(slack, "GET", path)[1]["messages"]] == ["three"]


def test_people_can_reply(ann: Person, ben: Person) -> None:
    parent = ann.say(DESK, "Parent")
    ben.say(DESK, "Reply", parent["ts"])
    assert [each["text"] for each in ann.messages(DESK, parent["ts"])] == ["Parent", "Reply"]
    assert ann.messages(DESK)[0]["reply_count"] == 1


def test_a_channel_of_others_is_not_visible(ann: Person, ben: Person) -> None:
    ann.say(SECRET, "Psst")
    with pytest.raises(PersonRefused, match="403 not_visible"):
        ben.messages(SECRET)


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("GET", "/local/views?user=U0NONE", "", (404, "no_such_user")),
        ("GET", "/local/views", "", (404, "no_such_user")),
        ("GET", f"/local/channels/C0NONE/messages?user={ANN}", "", (404, "no_such_channel")),
        ("GET", f"/local/channels/{DESK}/messages?user={ANN}&limit=all", "", (400, "bad_request")),
        ("GET", f"/local/channels/{DESK}/messages?user={ANN}&thread_ts=1.0", "", (404, "no_such_message")),
        ("GET", "/local/files/F0NONE", "", (404, "no_such_file")),
        ("POST", "/local/messages", "{", (400, "bad_request")),
        ("POST", "/local/messages", "[]", (400, "bad_request")),
        ("POST", "/local/messages", json.dumps({"user": ANN, "channel": DESK}), (400, "bad_request")),
        ("POST", "/local/messages", json.dumps({"user": [], "channel": DESK}), (404, "no_such_user")),
        ("POST", "/local/messages", json.dumps({"user": ANN, "channel": []}), (404, "no_such_channel")),
        ("POST", "/local/actions", json.dumps({"user": ANN, "view_id": "V9"}), (404, "no_such_view")),
        ("POST", "/local/actions", json.dumps({"user": ANN, "channel": DESK}), (404, "no_such_message")),
        ("POST", "/local/shortcuts", json.dumps({"user": ANN}), (400, "bad_request")),
        ("POST", "/local/views/V9/close", json.dumps({"user": ANN}), (404, "no_such_view")),
        ("POST", "/local/views/V9/submit", json.dumps({"user": ANN}), (404, "no_such_view")),
    ],
)
def test_what_makes_no_sense_is_refused(
    reading: LocalSlack, method: str, path: str, body: str, expected: tuple[int, str]
) -> None:
    answer = call(reading, method, path, body)
    assert (answer[0], answer[1]["error"]) == expected
    assert answer[1]["detail"]


def test_the_home_of_another_is_not_visible(client: WebClient, ben: Person) -> None:
    view = client.views_publish(user_id=ANN, view=home())["view"]
    with pytest.raises(PersonRefused, match="403 not_visible"):
        ben.press(view, "go")


def test_a_home_cannot_be_closed_and_values_have_a_form(client: WebClient, slack: LocalSlack, ann: Person) -> None:
    view = client.views_publish(user_id=ANN, view=home())["view"]
    with pytest.raises(PersonRefused, match="400 bad_request"):
        ann.close(view)
    body = json.dumps({"user": ANN, "values": {"ask": "words"}})
    assert call(slack, "POST", f"/local/views/{view['id']}/submit", body)[0] == 400


def test_what_happens_is_told_live(slack: LocalSlack, client: WebClient, ann: Person) -> None:
    with looking(slack, ANN) as events:
        ts = client.chat_postMessage(channel=DESK, text="One")["ts"]
        client.chat_update(channel=DESK, ts=ts, text="Two")
        client.chat_delete(channel=DESK, ts=ts)
        told = [seen(events) for _ in range(3)]
    assert [(each["type"], each["message"]["text"]) for each in told] == [
        ("message", "One"),
        ("message_changed", "Two"),
        ("message_deleted", "Two"),
    ]
    assert ann.messages(DESK) == []


def test_a_reply_changes_its_parent_live(slack: LocalSlack, ann: Person) -> None:
    parent = ann.say(DESK, "Parent")
    with looking(slack, BEN) as events:
        ann.say(DESK, "Reply", parent["ts"])
        assert seen(events)["message"]["text"] == "Reply"
        changed = seen(events)
    assert (changed["type"], changed["message"]["reply_count"]) == ("message_changed", 1)


def test_nobody_sees_what_is_for_others(slack: LocalSlack, client: WebClient, ann: Person) -> None:
    with looking(slack, BEN) as events:
        client.chat_postEphemeral(channel=DESK, user=ANN, text="Psst")
        ann.say(SECRET, "Psst")
        client.views_publish(user_id=ANN, view=home())
        client.chat_postMessage(channel=DESK, text="All")
        assert seen(events)["message"]["text"] == "All"


def test_views_are_told_live(slack: LocalSlack, client: WebClient, ann: Person) -> None:
    app = new_app(slack)

    @app.command("/hi")
    def on_command(ack: Any, body: dict[str, Any]) -> None:
        ack()
        view = client.views_open(trigger_id=body["trigger_id"], view=modal())["view"]
        client.views_update(view_id=view["id"], view=modal())

    with looking(slack, ANN) as events, connected(slack, app):
        ann.command(DESK, "/hi")
        told = [seen(events)["type"] for _ in range(3)]
        ann.close(ann.wait_for_view())
        client.views_publish(user_id=ANN, view=home())
        told += [seen(events)["type"] for _ in range(2)]
    assert told == ["bot_connected", "view_opened", "view_updated", "view_closed", "home_published"]


def test_a_failure_is_told_live_to_the_one_who_acted(slack: LocalSlack, ann: Person) -> None:
    with looking(slack, ANN) as events, looking(slack, BEN) as others:
        with pytest.raises(PersonRefused):
            ann.command(DESK, "/hi")
        ann.say(DESK, "Hm")
        assert [seen(events)["type"], seen(others)["type"]] == ["failed", "message"]


def test_the_bots_coming_and_going_is_told_live(slack: LocalSlack) -> None:
    with looking(slack, ANN) as events:
        with connected(slack, new_app(slack)):
            assert seen(events) == {"type": "bot_connected"}
        assert seen(events) == {"type": "bot_disconnected"}


def test_the_clock_is_told_when_it_moves() -> None:
    times = iter(range(1000))
    with (
        LocalSlack(manifest={}, users=USERS, channels=(), rules=QUICK, clock=lambda: f"{next(times)}") as slack,
        looking(slack, ANN) as events,
    ):
        assert int(seen(events)["clock"]) < int(seen(events)["clock"])


def test_nobody_unknown_can_look(slack: LocalSlack) -> None:
    with pytest.raises(InvalidStatus), looking(slack, "U0NONE"):
        pass


def test_waiting_for_a_message_has_an_end(app: App, ann: Person) -> None:
    ann.say(DESK, "An older word. " * 200)
    ann.say(DESK, "Something else")
    assert app.name
    with pytest.raises(TimeoutError, match="Something else"):  # the newest says most of why nothing came
        ann.wait_for(DESK, lambda message: message["text"] == "never", timeout=0.05)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
@pytest.mark.parametrize("path", ["/local/workspace", "/api/auth.test", "/"])
def test_a_page_from_elsewhere_is_turned_away(reading: LocalSlack, headers: dict[str, str], path: str) -> None:
    status, answer, _ = call(reading, "GET", path, headers=headers)
    assert (status, answer["error"]) == (403, "not_from_here")


def test_the_own_page_may_call_but_not_be_framed(reading: LocalSlack) -> None:
    host = urlsplit(reading.url).netloc
    status, answer, headers = call(reading, "GET", "/local/workspace", headers={"Origin": f"http://{host}"})
    assert (status, answer["ok"], headers["content-security-policy"]) == (200, True, "frame-ancestors 'none'")
    named = {"Host": f"localhost:{host.rpartition(':')[2]}"}
    assert call(reading, "GET", "/local/workspace", headers=named)[0] == 200


def test_a_websocket_from_elsewhere_is_turned_away(reading: LocalSlack) -> None:
    address = f"{reading.url.replace('http', 'ws')}/local/events?user={ANN}"
    with pytest.raises(InvalidStatus), connect(address, origin=Origin("https://evil.example")):
        pass
