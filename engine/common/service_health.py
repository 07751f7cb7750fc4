import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from engine.errors import Fenced, LookedTooLongAgo, MarketUnavailable, TemporaryError
from engine.model.notices.base import NoticeKind, stamp
from engine.model.notices.systems import ServiceBack, ServiceLost
from engine.model.outage import Outage
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store

log = structlog.get_logger()


class Service(StrEnum):
    """An outside system that the desk can do without for a while; so is a strategy in Python, in its own process.

    `HALTS` is the stream by which the exchanges tell of halts of trading.
    """

    MARKET = "market"
    NEWS = "news"
    BROKER = "broker"
    REDIS = "redis"
    CLAUDE = "claude"
    STRATEGY = "strategy"
    HALTS = "halts"


BARS = "bars"
"""The call for a market's bars, which may fail while its prices are there: that is one loss, told once."""


KNOWN = frozenset(Service)
"""A later version on the same database may know others."""
HOLDS = timedelta(seconds=15)
"""Real time for which a process's word that a service is lost holds; it repeats it while it lives."""
SAID_EVERY = 5.0
"""Real seconds between two repetitions."""
TRIES = 60.0
"""Real seconds for which a process that does not lead is believed after its last failed call; it seldom calls."""


class ServiceHealth:
    """Remembers which outside systems are lost, and tells the desk once when one goes and once when it is back.

    Of several processes on one database each has a name of its own, `me`. What one finds lost counts for all, as long
    as it says so, and is told once. What a dead process said holds until it runs out, and the service is told to be
    back once any other process reaches it. A process that is alone has no name, and shares nothing.
    """

    def __init__(self, *, store: Store, clock: Clock, me: str = "") -> None:
        self._store = store
        self._clock = clock
        self._me = me
        self._lock = threading.Lock()
        self._lost: dict[Service, datetime] = {}
        self._failing: dict[Service, set[str]] = {}
        self._failed_at: dict[Service, float] = {}
        self._said_at = -SAID_EVERY
        self._others: Mapping[Service, datetime] = {}
        self._unreached: frozenset[Service] = frozenset()

    def lost(self, service: Service, error: Exception, call: str = "") -> None:
        """Note that a call to a service failed; `call` names one of several that may fail alone."""
        with self._lock:
            self._failing.setdefault(service, set()).add(call)
            self._failed_at[service] = self._clock.steady()
            if service in self._lost:
                return
            self._lost[service] = self._clock.now()
        log.warning("service_lost", service=service, error=str(error))
        now = self._clock.now()
        key = f"{NoticeKind.SERVICE_LOST}:{service}:{stamp(now)}"
        with self._store.writing() as transaction:
            is_known = self._is_known(transaction, service)
            if self._me:
                transaction.save_outage(self._outage(service, now))
            if not is_known:
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
        """Note that a call to a service was answered; it is back once each call that failed was, in every process."""
        if service not in self._lost and service not in self._unreached:
            return
        with self._lock:
            failing = self._failing.get(service, set())
            failing.discard(call)
            if failing:
                return
            was_mine = self._lost.pop(service, None) is not None
            if not was_mine and service not in self._unreached:
                return
            self._unreached -= {service}
        now = self._clock.now()
        key = f"{NoticeKind.SERVICE_BACK}:{service}:{stamp(now)}"
        with self._store.writing() as transaction:
            ended = transaction.end_outages(service, self._me, now) if self._me else 0
            if not (was_mine or ended) or self._is_known(transaction, service):
                return
            transaction.enqueue_notice(ServiceBack(key=key, at=now, service=service))
        log.info("service_back", service=service)

    def share(self, *, leads: bool) -> None:
        """Read what other processes find lost, and repeat what this one does; raises StoreUnavailable.

        A process that does not lead calls a service only when people ask, so its word counts for a while only.
        """
        if not self._me:
            return
        now = self._clock.now()
        if self._lost and self._clock.steady() - self._said_at >= SAID_EVERY:
            self._said_at = self._clock.steady()
            self._say_again(leads=leads)
        with self._store.reading() as reader:
            known = [each for each in reader.outages() if each.service in KNOWN]
        others = [each for each in known if each.process != self._me]
        # What this process itself found and is not believed any more is to be told back by it like any other's.
        stale = [each for each in known if each.process == self._me and Service(each.service) not in self._lost]
        self._unreached = frozenset(Service(each.service) for each in (*others, *stale) if each.until <= now)
        # The earliest one last, so that it stands.
        newest_first = sorted(others, key=lambda outage: outage.since, reverse=True)
        self._others = {Service(outage.service): outage.since for outage in newest_first if outage.until > now}

    def down(self) -> tuple[Service, ...]:
        """Return what is lost now."""
        return tuple(self.lost_since())

    def lost_since(self) -> Mapping[Service, datetime]:
        """Return what is lost now, and since when."""
        with self._lock:
            mine = dict(self._lost)
        both = mine.keys() & self._others.keys()
        return {**self._others, **mine, **{service: min(mine[service], self._others[service]) for service in both}}

    def _say_again(self, *, leads: bool) -> None:
        now, steady = self._clock.now(), self._clock.steady()
        with self._store.writing() as transaction, self._lock:
            for service in list(self._lost):
                is_tried = leads or steady - self._failed_at[service] < TRIES
                if not is_tried or not transaction.prolong_outage(self._outage(service, now)):
                    del self._lost[service]  # the next call that fails finds it anew
                    self._failing.pop(service, None)

    def _is_known(self, reader: Reader, service: Service) -> bool:
        """Tell whether the desk knows from any process that a service is lost, and not yet that it is back."""
        return bool(self._me) and any(outage.service == service for outage in reader.outages())

    def _outage(self, service: Service, now: datetime) -> Outage:
        since = self._lost.get(service, now)
        return Outage(service=service, process=self._me, since=since, until=now + HOLDS * self._clock.speed)
