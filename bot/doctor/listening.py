import json
import socket
from contextlib import closing
from errno import EADDRINUSE
from http.client import HTTPConnection, HTTPException

from bot.doctor.exams import Unwell
from bot.http.guard import is_loopback, refuse_open_door
from engine.errors import SettingsInvalid

TAKEN = "Stop what listens there, or set HTTP_PORT to another port"
OPEN = "Set HTTP_TOKEN to a long secret that you make up, or HTTP_HOST to 127.0.0.1"
SECONDS = 2.0


def listening(host: str, port: int, token: str) -> str:
    """Say whether the HTTP side can listen, or does already; raises Unwell and OSError."""
    try:
        refuse_open_door(host, token)
    except SettingsInvalid as error:
        raise Unwell(str(error), OPEN) from error
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        if error.errno == EADDRINUSE and _is_a_bot(host if is_loopback(host) else "127.0.0.1", port):
            return f"port {port}: a trading-bot listens already"
        raise Unwell(f"cannot listen on {host}, port {port} ({error.strerror})", TAKEN) from error
    return f"port {port} is free"


def _is_a_bot(host: str, port: int) -> bool:
    """Tell whether what has the port answers /health as we do, well or not."""
    with closing(HTTPConnection(host, port, timeout=SECONDS)) as connection:
        try:
            connection.request("GET", "/health")
            told = json.loads(connection.getresponse().read())
        except (OSError, HTTPException, ValueError):
            return False
    return isinstance(told, dict) and {"ok", "failing", "checks"} <= told.keys()
