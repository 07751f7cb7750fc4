import re
from datetime import timedelta
from typing import Any, Final

import redis
import structlog

from engine.adapters.redis.connection import lost_is_unavailable
from engine.ports.circuit_breaker import Passing

log = structlog.get_logger()

FAILURES = 5
"""Failures in a row that open a breaker."""
OPEN_FOR = timedelta(seconds=30)
PROBE_FOR = timedelta(seconds=15)
"""How long a probe may take until another is let through."""
FORGOTTEN = timedelta(hours=1)
"""Failures that far apart are no row."""
COUNT: Final = re.compile(r"[0-9]{1,9}")
ABSENT, FOR_EVER = -2, -1
"""What PTTL says of a key that is not there, and of one without an expiry."""


class RedisBreaker:
    """The port Breaker in three keys that all processes share; those that time closes are closed by their expiry.

    `breaker:{service}:failures` counts the row, `:open` is there while nobody may call, `:probe` while somebody tries.
    Whoever meets a key that stays longer than it may gives it its expiry back; where the count is no number, a probe
    shows whether the service works.
    """

    def __init__(self, client: redis.Redis, service: str, *, open_for: timedelta = OPEN_FOR) -> None:
        self._client = client
        self._service = service
        self._open_for = open_for
        self._failures, self._open, self._probe = (
            f"breaker:{service}:{part}" for part in ("failures", "open", "probe")
        )

    def passing(self) -> Passing:
        """Tell whether a call may be made now; the answer PROBE is given to one."""
        with lost_is_unavailable():
            if self._row() < FAILURES:
                return Passing.FREE
            if self._stands(self._open, self._open_for):
                return Passing.SHUT
            if self._client.set(self._probe, "1", nx=True, px=PROBE_FOR):
                return Passing.PROBE
            self._stands(self._probe, PROBE_FOR)
            return Passing.SHUT

    def is_closed(self) -> bool:
        """Tell whether the service is believed to work; takes no probe."""
        with lost_is_unavailable():
            return self._row() < FAILURES

    def worked(self) -> None:
        """Note that the service answered."""
        with lost_is_unavailable():
            self._client.delete(self._failures, self._open, self._probe)

    def failed(self) -> None:
        """Note that it did not."""
        with lost_is_unavailable(), self._client.pipeline(transaction=True) as pipeline:
            self._row()  # which makes a number of it
            pipeline.incr(self._failures)
            pipeline.expire(self._failures, FORGOTTEN)
            failures = int(pipeline.execute()[0])
            if failures >= FAILURES:
                self._client.set(self._open, "1", px=self._open_for)
                self._client.delete(self._probe)

    def _row(self) -> int:
        """Return how many calls failed in a row; as many as open the breaker where that cannot be told."""
        try:
            text: Any = self._client.get(self._failures)
        except redis.ResponseError:  # a key of another type
            text = "?"
        if text is None:
            return 0
        if COUNT.fullmatch(text):
            self._stands(self._failures, FORGOTTEN)
            return int(text)
        log.warning("breaker_mended", service=self._service, key=self._failures)
        self._client.set(self._failures, FAILURES, ex=FORGOTTEN)
        return FAILURES

    def _stands(self, key: str, longest: timedelta) -> bool:
        """Tell whether a key is there, and see to it that it does not stay for longer than it may."""
        left: Any = self._client.pttl(key)
        if left == ABSENT:
            return False
        if left == FOR_EVER or timedelta(milliseconds=left) > longest:
            log.warning("breaker_mended", service=self._service, key=key)
            self._client.pexpire(key, longest)
        return True
