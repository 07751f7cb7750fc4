"""What Slack, or whatever stands before it, answers that Slack would not."""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

LIMITED: Final = {"ok": False, "error": "ratelimited"}


@dataclass(frozen=True, kw_only=True)
class Odd:
    """An answer that Slack would not give; what was sent is carried out first if it `takes` it.

    With `cut` only so many bytes of the body come, and the connection ends. `raw` is all that comes, its head too.
    `after` seconds it begins, and `drip` seconds lie between one byte of `raw` and the next.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | bytes | Mapping[str, Any] | Sequence[Any] = ""
    takes: bool = False
    cut: int | None = None
    raw: bytes | None = None
    after: float = 0.0
    drip: float = 0.0

    def encoded(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


def limited(said: str) -> Odd:
    """Return an answer that asks to wait."""
    return Odd(status=429, headers={"Retry-After": said}, body=LIMITED)


SENSELESS: Final = {
    name: {"key": [1]}
    for name in ("channel", "ts", "messages", "users", "url", "upload_url", "file_id", "files", "view", "user", "team")
}
"""Each field that an answer may have, as an object that makes no sense there."""

ODD: Final[Mapping[str, Odd]] = {
    "an empty Retry-After": limited(""),
    "no Retry-After": Odd(status=429, body=LIMITED),
    "a Retry-After that is a date": limited("Wed, 21 Oct 2026 07:28:00 GMT"),
    **{f"Retry-After: {said}": limited(said) for said in ("abc", "-5", "1e9", "nan", "inf", "0")},
    "no ts": Odd(body={"ok": True}, takes=True),
    "an empty ts": Odd(body={"ok": True, "ts": None, "channel": None}, takes=True),
    "a ts that is a number": Odd(body={"ok": True, "ts": 1.5, "channel": "C0DESK"}, takes=True),
    "a ts that is none": Odd(body={"ok": True, "ts": "soon", "channel": ["C0DESK"]}, takes=True),
    "a list": Odd(body=[1], takes=True),
    "a number": Odd(body="1"),
    "null": Odd(body="null", takes=True),
    "ok that is a word": Odd(body={"ok": "yes", "ts": "1.1"}, takes=True),
    "no error": Odd(body={"ok": False}),
    "an error that is no word": Odd(body={"ok": False, "error": {"code": 7}}),
    "an error that nobody knows": Odd(body={"ok": False, "error": "gremlins"}),
    "objects for all that it tells": Odd(body={"ok": True} | SENSELESS, takes=True),
    "numbers for all that it tells": Odd(body={"ok": True} | dict.fromkeys(SENSELESS, 7), takes=True),
    "nothing for all that it tells": Odd(body={"ok": True} | dict.fromkeys(SENSELESS), takes=True),
    "HTML": Odd(body="<html>log in to this network</html>"),
    "nothing": Odd(body=b""),
    "a cut body": Odd(body={"ok": True, "ts": "1.1"}, takes=True, cut=4),
    "bytes that are no text": Odd(body=b"\x00\xff\xfe", takes=True),
    "another encoding": Odd(
        body='{"ok": true}'.encode("utf-16"), headers={"Content-Type": "application/json; charset=utf-16"}, takes=True
    ),
    "an encoding that nobody knows": Odd(
        body={"ok": True}, headers={"Content-Type": "application/json; charset=nonsense"}, takes=True
    ),
    "a packed body": Odd(body=gzip.compress(b'{"ok": true}'), headers={"Content-Encoding": "gzip"}, takes=True),
    "a mark before the text": Odd(body=b'\xef\xbb\xbf{"ok": true}', takes=True),
    "a header of the wrong length": Odd(body={"ok": True}, headers={"Content-Length": "1000"}, takes=True),
    "an answer as deep as the sea": Odd(body="[" * 100_000),
    "a trouble of Slack's": Odd(body={"ok": False, "error": "internal_error"}, takes=True),
    **{f"status {status}": Odd(status=status, body="odd") for status in (201, 302, 307, 400, 403, 404, 500, 502, 503)},
    "status 500 in Slack's form": Odd(status=500, body={"ok": True, "ts": "1.1"}, takes=True),
}
"""Answers that come at once and whole, or are cut off."""

HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
RAW: Final[Mapping[str, Odd]] = {
    "a connection that ends": Odd(raw=b""),
    "a connection that ends once it took what was sent": Odd(raw=b"", takes=True),
    "no HTTP": Odd(raw=b"SSH-2.0-OpenSSH_9.2\r\n"),
    "a status that is none": Odd(raw=b"HTTP/1.1 abc OK\r\n\r\n"),
    "a head that is cut": Odd(raw=HEAD, takes=True),
    "a header without an end": Odd(raw=HEAD + b"X: " + b"y" * 70_000),
    "a thousand headers": Odd(raw=HEAD + b"X: y\r\n" * 1_000 + b"\r\n"),
    "pieces that are none": Odd(raw=HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
    "pieces without an end": Odd(raw=HEAD + b'Transfer-Encoding: chunked\r\n\r\nc\r\n{"ok": true}\r\n', takes=True),
    "a length that is none": Odd(raw=HEAD + b"Content-Length: -7\r\n\r\n{}", takes=True),
}
"""Answers that are no HTTP, or not all of it."""

SLOW: Final[Mapping[str, Odd]] = {
    "a second late": Odd(body={"ok": False, "error": "internal_error"}, after=1.0),
    "no answer at all": Odd(after=30.0, takes=True),
    "a head that trickles": Odd(raw=HEAD + b"X: y\r\n" * 1_000, drip=0.05, takes=True),
    "a body that trickles": Odd(raw=HEAD + b"Content-Length: 1000\r\n\r\n" + b" " * 1_000, drip=0.05),
}
"""Answers that take their time."""

ALL: Final = {**ODD, **RAW, **SLOW}
