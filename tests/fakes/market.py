from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from engine.errors import MarketUnavailable
from engine.model.market import BarHistory, Snapshot
from engine.ports import Clock

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
    """A market that shows what a test last set, and nothing at all while `is_down`."""

    label = "fake"

    def __init__(self, clock: Clock) -> None:
        self.is_down = False
        self.asked = list[tuple[str, ...]]()
        self.bars = NO_BARS
        self._clock = clock
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

    def history(self, symbols: Sequence[str], bars: int) -> BarHistory:
        """Return the last of the bars that were set, NaN for symbols that they do not have."""
        self._check()
        shown = self.bars
        rows = slice(max(0, len(shown.starts) - bars), None)

        def picked(values: NDArray[np.float64]) -> NDArray[np.float64]:
            missing = np.full(len(values[rows]), np.nan)
            columns = [
                values[rows, shown.symbols.index(name)] if name in shown.symbols else missing for name in symbols
            ]
            return np.column_stack(columns)

        return BarHistory(
            symbols=tuple(symbols),
            starts=shown.starts[rows],
            open=picked(shown.open),
            high=picked(shown.high),
            low=picked(shown.low),
            close=picked(shown.close),
            volume=picked(shown.volume),
        )

    def _check(self) -> None:
        if self.is_down:
            raise MarketUnavailable("the fake market is down")
