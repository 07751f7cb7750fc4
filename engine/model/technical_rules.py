"""The numbers of a technical score: of each indicator its lengths in bars, its limits and its points in tenths.

Where nothing else is said they are the seed's, by which every signal was scored whose record does not name its own.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class RsiRule:
    """RSI: at or under `low` it is a buy, at or over `high` a sell."""

    bars: int = 14
    low: float = 35.0
    high: float = 65.0
    tenths: int = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class BollingerRule:
    """Bollinger's bands, `width` deviations wide: a low on the lower one is a buy, a high on the upper one a sell."""

    bars: int = 20
    width: float = 2.0
    tenths: int = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class MacdRule:
    """MACD: that it crossed above its signal line `within` so many bars is a buy, below it a sell."""

    fast: int = 12
    slow: int = 26
    signal: int = 9
    within: int = 3
    tenths: int = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class VolumeRule:
    """Volume: from `least` times the usual one on (1.2 = 120 %) it adds to the direction of the other three."""

    least: float = 1.2
    tenths: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class TechnicalRules:
    """All numbers of a technical score."""

    rsi: RsiRule = field(default_factory=RsiRule)
    bollinger: BollingerRule = field(default_factory=BollingerRule)
    macd: MacdRule = field(default_factory=MacdRule)
    volume: VolumeRule = field(default_factory=VolumeRule)

    @property
    def minimum_bars(self) -> int:
        """The bars with which the slowest indicator has its first value, and a cross one bar more."""
        return max(self.macd.slow + self.macd.signal, self.bollinger.bars, self.rsi.bars + 1)


SEED_RULES = TechnicalRules()
