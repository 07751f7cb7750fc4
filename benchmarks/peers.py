"""The same indicators by other libraries: RSI(14), Bollinger(20, 2), MACD(12, 26, 9) and the 20-bar volume average.

Each peer gets what suits it: arrays by symbol for TA-Lib, series for `ta`, objects that are fed once and then moved on
for talipp, one long frame for polars.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import talib
import talipp.indicators as talipp
from ta.momentum import RSIIndicator
from ta.trend import MACD
from ta.volatility import BollingerBands

from benchmarks.universe import Universe

TA_SYMBOLS = 50
TALIPP_SYMBOLS = 200


class Peers:
    """Each method computes the newest values of all symbols, as far as the method says so."""

    def __init__(self, universe: Universe) -> None:
        self._universe = universe
        self.closes = np.ascontiguousarray(universe.close.T)
        self.volumes = np.ascontiguousarray(universe.volume.T)

    def ta_lib(self) -> None:
        """Compute all symbols in a loop over TA-Lib."""
        for close, volume in zip(self.closes, self.volumes, strict=True):
            talib.RSI(close, 14)
            talib.BBANDS(close, 20, 2, 2)
            talib.MACD(close, 12, 26, 9)
            talib.SMA(volume, 20)

    def ta(self) -> None:
        """Compute `TA_SYMBOLS` symbols in a loop over ta."""
        for close, volume in self._series:
            RSIIndicator(close).rsi()
            bands = BollingerBands(close)
            bands.bollinger_hband()
            bands.bollinger_lband()
            macd = MACD(close)
            macd.macd()
            macd.macd_signal()
            volume.rolling(20).mean()

    def talipp(self) -> None:
        """Move `TALIPP_SYMBOLS` symbols' newest value, as a tick within a bar does."""
        for price, indicators in self._objects:
            for indicator in indicators:
                indicator.update(price)

    def polars(self) -> None:
        """Compute all symbols in one query of polars."""
        close, volume = pl.col("close"), pl.col("volume")
        change = close.diff()
        fast, slow = close.ewm_mean(span=12, adjust=False), close.ewm_mean(span=26, adjust=False)
        self._frame.group_by("symbol", maintain_order=True).agg(
            change.clip(lower_bound=0).ewm_mean(alpha=1 / 14, adjust=False).last().alias("gain"),
            (-change).clip(lower_bound=0).ewm_mean(alpha=1 / 14, adjust=False).last().alias("loss"),
            close.tail(20).mean().alias("middle"),
            close.tail(20).std(ddof=0).alias("deviation"),
            (fast - slow).last().alias("macd"),
            (fast - slow).ewm_mean(span=9, adjust=False).last().alias("signal"),
            volume.tail(20).mean().alias("volume"),
        )

    def of_all(self, symbols: int) -> float:
        """Return by how much the time for some symbols is multiplied to stand for all."""
        return len(self._universe.names) / symbols

    @cached_property
    def _series(self) -> list[tuple[pd.Series, pd.Series]]:
        pairs = zip(self.closes[:TA_SYMBOLS], self.volumes[:TA_SYMBOLS], strict=True)
        return [(pd.Series(close), pd.Series(volume)) for close, volume in pairs]

    @cached_property
    def _objects(self) -> list[tuple[float, list[Any]]]:
        def fed(close: list[float]) -> list[Any]:
            makers: tuple[Callable[[], Any], ...] = (
                lambda: talipp.RSI(14, input_values=close),
                lambda: talipp.BB(20, 2, input_values=close),
                lambda: talipp.MACD(12, 26, 9, input_values=close),
                lambda: talipp.SMA(20, input_values=close),
            )
            return [make() for make in makers]

        return [(float(close[-1]), fed(close.tolist())) for close in self.closes[:TALIPP_SYMBOLS]]

    @cached_property
    def _frame(self) -> pl.DataFrame:
        count, bars = self.closes.shape
        return pl.DataFrame(
            {
                "symbol": np.repeat(np.arange(count), bars),
                "close": self.closes.ravel(),
                "volume": self.volumes.ravel(),
            }
        )
