import json
from typing import Any
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient

from bot.local_slack.server import LocalSlack
from tests.bot.local_slack.workspaces import DESK, error_of

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=edge"


def sent(slack: LocalSlack, method: str, body: bytes, kind: str) -> dict[str, Any]:
    """Call a method with a body of one's own and return the answer."""
    headers = {"Authorization": f"Bearer {slack.bot_token}", "Content-Type": kind}
    with urlopen(Request(f"{slack.api_url}{method}", body, headers)) as response:  # noqa: S310 - loopback
        answer: dict[str, Any] = json.load(response)
    return answer


def part(name: str, value: str) -> bytes:
    return f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (f"channel={DESK}&text=x".encode(), FORM),
        (f"channel={DESK}&text=x".encode(), "text/plain"),
        (json.dumps({"channel": DESK, "text": "x"}).encode(), "application/json; charset=utf-8"),
        (part("channel", DESK) + part("text", "x") + b"--edge--\r\n", PARTS),
    ],
)
def test_arguments_come_in_every_type_that_slack_reads(slack: LocalSlack, body: bytes, kind: str) -> None:
    assert sent(slack, "chat.postMessage", body, kind)["message"]["text"] == "x"


@pytest.mark.parametrize(
    ("body", "kind", "word"),
    [
        (b"<channel/>", "application/xml", "invalid_post_type"),
        (b"channel=x", "", "missing_post_type"),
        (b"channel=x", f"{FORM}; charset=utf-7", "invalid_charset"),
        (b"channel=x", "multipart/form-data", "invalid_form_data"),
        (b"{", "application/json", "invalid_json"),
        (b"[]", "application/json", "json_not_object"),
    ],
)
def test_a_body_that_slack_cannot_read_is_refused(reading: LocalSlack, body: bytes, kind: str, word: str) -> None:
    assert sent(reading, "chat.postMessage", body, kind)["error"] == word


def test_a_method_that_takes_no_json_sees_nothing_of_it(reader: WebClient) -> None:
    assert error_of(lambda: reader.api_call("conversations.info", json={"channel": DESK})) == "invalid_arguments"
    assert reader.api_call("conversations.info", params={"channel": DESK})["ok"]
