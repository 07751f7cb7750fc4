import time

from engine.errors import StreamUnavailable
from engine.ports.circuit_breaker import Passing


class FakeBreaker:
    """A breaker in memory; `is_down` makes its state unreadable."""

    def __init__(self, *, open_seconds: float = 30) -> None:
        self.is_down = False
        self._open_seconds = open_seconds
        self._failures = 0
        self._open_until = 0.0
        self._probing = False

    def passing(self) -> Passing:
        if self.is_closed():
            return Passing.FREE
        if self._probing or time.monotonic() < self._open_until:
            return Passing.SHUT
        self._probing = True
        return Passing.PROBE

    def is_closed(self) -> bool:
        self._check()
        return self._failures < 5

    def worked(self) -> None:
        self._check()
        self._failures, self._probing = 0, False

    def failed(self) -> None:
        self._check()
        self._failures += 1
        self._open_until = time.monotonic() + self._open_seconds
        self._probing = False

    def _check(self) -> None:
        if self.is_down:
            raise StreamUnavailable("the fake breaker is down")
