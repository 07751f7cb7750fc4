"""Connections to Claude that end with the time of the call that they carry."""

from typing import Any

import httpx2
from anthropic import DefaultHttpxClient

from engine.adapters.deadline import current_call

CONNECTED = "connection.connect_tcp.complete"


def watched_client() -> httpx2.Client:
    """Return a client whose calls `within` ends; each call has a connection of its own, which is told of as it is made.

    One that is kept for the next call is not told of again, and Claude takes seconds where a connection takes none.
    """
    limits = httpx2.Limits(max_keepalive_connections=0)
    return DefaultHttpxClient(limits=limits, event_hooks={"request": [_watch]})


def _watch(request: httpx2.Request) -> None:
    request.extensions["trace"] = _traced


def _traced(event: str, facts: dict[str, Any]) -> None:
    call = current_call()
    if call is not None and event == CONNECTED:
        call.watch(facts["return_value"].get_extra_info("socket"))
