"""The client of Slack's Web API: each call has one deadline, and every answer is judged before anybody reads it."""

import json
import math
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.request import Request

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse
from slack_sdk.web.file_upload_v2_result import FileUploadV2Result
from slack_sdk.webhook import WebhookClient, WebhookResponse

from bot.transport.block_support import has_blocks, support_of
from bot.transport.http_deadline import opener

TOO_MANY_REQUESTS: Final = 429
LONGEST_PAUSE: Final = 120.0
"""Seconds: Slack asks for no more. What asks for more, or makes no sense, did not come from Slack."""


class SlackClient(WebClient):
    """A client whose calls end within `timeout` seconds, however the bytes come.

    `again` is how often a call is made again that Slack asks to wait with, for at most `pause` seconds each time.
    `blocks` knows which newer blocks the workspace takes: a message that it refuses for them goes out without.
    """

    def __init__(self, *, token: str, base_url: str, timeout: float, again: int = 0, pause: float = 0.0) -> None:
        super().__init__(token=token, base_url=base_url, retry_handlers=[])
        self.timeout = timeout  # type: ignore[assignment]  # urllib takes parts of a second
        self._opener = opener(self.proxy, self.ssl)
        self.blocks = support_of(base_url, token)
        self._again = again
        self._pause = pause

    def api_call(self, api_method: str, *, json: dict[str, Any] | None = None, **how: Any) -> SlackResponse:
        """Call a method; one that has blocks is called again without those that the workspace does not know."""
        call = super().api_call
        if not json or not has_blocks(json):
            return call(api_method, json=json, **how)
        return self.blocks.send(lambda fitted: call(api_method, json=dict(fitted), **how), json)

    def _perform_urllib_http_request(self, *, url: str, args: dict[str, dict[str, Any]]) -> dict[str, Any]:
        for _ in range(self._again):
            answer = super()._perform_urllib_http_request(url=url, args=args)
            pause = retry_after(answer["headers"]) or 1.0
            if answer["status"] != TOO_MANY_REQUESTS or pause > self._pause:
                return _an_object(answer)
            time.sleep(pause)
        return _an_object(super()._perform_urllib_http_request(url=url, args=args))

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:  # noqa: ARG002
        return self._send(req)

    def _upload_file(self, *, url: str, data: bytes, **_how: Any) -> FileUploadV2Result:
        answer = self._send(Request(method="POST", url=url, data=data))  # noqa: S310 - Slack names the address
        return FileUploadV2Result(status=answer["status"], body=answer["body"])

    def _send(self, req: Request) -> dict[str, Any]:
        with self._opener.open(req, timeout=self.timeout) as answer:
            body = answer.read().decode(errors="replace")
            return {"status": answer.status, "headers": dict(answer.headers.items()), "body": body}


class ResponseUrl(WebhookClient):
    """An address at which Slack takes answers to what somebody did, with the same deadline for the whole."""

    def _perform_http_request_internal(self, url: str, req: Request) -> WebhookResponse:
        with opener(self.proxy, self.ssl).open(req, timeout=self.timeout) as answer:
            body, headers = answer.read().decode(errors="replace"), dict(answer.headers.items())
            return WebhookResponse(url=url, status_code=answer.status, body=body, headers=headers)


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return for how many seconds Slack asks to be left alone; None where it does not say, or makes no sense."""
    said = next((value for key, value in headers.items() if key.lower() == "retry-after"), "")
    try:
        seconds = float(said)
    except ValueError:
        seconds = _until(said, now or datetime.now(UTC))
    return seconds if math.isfinite(seconds) and 0 <= seconds <= LONGEST_PAUSE else None


def _until(said: str, now: datetime) -> float:
    """Return the seconds to a date as HTTP writes it, nan for what is none."""
    try:
        at = parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return math.nan
    return (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()


def _an_object(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer as it came if Slack may have given it, else one that says that it is no answer of Slack's."""
    try:
        said = json.loads(answer["body"])
    except (ValueError, RecursionError):
        said = None
    if isinstance(said, dict) and isinstance(said.get("ok"), bool):
        return answer
    return answer | {"body": json.dumps({"ok": False, "error": f"No answer of Slack's: {answer['body'][:80]}"})}
