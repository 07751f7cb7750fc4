"""No log line shows what Slack hands out for a moment, however the line is written."""

import json
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest

from bot.log_passes import HIDDEN, without_passes

SECRET = "AbCdSECRET9"
RESPONSE_URL = f"https://hooks.slack.com/commands/T0ABC/1234567/{SECRET}"
PAYLOAD = {"response_url": RESPONSE_URL, "trigger_id": f"133.7384.{SECRET}", "token": f"Xy{SECRET}", "user": "U0TRADER"}


def spellings() -> Iterator[str]:
    inner = json.dumps(PAYLOAD)
    yield inner
    yield inner.replace("/", "\\/")
    yield json.dumps({"payload": inner})
    yield json.dumps(json.dumps({"payload": inner}))
    yield repr(PAYLOAD)
    yield repr({"body": [inner]})
    yield urlencode(PAYLOAD)
    yield urlencode({"payload": inner})
    yield quote(urlencode({"payload": inner}), safe="")
    yield repr({"response_urls": [{"response_url": RESPONSE_URL}]})
    yield f"Sending a request - url: {RESPONSE_URL}, body: {{}}"
    yield f"Sending a request - url: http://127.0.0.1:8871/respond/{SECRET}, body: {{}}"
    yield f"wss://wss-primary.slack.com/link/?ticket={SECRET}&app_id=0f3"
    yield f"{{'ticket': '{SECRET}', 'app_id': '0f3'}}"
    yield f"Authorization: Bearer xoxb-1234567890-{SECRET}"
    yield f"apps.connections.open with xapp-1-A012-34567-{SECRET}"
    yield f"upload_url=https://files.slack.com/upload/v1/{SECRET}"
    yield f"POST http://127.0.0.1:8871/files/upload/{SECRET}"


@pytest.mark.parametrize("line", tuple(spellings()))
def test_a_pass_is_blotted_out_however_it_is_written(line: str) -> None:
    told = without_passes(f"before {line} after")
    assert SECRET not in told
    assert HIDDEN in told
    assert told.startswith("before ")
    assert told.endswith(" after")


@pytest.mark.parametrize(
    "line",
    [
        "HTTP_TOKEN: expected 16 characters or more",
        "AAPL_20250819_234515 approved by U0TRADER",
        '{"event": "claude_failed", "input_tokens": 300}',
        "https://news.example/token-ring",
        "the ticket was sold",
    ],
)
def test_what_is_no_pass_stays(line: str) -> None:
    assert without_passes(line) == line
