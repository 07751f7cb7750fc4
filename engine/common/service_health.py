import threading
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import structlog

from engine.errors import Fenced, LookedTooLongAgo, MarketUnavailable, TemporaryError
from engine.model.notices.base import NoticeKind, stamp
from engine.model.notices.systems import ServiceBack, ServiceLost
from engine.ports.clock import Clock
from engine.ports.store import Store

log = structlog.get_logger()


class Service(StrEnum):
    """An outside system that the desk can do without for a while."""

    MARKET = "market"
    NEWS = "news"
    BROKER = "broker"
    REDIS = "redis"
    CLAUDE = "claude"


BARS = "bars"
"""The call for a market's bars, which may fail while its prices are there: that is one loss, told once."""


class ServiceHealth:
    """Remembers which outside systems are lost, and tells the desk once when one goes and once when it is back."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._lost: dict[Service, datetime] = {}
        self._failing: dict[Service, set[str]] = {}

    def lost(self, service: Service, error: Exception, call: str = "") -> None:
        """Note that a call to a service failed; `call` names one of several that may fail alone."""
        with self._lock:
            self._failing.setdefault(service, set()).add(call)
            if service in self._lost:
                return
            self._lost[service] = self._clock.now()
        log.warning("service_lost", service=service, error=str(error))
        now = self._clock.now()
        key = f"{NoticeKind.SERVICE_LOST}:{service}:{stamp(now)}"
        with self._store.writing() as transaction:
            transaction.enqueue_notice(ServiceLost(key=key, at=now, service=service, trouble=str(error)))

    def failed(self, error: TemporaryError, call: str = "") -> None:
        """Note that a call failed to the service that its error is of; an order without an answer is the broker's.

        What was held back here, because another process acts, is no outage.
        """
        if isinstance(error, Fenced | LookedTooLongAgo):
            log.warning("held_back", error=str(error))
        elif isinstance(error, MarketUnavailable):
            self.lost(Service.MARKET, error, call)
        else:
            self.lost(Service.BROKER, error)

    def back(self, service: Service, call: str = "") -> None:
        """Note that a call to a service was answered; it is back once each call that failed was."""
        if service not in self._lost:
            return
        with self._lock:
            failing = self._failing[service]
            failing.discard(call)
            if failing or self._lost.pop(service, None) is None:
                return
        log.info("service_back", service=service)
        now = self._clock.now()
        key = f"{NoticeKind.SERVICE_BACK}:{service}:{stamp(now)}"
        with self._store.writing() as transaction:
            transaction.enqueue_notice(ServiceBack(key=key, at=now, service=service))

    def down(self) -> tuple[Service, ...]:
        """Return what is lost now."""
        return tuple(self._lost)

    def lost_since(self) -> Mapping[Service, datetime]:
        """Return what is lost now, and since when."""
        with self._lock:
            return dict(self._lost)
