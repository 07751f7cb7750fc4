"""Prices to test the signals with, and what the `ta` package makes of them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from ta.momentum import RSIIndicator
from ta.trend import MACD
from ta.volatility import BollingerBands

from engine.model.market import BarHistory
from engine.signals.indicators import Indicators, PriceBoard

START = 1_755_610_200  # 2025-08-19 13:30 UTC, the start of a bar and of a trading day
BAR = 300
TOLERANCE = 1e-9


def history_of(
    symbols: Sequence[str],
    close: NDArray[np.float64],
    *,
    spread: float = 0.001,
    volume: NDArray[np.float64] | None = None,
) -> BarHistory:
    """Return five-minute bars with these closes, shape (bars, symbols), each as wide as `spread` to either side."""
    return BarHistory(
        symbols=tuple(symbols),
        starts=START + BAR * np.arange(len(close)),
        open=close,
        high=close * (1 + spread),
        low=close * (1 - spread),
        close=close,
        volume=np.full(close.shape, 1000.0) if volume is None else volume,
    )


def walks(bars: int, symbols: int, *, seed: int = 7) -> BarHistory:
    """Return random walks to the cent, at prices from $2 to $900, with uneven volumes."""
    random = np.random.default_rng(seed)
    steps = random.normal(0, 0.003, (bars, symbols)).cumsum(axis=0)
    close = np.round(np.geomspace(2, 900, symbols) * np.exp(steps), 2)
    names = [f"S{number}" for number in range(symbols)]
    return history_of(names, close, volume=random.integers(1, 100_000, close.shape).astype(np.float64))


def part(history: BarHistory, bars: slice) -> BarHistory:
    """Return some of a history's bars."""
    return BarHistory(
        symbols=history.symbols,
        starts=history.starts[bars],
        open=history.open[bars],
        high=history.high[bars],
        low=history.low[bars],
        close=history.close[bars],
        volume=history.volume[bars],
    )


def warmed(history: BarHistory) -> PriceBoard:
    """Return a board of the history's symbols, warmed by it."""
    board = PriceBoard(history.symbols)
    board.warm(history)
    return board


def tick(board: PriceBoard, second: float, prices: Sequence[float] | NDArray[np.float64], volume: int = 0) -> None:
    """Give every symbol of a board a price, `second` seconds after START."""
    size = len(board.symbols)
    board.tick(
        np.arange(size),
        np.full(size, round((START + second) * 1_000_000)),
        np.array(prices, np.float64),
        np.full(size, volume),
        np.full(size, 2, np.int32),
    )


def play(board: PriceBoard, history: BarHistory, bars: range, day_volume: NDArray[np.int64]) -> NDArray[np.int64]:
    """Feed bars as ticks (open, low, high, close) and return the day's volume after them."""
    rows = board.rows_of(history.symbols)
    spreads = np.full(len(rows), 2, np.int32)
    for bar in bars:
        path = (history.open[bar], history.low[bar], history.high[bar], history.close[bar])
        day_volume = day_volume + history.volume[bar].astype(np.int64)
        for second, prices in enumerate(path):
            times = np.full(len(rows), (history.starts[bar] + 60 * second) * 1_000_000)
            board.tick(rows, times, prices, day_volume, spreads)
    return day_volume


def by_ta(close: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Return what `ta` makes of one symbol's closes, shape (bars,) each."""
    series = pd.Series(close)
    macd, bands = MACD(series), BollingerBands(series)
    return {
        "rsi": RSIIndicator(series).rsi().to_numpy(),
        "lower": bands.bollinger_lband().to_numpy(),
        "middle": bands.bollinger_mavg().to_numpy(),
        "upper": bands.bollinger_hband().to_numpy(),
        "macd": macd.macd().to_numpy(),
        "macd_signal": macd.macd_signal().to_numpy(),
    }


def assert_as_ta(indicators: Indicators, row: int, close: NDArray[np.float64]) -> None:
    """Check a row against what `ta` says of the last of these closes."""
    assert indicators.valid[row]
    for name, values in by_ta(close).items():
        np.testing.assert_allclose(getattr(indicators, name)[row], values[-1], rtol=0, atol=TOLERANCE, err_msg=name)
