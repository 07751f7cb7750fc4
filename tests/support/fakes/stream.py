import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.errors import StreamUnavailable
from engine.model.market import Snapshot
from engine.model.trade import Trade


@dataclass
class FakeServer:
    """What streams of several consumers share, in the place of Redis: entries, and who read which of them when."""

    is_down: bool = False
    loses_what_is_published: bool = False
    entries: dict[str, str] = field(default_factory=dict)
    pending: dict[str, tuple[str, float]] = field(default_factory=dict)
    delivered_to: int = 0
    keeps_nothing_aside: bool = False
    aside: dict[str, str] = field(default_factory=dict)

    def put(self, trade_id: str) -> None:
        """Put an entry on the stream as somebody else may; one that names no trade has the id ''."""
        self.entries[f"{len(self.entries) + 1}-0"] = trade_id

    def loses_everything(self) -> None:
        """Lose what was published and who read it, as a server that was started again."""
        self.pending.clear()
        self.delivered_to = len(self.entries)

    def check(self) -> None:
        if self.is_down:
            raise StreamUnavailable("the fake server is down")


class FakeSignalStream:
    """The stream of one consumer; `published` has every trade that this one put on it."""

    def __init__(self, server: FakeServer | None = None, consumer: str = "desk-1", *, idle_seconds: float = 15) -> None:
        self.server = server or FakeServer()
        self.published: list[Trade] = []
        self._consumer = consumer
        self._idle_seconds = idle_seconds
        self._left_over_was_read = False

    def publish(self, trade: Trade) -> None:
        self.server.check()
        self.published.append(trade)
        if self.server.loses_what_is_published:
            return
        self.server.put(trade.id)

    def read(self) -> tuple[tuple[str, str], ...]:
        self.server.check()
        now = time.monotonic()
        left_over = [entry for entry, reader in self.server.pending.items() if self._takes_over(*reader, now=now)]
        new = list(self.server.entries)[self.server.delivered_to :]
        self.server.delivered_to = len(self.server.entries)
        self._left_over_was_read = True
        self.server.pending |= dict.fromkeys([*left_over, *new], (self._consumer, now))
        return tuple((entry, self.server.entries[entry]) for entry in [*left_over, *new])

    def acknowledge(self, entry_ids: Sequence[str]) -> None:
        self.server.check()
        for entry in entry_ids:
            self.server.pending.pop(entry, None)

    def depth(self) -> int:
        self.server.check()
        return len(self.server.pending) + len(self.server.entries) - self.server.delivered_to

    def set_aside(self, entry_ids: Sequence[str]) -> None:
        if self.server.keeps_nothing_aside:
            raise StreamUnavailable("the fake server is full")
        self.acknowledge(entry_ids)
        self.server.aside |= {entry: self.server.entries[entry] for entry in entry_ids}

    def _takes_over(self, consumer: str, read_at: float, *, now: float) -> bool:
        is_own = consumer == self._consumer and not self._left_over_was_read
        return is_own or now - read_at >= self._idle_seconds


class FakePriceCache:
    """Prices in a dictionary; `stored` has everything that was put, in order."""

    def __init__(self) -> None:
        self.is_down = False
        self.stored: list[Snapshot] = []

    def put(self, snapshots: Sequence[Snapshot], at: datetime, oldest: timedelta) -> None:
        del at, oldest  # whoever reads this one judges for himself
        self._check()
        self.stored.extend(snapshots)

    def latest(self, symbol: str) -> Snapshot | None:
        self._check()
        return next((snapshot for snapshot in reversed(self.stored) if snapshot.symbol == symbol), None)

    def _check(self) -> None:
        if self.is_down:
            raise StreamUnavailable("the fake cache is down")
