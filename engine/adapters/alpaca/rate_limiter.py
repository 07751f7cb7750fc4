import threading
import time
from collections import deque
from collections.abc import Callable

from engine.adapters.alpaca.error_mapping import TooMany

MINUTE = 60.0


class RateLimiter:
    """The requests of a sliding minute, shared by everything that talks to one account.

    Orders and cancels always pass, and are counted. Reads leave `kept` requests to them, and wait up to `patience`
    seconds for room. `timer` counts seconds, `pause` sleeps for some.
    """

    def __init__(
        self,
        a_minute: int = 200,
        *,
        kept: int = 40,
        patience: float = 2.0,
        timer: Callable[[], float] = time.monotonic,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        self._for_reads = a_minute - kept
        self._patience = patience
        self._timer = timer
        self._pause = pause
        self._sent: deque[float] = deque()
        self._lock = threading.Lock()

    def take(self) -> None:
        """Count a request that may not wait."""
        with self._lock:
            self._sent.append(self._timer())

    def wait(self) -> None:
        """Count a read once there is room for it; raises TooMany when that takes longer than the patience."""
        until = self._timer() + self._patience
        while (missing := self._try()) > 0:
            if self._timer() + missing > until:
                raise TooMany("the minute's requests are used up")
            self._pause(missing)

    def _try(self) -> float:
        """Count a read and return 0, or return the seconds until there may be room for it."""
        with self._lock:
            now = self._timer()
            while self._sent and self._sent[0] <= now - MINUTE:
                self._sent.popleft()
            if len(self._sent) < self._for_reads:
                self._sent.append(now)
                return 0.0
            return self._sent[len(self._sent) - self._for_reads] + MINUTE - now
