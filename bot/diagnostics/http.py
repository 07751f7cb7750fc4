import json
import socket
from collections.abc import Mapping
from contextlib import closing
from errno import EADDRINUSE
from http.client import HTTPConnection, HTTPException
from typing import Any

from bot.diagnostics.checks import CheckFailed
from bot.http.access_guard import refuse_open_door
from engine.errors import SettingsInvalid
from engine.model.address import is_loopback

TAKEN = "Stop the program using that port, or set HTTP_PORT to another one"
OPEN = "Set HTTP_TOKEN to a long random secret (openssl rand -hex 32), or HTTP_HOST to 127.0.0.1"
LOOK = "Check its log for the failure (docs/operations.md), and restart it if one of its threads has ended"
SECONDS = 2.0


def listening(host: str, port: int, token: str) -> str:
    """Say whether the HTTP side can listen, or does already; raises Unwell and OSError."""
    try:
        refuse_open_door(host, token)
    except SettingsInvalid as error:
        raise CheckFailed(str(error), OPEN) from error
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        told = _told_by_a_bot(host if is_loopback(host) else "127.0.0.1", port) if error.errno == EADDRINUSE else None
        if told is not None:
            return _how_it_does(told, port)
        raise CheckFailed(f"cannot listen on {host}, port {port} ({error.strerror})", TAKEN) from error
    return f"port {port} is free"


def _how_it_does(told: Mapping[str, Any], port: int) -> str:
    """Say that a bot runs, well; raises Unwell with what it says fails, such as a thread that ended."""
    failing = [check for check in told["checks"] if isinstance(check, dict) and not check.get("ok")]
    if told["ok"] or not failing:
        return f"port {port}: a trading-bot is already running there"
    named = "; ".join(f"{check.get('name')}: {check.get('detail') or 'fails'}" for check in failing)
    raise CheckFailed(f"port {port}: a trading-bot is already running there and reports problems ({named})", LOOK)


def _told_by_a_bot(host: str, port: int) -> Mapping[str, Any] | None:
    """Return what has the port answers to /health, well or not; None where it does not answer as we do."""
    with closing(HTTPConnection(host, port, timeout=SECONDS)) as connection:
        try:
            connection.request("GET", "/health")
            told = json.loads(connection.getresponse().read())
        except (OSError, HTTPException, ValueError):
            return None
    is_ours = isinstance(told, dict) and {"ok", "failing", "checks"} <= told.keys() and isinstance(told["checks"], list)
    return told if is_ours else None
