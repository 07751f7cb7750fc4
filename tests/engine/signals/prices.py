"""Bars to test the signals with, and what the `ta` package makes of them."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from ta.momentum import RSIIndicator
from ta.trend import MACD
from ta.volatility import BollingerBands

from engine.model.market import BarHistory
from engine.signals.board import Board, board_of
from engine.signals.indicators import Indicators
from engine.signals.slots import Slots
from tests.support.fakes.calendar import WeekdayCalendar

BAR = 300
A_DAY = 78
"""Bars of a session."""
TOLERANCE = 1e-9
SLOTS = Slots(WeekdayCalendar(), BAR)
EVERY_START = SLOTS.between(datetime(2025, 1, 6, tzinfo=UTC), datetime(2025, 7, 1, tzinfo=UTC))

Floats = NDArray[np.float64]


def history_of(
    symbols: Sequence[str], close: Floats, *, spread: float = 0.001, volume: Floats | None = None
) -> BarHistory:
    """Return bars with these closes, shape (bars, symbols), from an open on; NaN where there is no bar."""
    shares = np.full(close.shape, 1000.0) if volume is None else volume
    shares = np.where(np.isfinite(close), shares, np.nan)
    values = np.array([close, close * (1 + spread), close * (1 - spread), close, shares])
    return BarHistory.of(symbols, EVERY_START[: len(close)], values)


def walks(bars: int, symbols: int, *, seed: int = 7, gaps: float = 0) -> BarHistory:
    """Return random walks to the cent, from $2 to $900, with uneven volumes; a part of the bars is missing (`gaps`)."""
    random = np.random.default_rng(seed)
    steps = random.normal(0, 0.003, (bars, symbols)).cumsum(axis=0)
    close = np.round(np.geomspace(2, 900, symbols) * np.exp(steps), 2)
    close[random.random(close.shape) < gaps * np.linspace(0, 2, symbols)] = np.nan
    names = [f"S{number}" for number in range(symbols)]
    return history_of(names, close, volume=random.integers(1, 100_000, close.shape).astype(np.float64))


def part(history: BarHistory, bars: slice) -> BarHistory:
    """Return some of a history's bars."""
    return BarHistory.of(history.symbols, history.starts[bars], history.stacked[:, bars])


def of_symbols(history: BarHistory, *symbols: str) -> BarHistory:
    """Return the bars of some of a history's symbols."""
    columns = [history.symbols.index(symbol) for symbol in symbols]
    return BarHistory.of(symbols, history.starts, history.stacked[:, :, columns])


def changed(history: BarHistory, **values: Floats) -> BarHistory:
    """Return a history with other values."""
    fields = ("open", "high", "low", "close", "volume")
    return BarHistory.of(
        history.symbols, history.starts, np.array([values.get(name, getattr(history, name)) for name in fields])
    )


def window(history: BarHistory, bars: int) -> BarHistory:
    """Return what a score after so many of a history's bars stands on: their session, and the 20 before it."""
    session = (bars - 1) // A_DAY
    return part(history, slice(max(0, session - 20) * A_DAY, bars))


def played(board: Board, history: BarHistory, bars: range) -> Board:
    """Let a board take in bars one after the other."""
    for bar in bars:
        board.take(part(history, slice(bar, bar + 1)))
    return board


def after(history: BarHistory) -> Indicators:
    """Return the indicators after the last bar of a window."""
    return board_of(history).indicators()


def by_ta(close: Floats) -> dict[str, Floats]:
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


def assert_as_ta(indicators: Indicators, row: int, close: Floats) -> None:
    """Check a row against what `ta` says of the last of these closes."""
    assert indicators.valid[row]
    for name, values in by_ta(close).items():
        np.testing.assert_allclose(getattr(indicators, name)[row], values[-1], rtol=0, atol=TOLERANCE, err_msg=name)


def assert_equal(one: Indicators, other: Indicators) -> None:
    """Check that two boards hold the same, bit for bit, in every row that means something."""
    np.testing.assert_array_equal(one.valid, other.valid)
    for name in Indicators.__slots__:
        mine, theirs = getattr(one, name)[one.valid], getattr(other, name)[one.valid]
        np.testing.assert_array_equal(mine, theirs, err_msg=name)
