"""The bars and indicators behind a picture of one symbol, by the `ta` package: for people to see, not for the score.

Their lengths and limits are those of the score, so that a picture and its card do not contradict each other.
"""

import numpy as np
import pandas as pd
from ta.momentum import RSIIndicator
from ta.trend import MACD
from ta.volatility import BollingerBands

from engine.model.chart import Chart
from engine.model.market import BarHistory
from engine.model.technical_rules import SEED_RULES, TechnicalRules

SHOWN_BARS = 72


def bars_to_read(rules: TechnicalRules = SEED_RULES) -> int:
    """Return how many bars a picture takes: what is shown, and before it what the averages need to settle."""
    return SHOWN_BARS + 2 * rules.minimum_bars


def chart_of(history: BarHistory, rules: TechnicalRules = SEED_RULES) -> Chart:
    """Return the last good bars of a history of one symbol with their indicators; raises ValueError for too few."""
    columns = {name: getattr(history, name)[:, 0] for name in ("open", "high", "low", "close", "volume")}
    bars = pd.DataFrame(columns | {"starts": history.starts}).dropna(ignore_index=True)
    if len(bars) < rules.bollinger.bars:
        raise ValueError(f"{len(bars)} bars are too few for a picture")
    bands = BollingerBands(bars.close, rules.bollinger.bars, rules.bollinger.width)
    macd = MACD(bars.close, rules.macd.slow, rules.macd.fast, rules.macd.signal)
    bars["lower"], bars["middle"], bars["upper"] = (
        bands.bollinger_lband(),
        bands.bollinger_mavg(),
        bands.bollinger_hband(),
    )
    bars["rsi"] = RSIIndicator(bars.close, rules.rsi.bars).rsi()
    bars["macd"], bars["macd_signal"] = macd.macd(), macd.macd_signal()
    shown = bars.tail(SHOWN_BARS)
    lines = {name: shown[name].to_numpy(np.float64) for name in bars.columns if name != "starts"}
    starts = shown["starts"].to_numpy(np.int64)
    return Chart(
        symbol=history.symbols[0],
        bar_seconds=int(np.diff(starts).min()),
        starts=starts,
        rsi_limits=(rules.rsi.low, rules.rsi.high),
        **lines,
    )
