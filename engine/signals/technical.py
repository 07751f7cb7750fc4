"""The technical score of all symbols at once, in tenths. A row without valid indicators scores 0."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from engine.model.signal import Component, Part, Readings, neutral_readings
from engine.model.technical_rules import SEED_RULES, TechnicalRules
from engine.signals.indicators import Flags, Indicators

# A value that stands on its limit may come out of the arithmetic a hair beside it: an RSI of 35.0000000001 is 35.
HAIR = 1e-9

Tenths = NDArray[np.int8]


@dataclass(frozen=True, kw_only=True, slots=True)
class TechnicalScores:
    """The points of every symbol in tenths, positive for a buy, as arrays of shape (symbols,); 0 where not `valid`."""

    rsi: Tenths
    bollinger: Tenths
    macd: Tenths
    volume: Tenths
    total: Tenths
    valid: Flags


def technical_scores(indicators: Indicators, rules: TechnicalRules = SEED_RULES) -> TechnicalScores:
    """Score the indicators of every symbol."""
    valid, limits = indicators.valid, rules.rsi
    rsi = _points(valid, indicators.rsi <= limits.low + HAIR, indicators.rsi >= limits.high - HAIR, limits.tenths)
    bollinger = _points(
        valid,
        indicators.low <= indicators.lower + HAIR,
        indicators.high >= indicators.upper - HAIR,
        rules.bollinger.tenths,
    )
    macd = _points(valid, indicators.macd_cross > 0, indicators.macd_cross < 0, rules.macd.tenths)
    direction = rsi + bollinger + macd
    busy = indicators.volume_ratio >= rules.volume.least - HAIR
    volume = _points(busy, direction > 0, direction < 0, rules.volume.tenths)
    return TechnicalScores(
        rsi=rsi, bollinger=bollinger, macd=macd, volume=volume, total=direction + volume, valid=valid
    )


def readings(indicators: Indicators, row: int) -> Readings:
    """Return the indicators of one symbol."""
    return Readings(
        rsi=float(indicators.rsi[row]),
        lower=float(indicators.lower[row]),
        middle=float(indicators.middle[row]),
        upper=float(indicators.upper[row]),
        low=float(indicators.low[row]),
        high=float(indicators.high[row]),
        macd=float(indicators.macd[row]),
        macd_signal=float(indicators.macd_signal[row]),
        macd_cross=int(indicators.macd_cross[row]),
        volume_ratio=float(indicators.volume_ratio[row]),
    )


def readings_at(indicators: Indicators, row: int, price: Decimal) -> Readings:
    """Return the indicators of one symbol; where too little is known, those that speak for nothing at a price."""
    return readings(indicators, row) if indicators.valid[row] else neutral_readings(price)


def components(scores: TechnicalScores, row: int) -> tuple[Component, ...]:
    """Return the parts of one symbol's score, those of 0 points included."""
    return (
        Component(part=Part.RSI, tenths=int(scores.rsi[row])),
        Component(part=Part.BOLLINGER, tenths=int(scores.bollinger[row])),
        Component(part=Part.MACD, tenths=int(scores.macd[row])),
        Component(part=Part.VOLUME, tenths=int(scores.volume[row])),
    )


def _points(counts: Flags, buy: Flags, sell: Flags, tenths: int) -> Tenths:
    """Give points for a buy, take them for a sell, and neither for both or where nothing counts."""
    return ((buy & counts).view(np.int8) - (sell & counts).view(np.int8)) * np.int8(tenths)
