"""The path inside a recorded day.

Recorded are the day's open, close and volume. All between is generated, seeded by symbol and date, one point each
5 seconds: the price is a Brownian bridge from each recorded price to the next, of the day's own volatility. It is not
held at the day's recorded low and high: on a path that turns there, buying low pays without any skill.
"""

import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from math import exp, log, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from engine.adapters.recorded.files import Night, RecordedDay
from engine.model.market import Snapshot, TradingDay

STEP = 5
"""Seconds between two points of a path."""

THIN = 0.01
"""Part of a day's volume that trades before the open, and again after the close."""
EVENING = 4 / 9.5
"""Part of a night's variance that falls into the evening's extended hours; the morning's have the rest."""
MINUTES = 390
"""Minutes of a whole session."""

SPREAD = 0.0002
"""Usual spread as a part of the price, never under a cent; large companies have one or two hundredths of a percent."""
EARLY, SETTLED = 2.0, 600
"""At the open the spread is wider by this many times, which fades with this many seconds."""
EXTENDED = 4
"""How many times as wide it is outside regular trading."""
SHOWN = 0.03
"""Shares shown at the bid or the ask, as a part of what usually trades in a minute; in lots of 100."""
LOT = 100
EDITION = 14
"""Which of all possible paths is played: of 60 tried the one whose hours vary most like the average of all of them."""
QUANTILES = np.array([NormalDist().inv_cdf((number + 0.5) / 256) for number in range(256)])
"""Standard deviations by dice of 256 sides: a byte a point keeps what a quote has of chance."""
SPREADS, SIZES = np.exp(0.35 * QUANTILES), np.exp(0.8 * QUANTILES)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tape:
    """A symbol's path through a day, one point each 5 seconds from `start` (POSIX) to the end of extended trading.

    Prices are in cents, `volume` counts the shares traded before each point, `dice` has a byte each for the spread, the
    shares shown at the bid, and those at the ask, of shape (points, 3). Regular trading has the points from `opens` up
    to, without, `closes`.
    """

    start: int
    opens: int
    closes: int
    price: NDArray[np.int32]
    volume: NDArray[np.int64]
    dice: NDArray[np.uint8]
    previous_close: int | None

    def snapshot(self, symbol: str, at: datetime) -> Snapshot:
        """Return the newest point at an instant; after the day's end its last one."""
        point = min(int(at.timestamp() - self.start) // STEP, len(self.price) - 1)
        price, spread = int(self.price[point]), self._spread(point)
        bid = price - spread // 2
        return Snapshot(
            symbol=symbol,
            at=datetime.fromtimestamp(self.start + point * STEP, UTC),
            price=_dollars(price),
            volume=int(self.volume[point]),
            bid=_dollars(bid),
            ask=_dollars(bid + spread),
            bid_size=self._shown(point, 1),
            ask_size=self._shown(point, 2),
            previous_close=None if self.previous_close is None else _dollars(self.previous_close),
        )

    def bars(self, seconds: int) -> NDArray[np.float64]:
        """Return open, high, low, close (dollars) and volume of regular trading, of shape (bars, 5)."""
        points = seconds // STEP
        price = self.price[self.opens : self.closes].reshape(-1, points) / 100
        volume = np.diff(self.volume[self.opens : self.closes + 1 : points])
        return np.column_stack((price[:, 0], price.max(axis=1), price.min(axis=1), price[:, -1], volume))

    def _spread(self, point: int) -> int:
        """Return the spread in cents."""
        if self.opens <= point < self.closes:
            width = 1 + EARLY * exp(-(point - self.opens) * STEP / SETTLED)
        else:
            width = EXTENDED
        return max(1, round(int(self.price[point]) * SPREAD * width * float(SPREADS[self.dice[point, 0]])))

    def _shown(self, point: int, side: int) -> int:
        """Return the shares shown on a side of the quote: 1 is the bid, 2 the ask."""
        usual = SHOWN * int(self.volume[-1]) / MINUTES
        return LOT * max(1, round(usual * float(SIZES[self.dice[point, side]]) / LOT))


@lru_cache(maxsize=64)
def tape_of(symbol: str, on: date, day: RecordedDay, hours: TradingDay) -> Tape:
    """Generate a symbol's day between what is recorded of it."""
    start = int(hours.pre.timestamp())
    opens, closes, end = ((int(at.timestamp()) - start) // STEP for at in (hours.open, hours.close, hours.post))
    dice = _dice(symbol, on)
    return Tape(
        start=start,
        opens=opens,
        closes=closes,
        price=_prices(dice, symbol, day, opens, closes, end),
        volume=_volumes(dice, day, opens, closes, end),
        dice=dice.integers(0, 256, (end + 1, 3), np.uint8),
        previous_close=day.previous_close,
    )


def _dice(symbol: str, on: date, *more: int) -> np.random.Generator:
    return np.random.default_rng((EDITION, zlib.crc32(symbol.encode()), on.toordinal(), *more))


def _prices(
    dice: np.random.Generator, symbol: str, day: RecordedDay, opens: int, closes: int, end: int
) -> NDArray[np.int32]:
    known = {
        0: _pause(symbol, day.before),
        opens: log(day.open),
        closes - 1: log(day.close),
        end: _pause(symbol, day.after),
    }
    places, values = np.array(list(known), np.int64), np.array(list(known.values()))
    lengths = np.diff(places)
    deviations = (
        day.before.deviation * sqrt(1 - EVENING),
        day.deviation,
        day.after.deviation * sqrt(EVENING),
    )
    walk = np.zeros(end + 1)
    np.cumsum(dice.standard_normal(end) * np.repeat(deviations / np.sqrt(lengths), lengths), out=walk[1:])
    bridge = walk + np.interp(np.arange(end + 1), places, values - walk[places])
    return np.maximum(1, np.rint(np.exp(bridge))).astype(np.int32)


def _pause(symbol: str, night: Night) -> float:
    """Return the logarithm of the price in the middle of a night, where one tape ends and the next one begins."""
    close, opened = log(night.close), log(night.open)
    shock = _dice(symbol, night.on, 0).standard_normal()
    return close + EVENING * (opened - close) + night.deviation * sqrt(EVENING * (1 - EVENING)) * shock


def _volumes(dice: np.random.Generator, day: RecordedDay, opens: int, closes: int, end: int) -> NDArray[np.int64]:
    """Spread the day's volume: thin in extended hours, a U over the regular ones.

    Each five minutes and each minute have noise of their own.
    """
    minutes = end * STEP // 60 + 1
    noise = dice.lognormal(0, 0.4, minutes) * np.repeat(dice.lognormal(0, 0.35, minutes // 5 + 1), 5)[:minutes]
    noise = np.repeat(noise, 60 // STEP)[:end]
    u_shape = 1 + 3 * np.linspace(-1, 1, closes - opens) ** 2
    parts = ((noise[:opens], THIN), (noise[opens:closes] * u_shape, 1 - 2 * THIN), (noise[closes:], THIN))
    flow = np.concatenate([weights / weights.sum() * part for weights, part in parts])
    traded: NDArray[np.int64] = np.rint(np.concatenate(([0.0], np.cumsum(flow))) * day.volume).astype(np.int64)
    return traded


def _dollars(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
