from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import redis

from engine.errors import StreamUnavailable
from engine.ports import Passing

FAILURES = 5
"""Failures in a row that open a breaker."""
OPEN_FOR = timedelta(seconds=30)
PROBE_FOR = timedelta(seconds=15)
"""How long a probe may take until another is let through."""
FORGOTTEN = timedelta(hours=1)
"""Failures that far apart are no row."""


class RedisBreaker:
    """The port Breaker in three keys that all processes share; those that time closes are closed by their expiry.

    `breaker:{service}:failures` counts the row, `:open` is there while nobody may call, `:probe` while somebody tries.
    """

    def __init__(self, client: redis.Redis, service: str, *, open_for: timedelta = OPEN_FOR) -> None:
        self._client = client
        self._open_for = open_for
        self._failures, self._open, self._probe = (
            f"breaker:{service}:{part}" for part in ("failures", "open", "probe")
        )

    def passing(self) -> Passing:
        """Tell whether a call may be made now; the answer PROBE is given to one."""
        with _lost_is_unavailable():
            if self.is_closed():
                return Passing.FREE
            if self._client.exists(self._open):
                return Passing.SHUT
            is_mine = self._client.set(self._probe, "1", nx=True, px=PROBE_FOR)
            return Passing.PROBE if is_mine else Passing.SHUT

    def is_closed(self) -> bool:
        """Tell whether the service is believed to work; takes no probe."""
        with _lost_is_unavailable():
            failures: Any = self._client.get(self._failures)
            return int(failures or 0) < FAILURES

    def worked(self) -> None:
        """Note that the service answered."""
        with _lost_is_unavailable():
            self._client.delete(self._failures, self._open, self._probe)

    def failed(self) -> None:
        """Note that it did not."""
        with _lost_is_unavailable(), self._client.pipeline(transaction=True) as pipeline:
            pipeline.incr(self._failures)
            pipeline.expire(self._failures, FORGOTTEN)
            failures = int(pipeline.execute()[0])
            if failures >= FAILURES:
                self._client.set(self._open, "1", px=self._open_for)
                self._client.delete(self._probe)


@contextmanager
def _lost_is_unavailable() -> Iterator[None]:
    try:
        yield
    except redis.RedisError as error:
        raise StreamUnavailable(f"Redis: {error}") from error
