"""The markets of the control: random walks that nobody can win on, and the demo's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.recorded.files import recorded_days
from engine.adapters.recorded.tape import SPREAD, STEP, Tape, tape_of

BAR, LOOK = 300, 30
"""Seconds of a bar, and between two looks at the price."""
LOOKS = BAR // LOOK
SESSION_BARS = 78
A_DAY = 86_400
VOLATILITY = 0.016
"""Deviation of a session of the walks: what stop and target are made for."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Paths:
    """What some symbols did over many sessions of regular trading, one after another.

    `starts` has the bars' starts (POSIX seconds), `bars` open, high, low, close and volume, shape (5, bars, symbols).
    `price` has the price at each look, shape (symbols, 10 x bars), dollars; NaN where a symbol was not listed yet.
    `session` numbers the session of each bar.
    """

    symbols: tuple[str, ...]
    starts: NDArray[np.int64]
    session: NDArray[np.int64]
    bars: Floats
    price: Floats

    @property
    def spread(self) -> Floats:
        """What a round trip loses between ask and bid, as a part of the price, shape (symbols,)."""
        usual = np.nanmedian(self.price, axis=1)
        return np.maximum(SPREAD, 0.01 / usual)


def walks(symbols: int, sessions: int, *, seed: int) -> Paths:
    """Make random walks without drift, without gaps at night, each of its own; volume knows nothing of the price."""
    dice = np.random.default_rng(seed)
    looks = SESSION_BARS * LOOKS
    deviation = VOLATILITY / np.sqrt(looks)
    steps = dice.standard_normal((symbols, sessions * looks)) * deviation - deviation**2 / 2  # so that it is fair
    price = dice.uniform(30, 300, (symbols, 1)) * np.exp(np.cumsum(steps, axis=1))
    price = np.round(price, 2)
    bars = price.reshape(symbols, -1, LOOKS)
    u_shape = 1 + 3 * np.linspace(-1, 1, SESSION_BARS) ** 2
    volume = np.tile(u_shape, sessions) * dice.lognormal(0, 0.4, (symbols, sessions * SESSION_BARS)) * 10_000
    values = np.stack([bars[:, :, 0], bars.max(axis=2), bars.min(axis=2), bars[:, :, -1], np.rint(volume)])
    number = np.arange(sessions * SESSION_BARS)
    return Paths(
        symbols=tuple(f"W{row}" for row in range(symbols)),
        starts=number // SESSION_BARS * A_DAY + number % SESSION_BARS * BAR,
        session=number // SESSION_BARS,
        bars=np.ascontiguousarray(values.transpose(0, 2, 1)),
        price=price,
    )


def demo_paths(first: date = date.min, last: date = date.max) -> Paths:
    """Read the demo's own market: every recorded day between two dates."""
    calendar, recorded = ExchangeCalendar(), recorded_days()
    days = sorted({on for known in recorded.values() for on in known if first <= on <= last})
    starts, values, prices = list[NDArray[np.int64]](), list[Floats](), list[Floats]()
    for on in days:
        hours = calendar.day(on)
        if hours is None:
            continue
        tapes = [tape_of(name, on, known[on], hours) if on in known else None for name, known in recorded.items()]
        slots = np.arange(int(hours.open.timestamp()), int(hours.close.timestamp()), BAR, dtype=np.int64)
        starts.append(slots)
        values.append(np.stack([_bars(tape, len(slots)) for tape in tapes], axis=2))
        prices.append(np.stack([_looks(tape, len(slots)) for tape in tapes]))
    return Paths(
        symbols=tuple(recorded),
        starts=np.concatenate(starts),
        session=np.repeat(np.arange(len(starts)), [len(slots) for slots in starts]),
        bars=np.concatenate(values, axis=1),
        price=np.concatenate(prices, axis=1),
    )


def _bars(tape: Tape | None, count: int) -> Floats:
    return np.full((5, count), np.nan) if tape is None else tape.bars(BAR).T


def _looks(tape: Tape | None, count: int) -> Floats:
    if tape is None:
        return np.full(count * LOOKS, np.nan)
    return tape.price[tape.opens : tape.closes : LOOK // STEP] / 100


def variance_ratio(closes: Sequence[Floats], bars: int) -> float:
    """Return how much moves over so many bars vary beside those over one, for each bar: 1 where none foretells another.

    `closes` has a session's logarithms of prices each; no move goes over a night.
    """
    long, short = (
        np.concatenate([day[size:] - day[:-size] for day in closes if len(day) > size]) for size in (bars, 1)
    )
    return float(np.mean(long**2) / np.mean(short**2) / bars)


def ratio_of(paths: Paths, symbol: int, bars: int = 12) -> float:
    """Return a symbol's variance ratio, of an hour to five minutes unless told."""
    opened, close = np.log(paths.bars[0, :, symbol]), np.log(paths.bars[3, :, symbol])
    days = np.split(np.arange(len(close)), np.flatnonzero(np.diff(paths.session)) + 1)
    return variance_ratio([np.append(opened[day[0]], close[day]) for day in days if np.isfinite(close[day[0]])], bars)
