from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import numpy as np

from engine.errors import MarketUnavailable
from engine.model.market import BarHistory, Snapshot
from engine.ports import Calendar, Clock
from engine.signals.slots import Slots
from tests.fakes.calendar import WeekdayCalendar

NOTHING = np.empty((0, 0))
NO_BARS = BarHistory(
    symbols=(),
    starts=np.empty(0, dtype=np.int64),
    open=NOTHING,
    high=NOTHING,
    low=NOTHING,
    close=NOTHING,
    volume=NOTHING,
)


class FakeMarket:
    """A market that shows what a test last set, and nothing at all while `is_down`.

    `recorded` are the bars that it knows, of any time; it serves those that are over. `asked` and `bars_asked` are what
    was asked of it.
    """

    label = "fake"

    def __init__(self, clock: Clock, calendar: Calendar | None = None, *, bar_seconds: int = 300) -> None:
        self.is_down = False
        self.asked = list[tuple[str, ...]]()
        self.bars_asked = list[tuple[tuple[str, ...], datetime]]()
        self.recorded = NO_BARS
        self._clock = clock
        self.slots = Slots(calendar or WeekdayCalendar(), bar_seconds)
        self._snapshots: dict[str, Snapshot] = {}

    def price(self, symbol: str, price: str | Decimal, *, volume: int = 1_000_000) -> None:
        """Let a symbol trade now, with a spread of two cents around the price."""
        at = Decimal(price)
        cent = Decimal("0.01")
        self.put(Snapshot(symbol=symbol, at=self._clock.now(), price=at, volume=volume, bid=at - cent, ask=at + cent))

    def put(self, snapshot: Snapshot) -> None:
        """Show any snapshot, broken or stale ones too."""
        self._snapshots[snapshot.symbol] = snapshot

    def symbols(self) -> tuple[str, ...]:
        return tuple(self._snapshots)

    def snapshots(self, symbols: Sequence[str]) -> tuple[Snapshot, ...]:
        self._check()
        self.asked.append(tuple(symbols))
        return tuple(self._snapshots[symbol] for symbol in symbols if symbol in self._snapshots)

    def bars(self, symbols: Sequence[str], since: datetime) -> BarHistory:
        """Return the bars that were recorded and are over, NaN where there are none."""
        self._check()
        self.bars_asked.append((tuple(symbols), since))
        starts, known = self.slots.between(since, self._clock.now()), self.recorded
        values = np.full((5, len(starts), len(symbols)), np.nan)
        _, rows, bars = np.intersect1d(starts, known.starts, return_indices=True)
        for column, symbol in enumerate(symbols):
            if symbol in known.symbols:
                values[:, rows, column] = known.stacked[:, bars, known.symbols.index(symbol)]
        return BarHistory.of(symbols, starts, values)

    def _check(self) -> None:
        if self.is_down:
            raise MarketUnavailable("the fake market is down")
