"""A wider look at one symbol, by the `ta` package: for people to read, not for the score."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from ta.momentum import ROCIndicator, StochasticOscillator
from ta.trend import ADXIndicator, CCIIndicator, SMAIndicator
from ta.volatility import AverageTrueRange
from ta.volume import OnBalanceVolumeIndicator

from engine.model.market import BarHistory
from engine.model.signal import PanelLine

# Each line: its name, how many bars it takes (`ta` raises or makes up a value under that), and how it is computed.
_LINES: tuple[tuple[str, int, Callable[[pd.DataFrame], pd.Series]], ...] = (
    ("ATR(14)", 14, lambda bars: AverageTrueRange(bars.high, bars.low, bars.close).average_true_range()),
    ("ADX(14)", 30, lambda bars: ADXIndicator(bars.high, bars.low, bars.close).adx()),
    ("Stochastic %K(14)", 14, lambda bars: StochasticOscillator(bars.high, bars.low, bars.close).stoch()),
    ("CCI(20)", 20, lambda bars: CCIIndicator(bars.high, bars.low, bars.close).cci()),
    ("ROC(12)", 13, lambda bars: ROCIndicator(bars.close).roc()),
    ("SMA(20)", 20, lambda bars: SMAIndicator(bars.close, 20).sma_indicator()),
    ("SMA(50)", 50, lambda bars: SMAIndicator(bars.close, 50).sma_indicator()),
    ("OBV", 2, lambda bars: OnBalanceVolumeIndicator(bars.close, bars.volume).on_balance_volume()),
)


def panel(history: BarHistory) -> tuple[PanelLine, ...]:
    """Return the newest values for a history of one symbol; a line that lacks bars or has no finite value is left out.

    Raises ValueError when the history holds another number of symbols.
    """
    if len(history.symbols) != 1:
        raise ValueError(f"a panel shows one symbol, not {len(history.symbols)}")
    columns = {"high": history.high, "low": history.low, "close": history.close, "volume": history.volume}
    bars = pd.DataFrame({name: values[:, 0] for name, values in columns.items()}).dropna(ignore_index=True)
    values = ((name, float(compute(bars).iloc[-1])) for name, least, compute in _LINES if len(bars) >= least)
    return tuple(PanelLine(name=name, value=value) for name, value in values if np.isfinite(value))
