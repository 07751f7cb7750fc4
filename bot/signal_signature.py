"""How a signal from elsewhere is signed: HMAC-SHA256 over the version, the time and the body."""

import hmac
from hashlib import sha256
from typing import Final

TIME_HEADER: Final = "x-signal-timestamp"
"""Seconds since 1970."""
SIGNATURE_HEADER: Final = "x-signal-signature"


def signature_of(secret: str, timestamp: int | str, body: bytes) -> str:
    """Return the signature of a body at a time (seconds since 1970), as its header carries it."""
    return "v1=" + hmac.new(secret.encode(), f"v1:{timestamp}:".encode() + body, sha256).hexdigest()
