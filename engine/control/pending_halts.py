"""The halts that are asked for and not written yet: while there is one, nothing new passes the gate."""

import threading
from dataclasses import dataclass
from datetime import datetime

from engine.execution.order_gate import OrderGate
from engine.model.desk import Request


@dataclass(frozen=True, kw_only=True, slots=True)
class PendingHalt:
    """A halt as it was asked for; `flatten` also sells everything."""

    request: Request
    reason: str
    at: datetime
    flatten: bool


class PendingHalts:
    """Keeps them in the order in which they were asked for, and holds the gate for them."""

    def __init__(self, gate: OrderGate) -> None:
        self._gate = gate
        self._pending = list[PendingHalt]()
        # Those of them that somebody is still writing at the first attempt: no halt is late before that failed.
        self._fresh = list[PendingHalt]()
        self._lock = threading.Lock()  # for the lists and the hold; never kept while the database is asked

    def all(self) -> tuple[PendingHalt, ...]:
        """Return them, the first one first."""
        with self._lock:
            return tuple(self._pending)

    def hold(self, asked: PendingHalt) -> PendingHalt:
        """Hold the gate for a halt; return the one that waits for the same request already, if one does."""
        with self._lock:
            same = (halt for halt in self._pending if (halt.request, halt.flatten) == (asked.request, asked.flatten))
            pending = next(same, asked)
            if pending is asked:
                self._pending.append(asked)
                self._fresh.append(asked)
            first = self._pending[0]
            self._gate.hold(first.request.by, first.reason)
            return pending

    def is_fresh(self, halt: PendingHalt) -> bool:
        """Whether a halt is still written at the first attempt."""
        with self._lock:
            return any(halt is each for each in self._fresh)

    def mark_failed(self, halt: PendingHalt) -> None:
        """Note that a halt could not be written when it was asked for."""
        with self._lock:
            self._fresh = [each for each in self._fresh if each is not halt]

    def let_go(self, done: PendingHalt) -> None:
        """Forget a halt; the gate stays held while another waits to be written."""
        self.mark_failed(done)
        with self._lock:
            self._pending = [halt for halt in self._pending if halt is not done]
            if not self._pending:
                self._gate.release()
