"""Made prices of many symbols: random walks, the same for the same seed."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from engine.model.market import BarHistory
from engine.signals.indicators import PriceBoard
from engine.signals.technical import technical_scores

BAR = 300
FIRST = int(datetime(2025, 8, 18, 13, 30, tzinfo=UTC).timestamp())
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Tick:
    """One price of every symbol, as the board takes it."""

    rows: NDArray[np.int64]
    times: NDArray[np.int64]
    prices: Floats
    volumes: NDArray[np.int64]
    spreads: NDArray[np.int32]

    def into(self, board: PriceBoard) -> None:
        """Let a board take it in."""
        board.tick(self.rows, self.times, self.prices, self.volumes, self.spreads)


def scan_seconds(board: PriceBoard, tick: Tick) -> float:
    """Return how long a board takes from prices to scores."""
    start = time.perf_counter()
    tick.into(board)
    technical_scores(board.indicators())
    return time.perf_counter() - start


class Universe:
    """So many symbols with a history of so many bars, and ticks that go on from there."""

    def __init__(self, symbols: int = 10_000, bars: int = 250, seed: int = 7) -> None:
        self._random = np.random.default_rng(seed)
        self.names = tuple(f"S{number:05d}" for number in range(symbols))
        steps = self._random.normal(0, 0.2, (bars, symbols))
        self.close: Floats = np.maximum(100 + np.cumsum(steps, axis=0), 5)
        self.volume: Floats = self._random.integers(10_000, 90_000, (bars, symbols)).astype(np.float64)
        self.starts = FIRST + BAR * np.arange(bars)
        wiggle = self._random.uniform(0, 0.1, (bars, symbols))
        self.high, self.low = self.close + wiggle, self.close - wiggle

    def history(self) -> BarHistory:
        """Return the bars."""
        return BarHistory(
            symbols=self.names,
            starts=self.starts,
            open=self.close,
            high=self.high,
            low=self.low,
            close=self.close,
            volume=self.volume,
        )

    def board(self, depth: int = 1000) -> PriceBoard:
        """Return a board that knows the history."""
        board = PriceBoard(self.names, depth=depth)
        board.warm(self.history())
        return board

    def ticks(self, every: float) -> Iterator[Tick]:
        """Yield ticks so many seconds apart, from the second after the last bar's start, without an end."""
        count = len(self.names)
        prices, volumes = self.close[-1].copy(), np.zeros(count, np.int64)
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
