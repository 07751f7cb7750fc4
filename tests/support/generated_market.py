"""Markets out of dice: random walks in the exchange's own slots, with gaps at night, missing bars, thin volume."""

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from engine.adapters.calendar import ExchangeCalendar
from engine.model.market import BarHistory
from engine.signals.slots import Slots

STEPS = 10


def generated(
    *,
    seed: int,
    symbols: int = 6,
    sessions: int = 12,
    first: date = date(2025, 6, 16),
    volatility: float = 0.03,
    night: float = 0.01,
    missing: float = 0.01,
    volume: float = 20_000,
) -> BarHistory:
    """Return bars of a few sessions; prices in whole cents, `missing` the part of bars in which nobody trades."""
    dice = np.random.default_rng(seed)
    slots, calendar = Slots(ExchangeCalendar(), 300), ExchangeCalendar()
    days, on = list[NDArray[np.int64]](), first
    while len(days) < sessions:
        if calendar.day(on) is not None:
            days.append(slots.of(on))
        on += timedelta(days=1)
    starts = np.concatenate(days)
    steps = dice.standard_normal((len(starts), STEPS, symbols)) * volatility / np.sqrt(78 * STEPS)
    opened = np.cumsum([0, *map(len, days[:-1])])
    steps[opened, 0] += dice.standard_normal((len(days), symbols)) * night
    path = np.exp(np.cumsum(steps.reshape(-1, symbols), axis=0)).reshape(steps.shape)
    price = np.maximum(np.round(dice.uniform(8, 300, symbols) * path, 2), 0.05)
    shares = np.rint(dice.lognormal(0, 0.8, (len(starts), symbols)) * volume) + 1
    values = np.stack([price[:, 0], price.max(axis=1), price.min(axis=1), price[:, -1], shares])
    values[:, dice.random((len(starts), symbols)) < missing] = np.nan
    return BarHistory.of(tuple(f"G{number}" for number in range(symbols)), starts, values)
