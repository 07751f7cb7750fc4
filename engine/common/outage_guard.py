"""Rounds of work that end early when a service is lost, and wake the notices of what they did."""

from collections.abc import Iterator
from contextlib import contextmanager

from engine.common.service_health import ServiceHealth
from engine.errors import TemporaryError
from engine.ports.notices import Notices


class NoticeWakeup:
    """The port Notices for those who enqueue: it wakes whoever delivers, nobody until somebody said that they do."""

    def __init__(self) -> None:
        self._delivery: Notices | None = None

    def deliver_with(self, delivery: Notices) -> None:
        """Say who delivers the notices from now on."""
        self._delivery = delivery

    def wake(self) -> None:
        """Say that something may be waiting; until somebody delivers, the outbox keeps it."""
        if self._delivery:
            self._delivery.wake()


class OutageGuard:
    """Makes rounds: each is a context in which a lost service is noted, not raised."""

    def __init__(self, *, services: ServiceHealth, notices: Notices) -> None:
        self._services = services
        self._notices = notices

    @contextmanager
    def __call__(self, call: str = "") -> Iterator[None]:
        """Open a round; `call` names what is asked for where the service has several uses."""
        try:
            yield
        except TemporaryError as error:
            self._services.failed(error, call)
        self._notices.wake()
