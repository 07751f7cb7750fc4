"""The path inside a recorded day.

Only the day's open, high, low, close and volume are real. Between them the price is Brownian motion, one point each
5 seconds, seeded by symbol and date, pinned to the recorded prices and folded back at the day's low and high.
"""

import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.adapters.recorded.files import RecordedDay
from engine.model.market import Snapshot, TradingDay

STEP = 5
"""Seconds between two points of a path."""

ROUGHNESS = 0.5
"""Deviation of a day's free walk, as a part of the day's range; extended hours move a fifth as much."""
THIN = 0.01
"""Part of a day's volume that trades before the open, and again after the close."""
PAD = 0.001
"""How far extended hours stray from the closes and opens that they join, as a part of the price."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tape:
    """A symbol's path through a day, one point each 5 seconds from `start` (POSIX) to the end of extended trading.

    Prices and spreads are in cents, `volume` counts the shares traded before each point. Regular trading has the points
    from `opens` up to, without, `closes`.
    """

    start: int
    opens: int
    closes: int
    price: NDArray[np.int32]
    volume: NDArray[np.int64]
    spread: NDArray[np.int8]

    def snapshot(self, symbol: str, at: datetime) -> Snapshot:
        """Return the newest point at an instant; after the day's end its last one."""
        point = min(int(at.timestamp() - self.start) // STEP, len(self.price) - 1)
        price, spread = int(self.price[point]), int(self.spread[point])
        bid = price - spread // 2
        return Snapshot(
            symbol=symbol,
            at=datetime.fromtimestamp(self.start + point * STEP, UTC),
            price=_dollars(price),
            volume=int(self.volume[point]),
            bid=_dollars(bid),
            ask=_dollars(bid + spread),
        )

    def bars(self, seconds: int) -> NDArray[np.float64]:
        """Return open, high, low, close (dollars) and volume of regular trading, of shape (bars, 5)."""
        points = seconds // STEP
        price = self.price[self.opens : self.closes].reshape(-1, points) / 100
        volume = np.diff(self.volume[self.opens : self.closes + 1 : points])
        return np.column_stack((price[:, 0], price.max(axis=1), price.min(axis=1), price[:, -1], volume))


@lru_cache(maxsize=64)
def tape_of(symbol: str, on: date, day: RecordedDay, hours: TradingDay) -> Tape:
    """Interpolate a symbol's day."""
    start = int(hours.pre.timestamp())
    opens, closes, end = ((int(at.timestamp()) - start) // STEP for at in (hours.open, hours.close, hours.post))
    dice = np.random.default_rng((zlib.crc32(symbol.encode()), on.toordinal()))
    return Tape(
        start=start,
        opens=opens,
        closes=closes,
        price=_prices(dice, day, opens, closes, end),
        volume=_volumes(dice, day, opens, closes, end),
        spread=dice.integers(1, 3, end + 1, np.int8, endpoint=True),
    )


def _prices(dice: np.random.Generator, day: RecordedDay, opens: int, closes: int, end: int) -> NDArray[np.int32]:
    places, known = _known(dice, day, opens, closes, end)
    lengths = (opens, closes - opens, end + 1 - closes)
    pad = max(1, round(PAD * day.close))
    low = np.repeat((min(day.previous, day.open) - pad, day.low, day.close - pad), lengths)
    high = np.repeat((max(day.previous, day.open) + pad, day.high, day.close + pad), lengths)
    sigma = ROUGHNESS * (day.high - day.low) / np.sqrt(closes - opens)
    walk = np.cumsum(dice.standard_normal(end + 1) * np.repeat((sigma / 5, sigma, sigma / 5), lengths))
    pinned = walk + np.interp(np.arange(end + 1), places, known - walk[places])
    return np.rint(_folded(pinned, low, high)).astype(np.int32)


def _known(
    dice: np.random.Generator, day: RecordedDay, opens: int, closes: int, end: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the points whose price is known, and the prices.

    Which extreme came first is not recorded; a day that rose most likely had its low first.
    """
    first, second = (day.low, day.high) if day.close > day.open else (day.high, day.low)
    early, late = dice.uniform((0.05, 0.55), (0.45, 0.95))
    known = {
        0: day.previous,
        opens: day.open,
        opens + int((closes - opens) * early): first,
        opens + int((closes - opens) * late): second,
        closes - 1: day.close,
        end: day.close,
    }
    return np.array(list(known), np.int64), np.array(list(known.values()), np.int64)


def _folded(values: NDArray[np.float64], low: NDArray[np.int64], high: NDArray[np.int64]) -> NDArray[np.float64]:
    """Reflect what leaves its bounds back between them, as often as it takes."""
    span = high - low
    folded: NDArray[np.float64] = low + span - np.abs((values - low) % (2 * span) - span)
    return folded


def _volumes(dice: np.random.Generator, day: RecordedDay, opens: int, closes: int, end: int) -> NDArray[np.int64]:
    """Spread the day's volume: thin in extended hours, a U over the regular ones, each minute with noise of its own."""
    minutes = np.repeat(dice.lognormal(0, 0.5, end * STEP // 60 + 1), 60 // STEP)[:end]
    u_shape = 1 + 3 * np.linspace(-1, 1, closes - opens) ** 2
    parts = ((minutes[:opens], THIN), (minutes[opens:closes] * u_shape, 1 - 2 * THIN), (minutes[closes:], THIN))
    flow = np.concatenate([weights / weights.sum() * part for weights, part in parts])
    traded: NDArray[np.int64] = np.rint(np.concatenate(([0.0], np.cumsum(flow))) * day.volume).astype(np.int64)
    return traded


def _dollars(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
