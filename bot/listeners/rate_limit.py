"""Limits how often each person may ask; after the first few, refusals are only counted.

The first refusals are told and kept, each cut short; what comes beyond is acknowledged, and the audit has how many they
were and of whom. So neither many strangers nor one person with a script take the desk's threads, disk or patience.
"""

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final, Protocol

import structlog

from engine.errors import StoreUnavailable
from engine.model.desk import ENGINE, Request

SAID: Final = 200
"""Characters that the audit keeps of what somebody typed who may not do it."""
KEPT_EVERY: Final = 60.0
"""Seconds in which those who were only counted are counted together."""
NAMED: Final = 5
"""People whom the count names, those with the most requests."""
PEOPLE: Final = 10_000
"""People whose rates are remembered."""
DOORSTEP: Final = 4
"""Refusals that are told at once: telling them takes no thread that the desk needs."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """So many at once, and then so many a second."""

    burst: float
    a_second: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Rates:
    """How much one person may ask for, how many refusals one person is told, and how many all together."""

    asking: Rate = Rate(burst=300, a_second=20)
    refusals: Rate = Rate(burst=100, a_second=0.1)
    all_refusals: Rate = Rate(burst=200, a_second=0.5)


class Buckets:
    """How much of a rate is left for each name; `clock` counts seconds and never goes back."""

    def __init__(self, rate: Rate, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, name: str) -> bool:
        """Take one of what is left; False where nothing is."""
        with self._lock:
            now = self._clock()
            left, at = self._left.pop(name, (self._rate.burst, now))
            left = min(self._rate.burst, left + (now - at) * self._rate.a_second)
            has_one = left >= 1
            self._left[name] = (left - 1 if has_one else left, now)
            if len(self._left) > PEOPLE:
                self._left.popitem(last=False)
            return has_one


class Audit(Protocol):
    """Where the count goes."""

    def write_audit(self, request: Request, action: str, outcome: str, why: str = "") -> None:
        """Keep in the audit what came of a request."""
        ...


class UserRateLimit:
    """Rates of everybody. `audit` takes the count of those who were turned away without a word."""

    def __init__(self, audit: Audit, rates: Rates | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        rates = rates or Rates()
        self._audit = audit
        self._asking = Buckets(rates.asking, clock)
        self._refused = Buckets(rates.refusals, clock)
        self._all_refused = Buckets(rates.all_refusals, clock)
        self._doorstep = threading.BoundedSemaphore(DOORSTEP)
        self._uncounted = Counter[str]()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def may_ask(self, user: str) -> bool:
        """Tell whether somebody asks for no more than a person can."""
        return self._asking.take(user)

    @contextmanager
    def refusal(self, user: str) -> Iterator[bool]:
        """Give whether a refusal is to be told and kept; else it is counted, and that is all."""
        has_place = self._doorstep.acquire(blocking=False)
        try:
            is_told = has_place and self._refused.take(user) and self._all_refused.take("")
            if not is_told:
                self._count(user)
            yield is_told
        finally:
            if has_place:
                self._doorstep.release()

    def save_count(self) -> None:
        """Put into the audit how many were turned away without a word, and of whom; nothing where there were none."""
        with self._lock:
            counted, self._uncounted = self._uncounted, Counter()
            self._timer = None
        if not counted:
            return
        most = ", ".join(f"{user} {number}" for user, number in counted.most_common(NAMED))
        why = f"{counted.total()} requests of {len(counted)} people; the most: {most}"
        try:
            self._audit.write_audit(Request(by=ENGINE), "crowd", "turned away", why)
        except (StoreUnavailable, ValueError):
            log.exception("crowd_not_in_the_audit", why=why)
        else:
            log.warning("turned_away", count=counted.total(), people=len(counted))

    def stop(self) -> None:
        """Keep the last count."""
        with self._lock:
            if self._timer:
                self._timer.cancel()
        self.save_count()

    def _count(self, user: str) -> None:
        with self._lock:
            self._uncounted[user[:SAID]] += 1
            if self._timer is None:
                self._timer = threading.Timer(KEPT_EVERY, self.save_count)
                self._timer.daemon = True
                self._timer.start()


def cut(request: Request) -> Request:
    """Return a request as the audit keeps it of who may not make it: cut, with the length of what was said."""
    said = request.said
    return request if len(said) <= SAID else replace(request, said=f"{said[:SAID]} … ({len(said)} characters)")
