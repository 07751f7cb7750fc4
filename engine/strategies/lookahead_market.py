"""Bars on which a strategy is checked: generated, with trends, half-days, missing bars and a late listing."""

from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from engine.model.market import EXCHANGE_ZONE, BarHistory
from engine.signals.averages import Floats

SYMBOLS = ("ALFA", "BETA", "GAMA", "DELT")
BAR_SECONDS = 300
SLOTS, HALF = 78, 42
HALF_DAYS, MISSING = 0.08, 0.01
FIRST_DAY, SATURDAY = date(2024, 1, 8), 5


def market_of(sessions: int, *, seed: int) -> BarHistory:
    """Return so many sessions of five-minute bars of four symbols."""
    random = np.random.default_rng(seed)
    starts = _starts(sessions, random)
    shape = len(starts), len(SYMBOLS)
    drift = np.repeat(random.normal(0, 0.0006, (len(starts) // 25 + 1, len(SYMBOLS))), 25, axis=0)[: len(starts)]
    close = np.array([20, 90, 250, 600]) * np.exp((drift + random.normal(0, 0.0015, shape)).cumsum(axis=0))
    opened = np.concatenate([close[:1], close[:-1]]) * np.exp(random.normal(0, 0.0004, shape))
    high = np.maximum(opened, close) * np.exp(random.exponential(0.0006, shape))
    low = np.minimum(opened, close) * np.exp(-random.exponential(0.0006, shape))
    values = np.array([*np.round((opened, high, low, close), 2), np.floor(random.lognormal(9, 0.8, shape)) + 1])
    values[:, random.random(shape) < MISSING] = np.nan
    values[:, : SLOTS // 2, -1] = np.nan
    return BarHistory.of(SYMBOLS, starts, _sound(values))


def _sound(values: Floats) -> Floats:
    """Let a bar's high and low hold its open and close after they were rounded to the cent."""
    values[1], values[2] = values[:4].max(axis=0), values[:4].min(axis=0)
    return values


def _starts(sessions: int, random: np.random.Generator) -> NDArray[np.int64]:
    days, day = list[NDArray[np.int64]](), FIRST_DAY
    while len(days) < sessions:
        if day.weekday() < SATURDAY:
            opens = int(datetime.combine(day, time(9, 30), EXCHANGE_ZONE).astimezone(UTC).timestamp())
            slots = HALF if random.random() < HALF_DAYS else SLOTS
            days.append(opens + BAR_SECONDS * np.arange(slots, dtype=np.int64))
        day += timedelta(days=1)
    return np.concatenate(days)
