"""Open risk as waiting cards tell it: read from the broker beside the outbox, which must not wait for one."""

from collections.abc import Callable
from typing import Final

from bot.worker import Backoff, Worker
from engine.errors import TemporaryError
from engine.model.trade import TradeState
from engine.model.view import RiskLevel
from engine.ports.store import Store

EVERY: Final = 5.0
"""Seconds between two looks at the account while a proposal waits."""
GAP: Final = 1.0
"""Seconds between two looks where something happened meanwhile."""


class OpenRiskWatch:
    """A thread that knows the desk's open risk while proposals wait; `changed` is called when it is another.

    `read` asks the broker, and raises TemporaryError; while it does, the last answer stands.
    """

    def __init__(
        self,
        *,
        store: Store,
        read: Callable[[], RiskLevel],
        changed: Callable[[], None],
        every: float = EVERY,
        gap: float = GAP,
    ) -> None:
        self._store = store
        self._read = read
        self._changed = changed
        self._every = every
        self._gap = gap
        self._now: RiskLevel | None = None
        self.worker = Worker("open risk", self._look, backoff=Backoff(first=gap, longest=max(gap, every)))

    def start(self) -> None:
        """Begin to look."""
        self.worker.start()

    def stop(self) -> None:
        """Look no more, once the look under way is over."""
        self.worker.stop()

    def wake(self) -> None:
        """Say that something happened; returns at once."""
        self.worker.wake()

    def __call__(self) -> RiskLevel | None:
        """Return what was read last, None while nothing waits or before the first answer."""
        return self._now

    def _look(self) -> float:
        with self._store.reading() as reader:
            is_waiting = bool(reader.trades({TradeState.PROPOSED}, limit=1))
        try:
            found = self._read() if is_waiting else None
        except TemporaryError:  # what is lost is told by those who trade on it
            found = self._now
        if found != self._now:
            self._now = found
            self._changed()
        self.worker.stopping.wait(self._gap)
        return self._every
