"""Tells the engine again and again that people can be reached: the line to the listeners is up, and Slack answers."""

from collections.abc import Callable
from threading import Event, Thread

import structlog
from slack_sdk import WebClient

from bot.posting import SlackAway, SlackRefuses, call
from engine.errors import MustHalt

GAP = 30.0
"""Seconds between two questions to Slack."""

log = structlog.get_logger()


class Pulse:
    """A thread that asks Slack, and calls `heard` when it answers while the line is up."""

    def __init__(
        self, *, client: WebClient, is_up: Callable[[], bool], heard: Callable[[], None], gap: float = GAP
    ) -> None:
        self._client = client
        self._is_up = is_up
        self._heard = heard
        self._gap = gap
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="pulse", daemon=True)

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def stop(self) -> None:
        """Ask no more, once the question under way is answered."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def beat(self) -> None:
        """Ask once."""
        if not self._is_up():
            return
        try:
            call(self._client.auth_test)
            self._heard()
        except (SlackAway, SlackRefuses, MustHalt) as error:
            log.warning("no_pulse", error=repr(error))

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.beat()
            self._stopping.wait(self._gap)
