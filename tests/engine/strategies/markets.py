"""Markets to score: walks to the cent with half-days, gaps, flat stretches, jumps, thin symbols and late listings."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.model.market import BarHistory
from engine.model.technical_rules import SEED_RULES, TechnicalRules
from engine.signals.board import Board, board_of
from engine.signals.indicators import Indicators
from engine.signals.technical import technical_scores

A_DAY = 86_400
OPEN = 1_704_119_400  # 2024-01-01 14:30 UTC


@dataclass(frozen=True, kw_only=True)
class Market:
    """How a market is generated; `bar_seconds` part a session of six and a half hours, `missing` of the bars lack."""

    sessions: int = 24
    symbols: int = 4
    bar_seconds: int = 1800
    missing: float = 0.0
    flat: float = 0.0
    jumps: float = 0.0
    half_days: float = 0.1
    late: bool = False
    cents: int = 1
    cheapest: float = 3.0
    seed: int = 0


def generated(market: Market) -> BarHistory:
    """Return the bars of a market."""
    random = np.random.default_rng(market.seed)
    starts = _starts(market, random)
    shape = len(starts), market.symbols
    steps = random.normal(0, 0.003, shape) * (random.random(shape) >= market.flat)
    steps += (random.random(shape) < market.jumps) * random.normal(0, 0.3, shape)
    for symbol in range(market.symbols):  # a stretch in which nothing moves, longer than any average remembers
        if random.random() < market.flat:
            begin = int(random.integers(0, len(starts)))
            steps[begin : begin + int(random.integers(20, 2000)), symbol] = 0
    raw = np.geomspace(market.cheapest, 300 * market.cheapest, market.symbols) * np.exp(steps.cumsum(axis=0))
    close = np.maximum(np.round(raw * 100 / market.cents) * market.cents, 1) / 100
    low = close - np.round(random.exponential(0.001, shape) * close, 2)
    high = close + np.round(random.exponential(0.001, shape) * close, 2)
    volume = np.floor(random.exponential(1000, shape)) + 1
    close[random.random(shape) < market.missing * np.linspace(0.2, 1.0, market.symbols)] = np.nan
    if market.late:
        close[: int(random.integers(1, len(starts))), -1] = np.nan
    values = np.array([close, high, low, close, volume])
    values[:, np.isnan(close)] = np.nan
    return BarHistory.of([f"S{number}" for number in range(market.symbols)], starts, values)


def as_the_board_says(bars: BarHistory, rules: TechnicalRules = SEED_RULES) -> NDArray[np.int8]:
    """Return the score after each bar by the live price board, to which the bars come one by one."""
    scores = np.zeros(bars.close.shape, np.int8)
    for number, indicators in enumerate(_after_each(bars, rules)):
        total = technical_scores(indicators, rules).total
        scores[number] = np.where(indicators.bar == bars.starts[number], total, 0)
    return scores


def as_the_board_knows(bars: BarHistory, rules: TechnicalRules = SEED_RULES) -> NDArray[np.bool_]:
    """Tell after which bars the live price board has a score."""
    known = np.zeros(bars.close.shape, bool)
    for number, indicators in enumerate(_after_each(bars, rules)):
        known[number] = indicators.valid & (indicators.bar == bars.starts[number])
    return known


def _after_each(bars: BarHistory, rules: TechnicalRules) -> Iterator[Indicators]:
    step = int(np.diff(bars.starts).min())
    board: Board = board_of(_bars(bars, slice(1)), bar_seconds=step, rules=rules)
    for number in range(len(bars.starts)):
        if number:
            board.take(_bars(bars, slice(number, number + 1)))
        yield board.indicators()


def _bars(history: BarHistory, which: slice) -> BarHistory:
    return BarHistory.of(history.symbols, history.starts[which], history.stacked[:, which])


def _starts(market: Market, random: np.random.Generator) -> NDArray[np.int64]:
    slots = int(6.5 * 3600) // market.bar_seconds
    days = [
        OPEN + A_DAY * day + market.bar_seconds * np.arange(slots // 2 if random.random() < market.half_days else slots)
        for day in range(market.sessions)
    ]
    return np.concatenate(days).astype(np.int64)
