"""How many requests a minute are answered, and what is said of it beside each answer."""

import threading
from typing import Final

from engine.ports.clock import Clock

_MINUTE: Final = 60.0


class RateLimit:
    """Counts the requests of each minute of the exchange's time; `a_minute` is changed by a test."""

    def __init__(self, clock: Clock, a_minute: int) -> None:
        self.a_minute = a_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._minute = -1
        self._taken = 0

    def take(self) -> tuple[bool, dict[str, str]]:
        """Count a request: tell whether it is answered, and the headers that its answer carries."""
        minute = int(self._clock.now().timestamp() // _MINUTE)
        with self._lock:
            if minute != self._minute:
                self._minute, self._taken = minute, 0
            is_free = self._taken < self.a_minute
            self._taken += is_free
            left = self.a_minute - self._taken
        return is_free, {
            "X-RateLimit-Limit": str(self.a_minute),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": str(int((minute + 1) * _MINUTE)),
        }
