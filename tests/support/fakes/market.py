from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np

from engine.errors import MarketUnavailable
from engine.model.market import BarHistory, Snapshot, exchange_date
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from engine.signals.slots import Slots
from tests.support.fakes.calendar import WeekdayCalendar

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

    While it `shows_no_prices`, or `has_no_bars`, that call alone fails. `while_reading` and `while_pricing` are called
    once, when bars, or prices, were read and are not given back yet.

    `recorded` are the bars that it knows, of any time; it serves those that are over. `asked` and `bars_asked` are what
    was asked of it.
    """

    label = "fake"

    def __init__(self, clock: Clock, calendar: Calendar | None = None, *, bar_seconds: int = 300) -> None:
        self.is_down = self.shows_no_prices = self.has_no_bars = False
        self.while_reading: Callable[[], object] | None = None
        self.while_pricing: Callable[[], object] | None = None
        self.asked = list[tuple[str, ...]]()
        self.bars_asked = list[tuple[tuple[str, ...], datetime]]()
        self.recorded = NO_BARS
        self.days = NO_BARS
        self.asked_days = list[tuple[str, ...]]()
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

    def lose(self, symbol: str) -> None:
        """Know no price of a symbol any more."""
        self._snapshots.pop(symbol, None)

    def symbols(self) -> tuple[str, ...]:
        return tuple(self._snapshots)

    def snapshots(self, symbols: Sequence[str]) -> tuple[Snapshot, ...]:
        self._check(self.shows_no_prices)
        self.asked.append(tuple(symbols))
        meanwhile, self.while_pricing = self.while_pricing, None
        if meanwhile:
            meanwhile()
        return tuple(self._snapshots[symbol] for symbol in symbols if symbol in self._snapshots)

    def bars(self, symbols: Sequence[str], since: datetime) -> BarHistory:
        """Return the bars that were recorded and are over, NaN where there are none."""
        self._check(self.has_no_bars)
        self.bars_asked.append((tuple(symbols), since))
        starts, known = self.slots.between(since, self._clock.now()), self.recorded
        values = np.full((5, len(starts), len(symbols)), np.nan)
        _, rows, bars = np.intersect1d(starts, known.starts, return_indices=True)
        for column, symbol in enumerate(symbols):
            if symbol in known.symbols:
                values[:, rows, column] = known.stacked[:, bars, known.symbols.index(symbol)]
        meanwhile, self.while_reading = self.while_reading, None
        if meanwhile:
            meanwhile()
        return BarHistory.of(symbols, starts, values)

    def daily_bars(self, symbols: Sequence[str], since: date) -> BarHistory:
        """Return the days that were set, from a date on and before now, NaN for symbols that they do not have."""
        self._check()
        self.asked_days.append(tuple(symbols))
        dates = [exchange_date(datetime.fromtimestamp(start, UTC)) for start in self.days.starts]
        today = exchange_date(self._clock.now())
        return _picked(self.days, symbols, slice(bisect_left(dates, since), bisect_left(dates, today)))

    def _check(self, fails: bool = False) -> None:
        if self.is_down or fails:
            raise MarketUnavailable("the fake market is down")


def _picked(shown: BarHistory, symbols: Sequence[str], rows: slice) -> BarHistory:
    values = np.full((5, len(shown.starts[rows]), len(symbols)), np.nan)
    for column, symbol in enumerate(symbols):
        if symbol in shown.symbols:
            values[:, :, column] = shown.stacked[:, rows, shown.symbols.index(symbol)]
    return BarHistory.of(symbols, shown.starts[rows], values)
