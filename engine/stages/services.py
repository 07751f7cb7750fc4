import threading
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import structlog

from engine.errors import MarketUnavailable, TryAgain
from engine.model.notice import Notice, NoticeKind, stamp
from engine.ports import Clock
from engine.truth import Store

log = structlog.get_logger()


class Service(StrEnum):
    """An outside system that the desk can do without for a while."""

    MARKET = "market"
    NEWS = "news"
    BROKER = "broker"
    REDIS = "redis"
    CLAUDE = "claude"


class Services:
    """Remembers which outside systems are lost, and tells the desk once when one goes and once when it is back."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._lost: dict[Service, datetime] = {}

    def lost(self, service: Service, error: Exception) -> None:
        """Note that a call to a service failed."""
        with self._lock:
            if service in self._lost:
                return
            self._lost[service] = self._clock.now()
        log.warning("service_lost", service=service, error=str(error))
        self._tell(NoticeKind.SERVICE_LOST, service, str(error))

    def failed(self, error: TryAgain) -> None:
        """Note that a call failed to the service that its error is of; an order without an answer is the broker's."""
        self.lost(Service.MARKET if isinstance(error, MarketUnavailable) else Service.BROKER, error)

    def back(self, service: Service) -> None:
        """Note that a call to a service was answered."""
        if service not in self._lost:
            return
        with self._lock:
            if self._lost.pop(service, None) is None:
                return
        log.info("service_back", service=service)
        self._tell(NoticeKind.SERVICE_BACK, service, "")

    def down(self) -> tuple[Service, ...]:
        """Return what is lost now."""
        return tuple(self._lost)

    def lost_since(self) -> Mapping[Service, datetime]:
        """Return what is lost now, and since when."""
        with self._lock:
            return dict(self._lost)

    def _tell(self, kind: NoticeKind, service: Service, detail: str) -> None:
        now = self._clock.now()
        with self._store.writing() as book:
            book.tell(Notice(key=f"{kind}:{service}:{stamp(now)}", kind=kind, at=now, subject=service, detail=detail))
