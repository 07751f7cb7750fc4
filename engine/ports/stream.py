from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from engine.model.market import Snapshot
from engine.model.trade import Trade

SIGNAL_STREAM = "trading_signals"
"""The queue of proposals that wait to be decided, by the name that operators see."""


class PriceCache(Protocol):
    """Latest and recent prices for everybody else to read. Raises StreamUnavailable."""

    def put(self, snapshots: Sequence[Snapshot], at: datetime, oldest: timedelta) -> None:
        """Store what was seen at a look, under its 30-second mark and as the latest of each symbol.

        A quote older than `oldest` has no spread, and a volume of another day is none.
        """
        ...

    def latest(self, symbol: str) -> Snapshot | None:
        """Return the newest stored snapshot."""
        ...


class SignalStream(Protocol):
    """The stream `trading_signals`: work to be decided. Raises StreamUnavailable."""

    def publish(self, trade: Trade) -> None:
        """Append a proposal."""
        ...

    def read(self) -> tuple[tuple[str, str], ...]:
        """Return (entry id, trade id) of new entries, and of those that a dead reader left unacknowledged.

        The trade id is '' where an entry names no trade, or more than one.
        """
        ...

    def acknowledge(self, entry_ids: Sequence[str]) -> None:
        """Mark entries as handled."""
        ...

    def depth(self) -> int:
        """Return how many entries nobody has handled yet."""
        ...

    def set_aside(self, entry_ids: Sequence[str]) -> None:
        """Mark entries as handled that no decision can be made about, and keep them where an operator can look."""
        ...
