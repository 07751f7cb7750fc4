from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import numpy as np

from engine.backtest.dealing import Dealing, dollars
from engine.backtest.timeline import Timeline
from engine.model.market import BarHistory, Snapshot, completed_days, exchange_date
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from engine.signals.slots import Slots, instant


class PlayedMarket:
    """A market that plays bars: it shows the price of a bar that is asked for, and serves the bars that are over.

    The quote is put around the price as a backtest does it, and as many shares are shown as it lets be filled in a bar,
    at a quote that stays the same one until the next bar.
    """

    label = "played"

    def __init__(self, bars: BarHistory, clock: Clock, calendar: Calendar, dealing: Dealing) -> None:
        self.bars_played = bars
        self._clock = clock
        self._calendar = calendar
        self._dealing = dealing
        self.timeline = Timeline(bars.starts, calendar, 300)
        self._slots = Slots(calendar, 300)
        self._shown: dict[str, Snapshot] = {}

    def begin(self, bar: int) -> None:
        """Show the opens of a bar, and nothing of a symbol that does not trade in it."""
        self._shown = {}
        for column, symbol in enumerate(self.bars_played.symbols):
            opened = self.bars_played.open[bar, column]
            if np.isfinite(opened):
                self.show(symbol, bar, dollars(opened))

    def show(self, symbol: str, bar: int, price: Decimal) -> None:
        """Let a symbol trade at a price, within a bar; raises ValueError for one at which nobody traded in it."""
        column = self.bars_played.symbols.index(symbol)
        low, high = (dollars(side[bar, column]) for side in (self.bars_played.low, self.bars_played.high))
        if not low <= price <= high:
            raise ValueError(f"{symbol} traded from {low} to {high} in bar {bar}, and not at {price}")
        volume = self.bars_played.volume[:, column]
        first = self.timeline.firsts[self.timeline.session[bar]]
        before = self._shown.get(symbol)
        quoted_at = before.quoted_at if before else self._clock.now()
        most = self._dealing.most_shares(volume[bar])
        self._shown[symbol] = Snapshot(
            symbol=symbol,
            at=quoted_at or self._clock.now(),
            price=price,
            volume=int(np.nansum(volume[first:bar])),
            bid=self._dealing.bid(price),
            ask=self._dealing.ask(price),
            quoted_at=quoted_at,
            bid_size=most,
            ask_size=most,
        )

    def show_closes(self, bar: int) -> None:
        """Show the closes of a bar."""
        for symbol in self._shown:
            self.show(symbol, bar, dollars(self.bars_played.close[bar, self.bars_played.symbols.index(symbol)]))

    def renew(self) -> None:
        """Let what is shown have been traded and quoted now."""
        now = self._clock.now()
        self._shown = {
            symbol: Snapshot(
                symbol=symbol, at=now, price=seen.price, volume=seen.volume, bid=seen.bid, ask=seen.ask,
                quoted_at=now, bid_size=0, ask_size=0,
            )
            for symbol, seen in self._shown.items()
        }  # fmt: skip

    def snapshots(self, symbols: Sequence[str]) -> tuple[Snapshot, ...]:
        return tuple(self._shown[symbol] for symbol in symbols if symbol in self._shown)

    def bars(self, symbols: Sequence[str], since: object) -> BarHistory:
        starts, known = self._slots.between(since, self._clock.now()), self.bars_played  # type: ignore[arg-type]
        values = np.full((5, len(starts), len(symbols)), np.nan)
        _, rows, bars = np.intersect1d(starts, known.starts, return_indices=True)
        for column, symbol in enumerate(symbols):
            if symbol in known.symbols:
                values[:, rows, column] = known.stacked[:, bars, known.symbols.index(symbol)]
        return BarHistory.of(symbols, starts, values)

    def daily_bars(self, symbols: Sequence[str], since: date) -> BarHistory:
        days = completed_days(self._calendar.day, since, self._clock.now())
        values = np.full((5, len(days), len(symbols)), np.nan)
        dates = [exchange_date(instant(int(start))) for start in self.bars_played.starts]
        for row, on in enumerate(days):
            bars = [number for number, other in enumerate(dates) if other == on]
            for column, symbol in enumerate(symbols):
                whole = self.bars_played.stacked[:, bars, self.bars_played.symbols.index(symbol)]
                there = whole[:, np.isfinite(whole[3])]
                if there.size:
                    values[:, row, column] = (
                        there[0, 0], there[1].max(), there[2].min(), there[3, -1], there[4].sum(),
                    )  # fmt: skip
        starts = np.array([int(day.open.timestamp()) for day in days.values()], np.int64)
        return BarHistory.of(symbols, starts, values)
