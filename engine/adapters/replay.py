"""Recorded days of real prices, and headlines written for the demo, played again on a simulated clock.

The prices inside a day are generated, see `recorded/tape.py`: an instant has the same price whoever asks, whenever
they ask, and the bars are cut from the same path.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np

from engine.adapters.recorded.daily_bars import recorded_daily_bars
from engine.adapters.recorded.files import recorded_days, recorded_headlines
from engine.adapters.recorded.tape import STEP, Tape, tape_of
from engine.errors import MarketUnavailable
from engine.model.corporate_action import CorporateAction
from engine.model.market import (
    EXCHANGE_ZONE,
    BarHistory,
    Headline,
    Snapshot,
    TradingDay,
    completed_days,
    day_start,
    exchange_date,
)
from engine.model.symbol_halt import TradingStatus
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from engine.signals.slots import Slots, instant

DEMO_START = datetime(2012, 6, 4, 14, 45, tzinfo=UTC)
"""A Monday, 10:45 in New York: the first headline that matters is 12 minutes away, and the first proposal with it."""

HALF_HOUR = 1800
ONE_DAY = timedelta(days=1)


class ReplayMarket:
    """Real recorded opens, closes and volumes, with generated paths inside the days.

    A symbol that was not recorded, or not yet, has no snapshot and no bars. Raises ValueError for bars that do not
    divide half an hour into steps of 5 seconds.
    """

    label = "replay"

    def __init__(
        self,
        clock: Clock,
        calendar: Calendar,
        symbols: Sequence[str] | None = None,
        *,
        bar_seconds: int = 300,
    ) -> None:
        if bar_seconds % STEP or HALF_HOUR % bar_seconds:
            raise ValueError(f"a replay's bars divide half an hour into steps of {STEP} s, {bar_seconds} s does not")
        recorded = recorded_days()
        self._clock = clock
        self._calendar = calendar
        self._slots = Slots(calendar, bar_seconds)
        self._days = {symbol: recorded[symbol] for symbol in symbols or recorded if symbol in recorded}
        self._first = min(min(days) for days in recorded.values())
        self._last = max(max(days) for days in recorded.values())

    def symbols(self) -> tuple[str, ...]:
        """List the recorded symbols."""
        return tuple(self._days)

    def snapshots(self, symbols: Sequence[str]) -> tuple[Snapshot, ...]:
        """Return the newest snapshot of each symbol that has one; raises MarketUnavailable outside the record."""
        now = self._clock.now()
        on, hours = self._day(now)
        tapes = ((symbol, self._tape(symbol, on, hours)) for symbol in symbols)
        return tuple(tape.snapshot(symbol, now) for symbol, tape in tapes if tape is not None)

    def bars(self, symbols: Sequence[str], since: datetime) -> BarHistory:
        """Return the closed bars of regular trading since an instant; raises MarketUnavailable outside the record."""
        now = self._clock.now()
        self._day(now)
        starts = self._slots.between(max(since, day_start(_noon(self._first))), now)
        values = np.full((len(starts), len(symbols), 5), np.nan)
        for on in sorted({exchange_date(instant(int(start))) for start in starts}):
            hours = self._calendar.day(on)
            if hours is None:
                continue
            slots = self._slots.of(on)
            rows = np.flatnonzero(np.isin(starts, slots))
            for column, symbol in enumerate(symbols):
                tape = self._tape(symbol, on, hours)
                if tape is not None:
                    values[rows, column] = tape.bars(self._slots.bar_seconds)[np.isin(slots, starts)]
        return BarHistory.of(symbols, starts, np.ascontiguousarray(np.moveaxis(values, -1, 0)))

    def daily_bars(self, symbols: Sequence[str], since: date) -> BarHistory:
        """Return the recorded days that have ended, from a date on."""
        days = completed_days(self._calendar.day, max(since, self._first), self._clock.now())
        return recorded_daily_bars(self._days, symbols, days)

    def _day(self, now: datetime) -> tuple[date, TradingDay]:
        """Return the newest day whose trading, extended hours included, has begun."""
        on = now.astimezone(UTC).date()  # trading begins on the same date in UTC and in New York
        while True:
            hours = self._calendar.day(on)
            if hours is not None and hours.pre <= now:
                break
            on -= ONE_DAY
        if on < self._first or on > self._last or (on == self._last and now >= hours.close):
            raise MarketUnavailable(f"the recorded prices run from {self._first} to the close of {self._last}")
        return on, hours

    def _tape(self, symbol: str, on: date, hours: TradingDay) -> Tape | None:
        day = self._days.get(symbol, {}).get(on)
        return None if day is None else tape_of(symbol, on, day, hours)


class ReplayNews:
    """Headlines that were written for the demo; each says so in its source."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._headlines = recorded_headlines()

    def headlines(self, symbols: Sequence[str], since: datetime) -> tuple[Headline, ...]:
        """Return what was published after an instant, up to now, about any of the symbols, oldest first."""
        now = self._clock.now()
        return tuple(
            headline
            for headline in self._headlines
            if since < headline.at <= now and not set(symbols).isdisjoint(headline.symbols)
        )


class NoCorporateActions:
    """The port CorporateActions where nothing is to come: recorded prices are adjusted for all of it."""

    def between(self, symbols: Collection[str], first: date, last: date) -> tuple[CorporateAction, ...]:
        """Return nothing."""
        del symbols, first, last
        return ()


class NoTradingStatuses:
    """The port TradingStatuses where prices are recorded or generated: nothing is ever halted."""

    is_heard = None

    def listen(self, symbols: Collection[str]) -> Mapping[str, TradingStatus]:
        """Hear nothing."""
        del symbols
        return {}

    def stop_listening(self) -> None:
        """Have nothing to hang up."""


def _noon(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 12, tzinfo=EXCHANGE_ZONE)
