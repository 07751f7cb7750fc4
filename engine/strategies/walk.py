"""The direction of a technical score after each bar, for many stretches of bars side by side.

Rounded otherwise than on the price board, which begins its averages anew with every session: so each point is given
with a word on whether it stands so near a limit that the board might see it on the other side.
"""

from dataclasses import dataclass
from enum import Enum, auto
from math import ceil, log

import numpy as np
from numpy.typing import NDArray

from engine.model.technical_rules import TechnicalRules
from engine.signals.averages import Averages, Floats, Whole, moved_lines, start
from engine.signals.technical import HAIR
from engine.strategies.sessions import OwnBars
from engine.strategies.windows import rolling

# What the beginning of an average may still count when another beginning is as good: less than rounding does.
FORGOTTEN = 1e-16

# Nearer to a limit than this, a score is worked out as the board does. Each is a hundred times what rounding and a
# forgotten beginning make: RSI in points; MACD less its signal and the bands as parts of the price.
NEAR_RSI = 1e-6
NEAR_CROSS = 1e-12
NEAR_BAND = 1e-8
# Under these, RSI's changes and the bands' width are too small a part of the price to be measured so.
LEAST_CHANGE = 1e-8
LEAST_DEVIATION = 1e-6

ROWS, COLUMNS = 64, 512
"""What is walked at once, so that it stays in the processor's cache."""

Flags = NDArray[np.bool_]
Tenths = NDArray[np.int8]


class Indicator(Enum):
    """What a walk looks at."""

    RSI = auto()
    BANDS = auto()
    MACD = auto()


ALL = frozenset(Indicator)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretches:
    """Stretches of symbols' own bars, arrays of shape (stretches,): averages begin at `begin`, scores at `first`.

    The last score is that of the bar before `end`. `symbol` is the column of the symbol.
    """

    symbol: Whole
    begin: Whole
    first: Whole
    end: Whole

    def part(self, which: slice) -> "Stretches":
        """Return some of them."""
        return Stretches(
            symbol=self.symbol[which], begin=self.begin[which], first=self.first[which], end=self.end[which]
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Directions:
    """What RSI, bands and MACD say after each of the symbols' own bars, arrays of shape (most bars, symbols).

    `flat` says that the bands' closes are all the same, `near` that a point stands too near a limit to be sure of.
    """

    tenths: Tenths
    flat: Flags
    near: Flags


def bars_until_forgotten(rules: TechnicalRules) -> int:
    """Return the bars after which averages no longer show where they began."""
    slowest = min(1 / rules.rsi.bars, 2 / (rules.macd.slow + 1), 2 / (rules.macd.fast + 1), 2 / (rules.macd.signal + 1))
    forgotten = ceil(log(FORGOTTEN) / log(1 - slowest)) if slowest < 1 else 1
    return max(forgotten, rules.bollinger.bars)  # the bands forget nothing until they have bars of their own


def walk(
    own: OwnBars, stretches: Stretches, rules: TechnicalRules, into: Directions, only: frozenset[Indicator] = ALL
) -> None:
    """Walk along stretches and write what some indicators say into its place."""
    for first in range(0, len(stretches.symbol), COLUMNS):
        _walk(own, stretches.part(slice(first, first + COLUMNS)), rules, into, only)


def _walk(
    own: OwnBars, stretches: Stretches, rules: TechnicalRules, into: Directions, only: frozenset[Indicator]
) -> None:
    size = own.close.shape[1]
    warm, long = int((stretches.first - stretches.begin).max()), int((stretches.end - stretches.first).max())
    behind = rules.bollinger.bars - 1
    opening = own.close[stretches.begin, stretches.symbol]
    closes, averages = np.repeat(opening[np.newaxis], behind, axis=0), start(opening)
    signs = _Signs(rules.macd.within, len(stretches.symbol))
    for row in range(-warm, long, ROWS):
        numbers = stretches.first + np.arange(row, min(row + ROWS, long))[:, np.newaxis]
        places = np.clip(numbers, stretches.begin, stretches.end - 1) * size + stretches.symbol
        closes = np.concatenate([closes[-behind:], own.close.reshape(-1)[places]])
        block = closes[-len(numbers) :]
        lines, macd, signals = moved_lines(averages, block, numbers[0] - stretches.begin, rules)
        gain, loss, fast, slow = lines[-1]
        averages = Averages(block[-1], gain, loss, fast, slow, macd[-1], signals[-1])
        points, near, flat = np.zeros(block.shape, np.int8), np.zeros(block.shape, bool), np.zeros(block.shape, bool)
        if Indicator.MACD in only:
            crossed, near = signs.crossed(macd - signals, block)
            points += crossed * np.int8(rules.macd.tenths)
        if row + len(numbers) <= 0:
            continue
        scored = (numbers >= stretches.first) & (numbers < stretches.end)
        at = places[scored]
        if Indicator.RSI in only:
            near |= _rsi(lines[:, 0], lines[:, 1], block, rules, points)
        if Indicator.BANDS in only:
            low, high = own.low.reshape(-1)[places], own.high.reshape(-1)[places]
            flat, close_by = _bands(closes, behind, low, high, rules, points)
            near |= close_by
        into.tenths.reshape(-1)[at] = points[scored]
        into.flat.reshape(-1)[at] = flat[scored]
        into.near.reshape(-1)[at] = (near & ~flat)[scored]


def _rsi(gain: Floats, loss: Floats, close: Floats, rules: TechnicalRules, points: Tenths) -> Flags:
    """Add RSI's points, and tell where they are in doubt."""
    rule, total = rules.rsi, gain + loss
    with np.errstate(divide="ignore", invalid="ignore"):
        rsi = 100 * gain / total
    points += _points(rsi <= rule.low + HAIR, rsi >= rule.high - HAIR, rule.tenths)
    near: Flags = np.abs(rsi - rule.low) <= NEAR_RSI
    near |= np.abs(rsi - rule.high) <= NEAR_RSI
    near |= total <= LEAST_CHANGE * close
    return near


def _bands(
    closes: Floats, behind: int, low: Floats, high: Floats, rules: TechnicalRules, points: Tenths
) -> tuple[Flags, Flags]:
    """Add the bands' points; tell where the closes are all the same, and where the points are in doubt."""
    rule, close = rules.bollinger, closes[behind:]
    moved = np.diff(closes, axis=0) != 0
    flat = ~rolling(moved, rule.bars - 1, np.logical_or)
    apart = closes - closes[behind]
    middle = rolling(apart, rule.bars, np.add) / rule.bars
    variance = rolling(apart * apart, rule.bars, np.add) / rule.bars - middle * middle
    deviation = np.sqrt(np.maximum(variance, 0))
    width = rule.width * deviation
    middle += closes[behind]
    over_lower, over_upper = low - (middle - width), high - (middle + width)
    points += _points(over_lower <= HAIR, over_upper >= -HAIR, rule.tenths)
    tolerance = NEAR_BAND * close
    near: Flags = np.abs(over_lower - HAIR) <= tolerance
    near |= np.abs(over_upper + HAIR) <= tolerance
    near |= deviation <= LEAST_DEVIATION * close
    return flat, near


class _Signs:
    """On which side of its signal line MACD was after the last bars."""

    def __init__(self, within: int, size: int) -> None:
        self._above, self._below = np.zeros((2, within, size), bool)
        self._near = np.ones((within, size), bool)
        self._within = within

    def crossed(self, histogram: Floats, close: Floats) -> tuple[Tenths, Flags]:
        """Return +1 where MACD crossed above within the last bars, -1 where below; and where that is in doubt."""
        within = self._within
        above = np.concatenate([self._above, histogram > 0])
        below = np.concatenate([self._below, histogram < 0])
        near = np.concatenate([self._near, np.abs(histogram) <= NEAR_CROSS * close])
        self._above, self._below, self._near = (kept[-within:] for kept in (above, below, near))
        up = above[within:] & ~rolling(above[:-1], within, np.logical_and)
        down = below[within:] & ~rolling(below[:-1], within, np.logical_and)
        return up.view(np.int8) - down.view(np.int8), rolling(near, within + 1, np.logical_or)


def _points(buy: Flags, sell: Flags, tenths: int) -> Tenths:
    return (buy.view(np.int8) - sell.view(np.int8)) * np.int8(tenths)
