"""Acknowledging in time: when the work is done, or as late as Slack allows, noting in the database that it goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import Final

import structlog

from bot.access import Verb
from bot.listeners.request import SlackRequest
from engine.errors import StoreUnavailable

NOTED_AFTER: Final = 2.2
"""Seconds of work after which a request is stored as under way."""
ACKNOWLEDGED_AFTER: Final = 2.5
"""Seconds after which it is acknowledged whatever the database says; Slack waits for three."""

log = structlog.get_logger()


@contextmanager
def acknowledged_in_time(asked: SlackRequest, verb: Verb) -> Iterator[None]:
    """Acknowledge a request within the time that Slack gives, or at the end of the work on it.

    Work that is cut off, by the end of its thread, is not acknowledged: then Slack tells the person that it failed.
    """
    late = _Late(asked, verb)
    timers = Timer(NOTED_AFTER, late.note), Timer(ACKNOWLEDGED_AFTER, late.acknowledge)
    for timer in timers:
        timer.daemon = True
        timer.start()
    try:
        yield
    finally:
        for timer in timers:
            timer.cancel()
    asked.acknowledge()
    late.end()


class _Late:
    """What happens to a request that takes long; its work may end at any moment of it."""

    def __init__(self, asked: SlackRequest, verb: Verb) -> None:
        self._asked = asked
        self._verb = verb
        self._lock = Lock()
        self._has_ended = False
        self._is_noted = False

    def note(self) -> None:
        """Keep that the request is under way, then acknowledge it."""
        with self._lock:
            if self._has_ended:
                return
            try:
                self._asked.commands.audit_log.begin(self._asked.request, self._verb)
                self._is_noted = True
            except (StoreUnavailable, ValueError):
                log.exception("unfinished_not_noted", verb=self._verb, by=self._asked.request.by)
                return
        self._asked.acknowledge()

    def acknowledge(self) -> None:
        """Acknowledge, noted or not."""
        self._asked.acknowledge()

    def end(self) -> None:
        """Forget the request, which is finished."""
        with self._lock:
            self._has_ended = True
            if not self._is_noted:
                return
            try:
                self._asked.commands.audit_log.end(self._asked.request)
            except (StoreUnavailable, ValueError):
                log.exception("unfinished_not_forgotten", verb=self._verb, by=self._asked.request.by)
