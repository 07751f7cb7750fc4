"""Made bars and prices of many symbols: random walks, the same for the same seed."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.model.market import BarHistory
from engine.signals.board import Board
from engine.signals.prices import RecentPrices
from engine.signals.slots import SESSIONS, Slots, instant
from engine.signals.technical import technical_scores
from tests.support.fakes.calendar import WeekdayCalendar

BAR = 300
TODAY = date(2025, 8, 19)
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Tick:
    """One price of every symbol, as it is seen."""

    rows: NDArray[np.int64]
    times: NDArray[np.int64]
    prices: Floats
    volumes: NDArray[np.int64]
    spreads: NDArray[np.int32]

    def into(self, prices: RecentPrices) -> None:
        """Let the recent prices take it in."""
        prices.tick(self.rows, self.times, self.prices, self.volumes, self.spreads)


def tick_seconds(prices: RecentPrices, tick: Tick) -> float:
    """Return how long the recent prices take for one price of every symbol."""
    start = time.perf_counter()
    tick.into(prices)
    return time.perf_counter() - start


def scan_seconds(board: Board, bars: BarHistory) -> float:
    """Return how long a board takes from closed bars to scores."""
    start = time.perf_counter()
    board.take(bars)
    technical_scores(board.indicators())
    return time.perf_counter() - start


class Universe:
    """So many symbols with the bars of 20 sessions and of one that has begun, and bars and ticks that go on from there.

    `close` and `volume` have the last `shown` bars: as many as other libraries are timed on.
    """

    def __init__(self, symbols: int = 10_000, seed: int = 7, *, shown: int = 250) -> None:
        self._shown = shown
        self._random = np.random.default_rng(seed)
        self.names = tuple(f"S{number:05d}" for number in range(symbols))
        slots = Slots(WeekdayCalendar(), BAR)
        self.day = slots.of(TODAY)
        every = slots.between(slots.opened(int(self.day[0]), SESSIONS), instant(int(self.day[0])))
        self.starts = np.append(every, self.day[:1])
        self._last: Floats = np.full(symbols, 100.0)
        self._seed = seed

    def chunks(self, size: int = 500) -> Iterator[BarHistory]:
        """Yield the whole window, some symbols after the other, as a warm-up reads it."""
        for first in range(0, len(self.names), size):
            names = self.names[first : first + size]
            random = np.random.default_rng((self._seed, first))
            close = np.maximum(100 + np.cumsum(random.normal(0, 0.2, (len(self.starts), len(names))), axis=0), 5)
            volume = random.integers(10_000, 90_000, close.shape).astype(np.float64)
            self._last[first : first + size] = close[-1]
            yield BarHistory.of(names, self.starts, np.array([close, close + 0.05, close - 0.05, close, volume]))

    @cached_property
    def close(self) -> Floats:
        """The last bars' closes of every symbol, shape (bars, symbols)."""
        return np.concatenate([chunk.close[-self._shown :] for chunk in self.chunks()], axis=1)

    @cached_property
    def volume(self) -> Floats:
        """The last bars' volumes of every symbol, shape (bars, symbols)."""
        return np.concatenate([chunk.volume[-self._shown :] for chunk in self.chunks()], axis=1)

    def board(self) -> Board:
        """Return a board that knows the whole window."""
        board = Board(self.names)
        board.begin(self.starts)
        for chunk in self.chunks():
            board.fill(chunk)
        return board

    def bars(self, again: int = 3) -> Iterator[BarHistory]:
        """Yield what each pass of the session reads: a new bar of every symbol, and some before it once more."""
        kept = list[Floats]()
        for number, _ in enumerate(self.day[1:], 1):
            close = np.maximum(self._last + self._random.normal(0, 0.2, len(self.names)), 5)
            volume = self._random.integers(10_000, 90_000, len(self.names)).astype(np.float64)
            kept = [*kept, np.array([close, close + 0.05, close - 0.05, close, volume])][-again - 1 :]
            self._last = close
            starts = self.day[number + 1 - len(kept) : number + 1]
            yield BarHistory.of(self.names, starts, np.stack(kept, axis=1))

    def ticks(self, every: float) -> Iterator[Tick]:
        """Yield ticks so many seconds apart, from the second after the last bar's start, without an end."""
        count = len(self.names)
        prices, volumes = self._last.copy(), np.zeros(count, np.int64)
        at = float(self.starts[-1])
        while True:
            at += every
            prices = np.maximum(prices + self._random.normal(0, 0.02, count), 5)
            volumes = volumes + self._random.integers(0, 500, count)
            yield Tick(
                rows=np.arange(count),
                times=np.full(count, int(at * 1_000_000)),
                prices=prices,
                volumes=volumes,
                spreads=np.full(count, 2, np.int32),
            )
