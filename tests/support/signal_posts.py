"""A sender of signals from elsewhere, as a relay beside an alert service is one."""

import json
import time
from typing import Any

from starlette.testclient import TestClient

from bot.http.app import build_http
from bot.http.signal_door import SignalDoor
from bot.messages import Texts
from bot.signal_signature import SIGNATURE_HEADER, TIME_HEADER, signature_of
from engine.commands import Commands
from engine.model.origin import Source
from tests.support.http_desk import HttpDesk

SECRETS = {
    Source.WEBHOOK: "4f0e1b7c9d2a6853e0b1c2d3f4a59687",
    Source.MCP: "a9b8c7d6e5f40312233445566778899aa",
}
ALERT: dict[str, Any] = {"key": "AAPL-1", "symbol": "AAPL", "action": "buy", "reason": "breakout", "sender": "trend"}


def written(**given: Any) -> bytes:
    """Return the example's alert with other fields; None takes one away."""
    said = {name: value for name, value in (ALERT | given).items() if value is not None}
    return json.dumps(said).encode()


def headers_of(body: bytes, *, secret: str = SECRETS[Source.WEBHOOK], at: float | None = None) -> dict[str, str]:
    """Return the headers that sign a body now, or at another time."""
    timestamp = int(time.time() if at is None else at)
    return {TIME_HEADER: str(timestamp), SIGNATURE_HEADER: signature_of(secret, timestamp, body)}


def door(commands: Commands, desk: HttpDesk) -> SignalDoor:
    """Return the door of a desk in English."""
    return SignalDoor(commands, Texts("en", desk.harness.settings.desk.zone), SECRETS)


def client_of(desk: HttpDesk, commands: Commands | None = None) -> TestClient:
    """Return a client of the HTTP side with that door; reading needs a token."""
    signals = door(commands or desk.harness.engine.commands, desk)
    app = build_http(desk.sources, host="127.0.0.1", token="to-read", signals=signals)
    return TestClient(app, base_url="http://localhost")
