from collections.abc import Iterator
from contextlib import contextmanager

from engine.adapters.sql.store import SqlStore, open_store
from engine.model.desk import Term
from engine.ports.store import LOOK_HOLDS
from tests.support.fakes.clock import ManualClock

SHORTLY = 0.2
"""Seconds that it waits for the way to the broker, and for a turn to write, which a busy machine gives no sooner."""


def impatient(url: str) -> SqlStore:
    """Open the database of another process, which soon takes the way to the broker from whoever has it."""
    return open_store(url, patience=SHORTLY)


class FencingStore(SqlStore):
    """A database at whose order lock another process takes the way from this one, as often as `fences` says.

    It comes in once this one has begun its term, and takes longer than a look holds.
    """

    def __init__(self, url: str, clock: ManualClock) -> None:
        super().__init__(url)
        self.fences = 0
        self._clock = clock
        self._other = impatient(url)

    @contextmanager
    def order_lock(self, *, urgent: bool = False) -> Iterator[Term]:
        with super().order_lock(urgent=urgent) as term:
            if self.fences:
                self.fences -= 1
                with self._other.order_lock(urgent=True):
                    self._clock.advance(LOOK_HOLDS * 2)
            yield term

    def close(self) -> None:
        self._other.close()
        super().close()
