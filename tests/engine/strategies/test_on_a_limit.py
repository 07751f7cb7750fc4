"""Where a value stands on a limit to the last bit, a history's score is the price board's all the same.

A history is walked on from its first bar, the board begins anew 20 sessions back: their averages differ in the last
bits.
"""

from collections.abc import Callable

import numpy as np
import pytest

from engine.model.market import BarHistory
from engine.model.technical_rules import SEED_RULES
from engine.signals.board import board_of
from engine.signals.technical import TechnicalScores, technical_scores
from engine.strategies.technical import technical_history
from tests.engine.strategies.markets import Market, generated
from tests.support.samples import crossed

NEIGHBOURS = 12
LOW, CLOSE = 2, 3

Put = Callable[[float], BarHistory]


def scores_of(bars: BarHistory) -> TechnicalScores:
    """Return what the board says after the last bar, from its window alone."""
    first = int(np.flatnonzero(np.diff(bars.starts) != 300)[-21] + 1)
    window = BarHistory.of(bars.symbols, bars.starts[first:], bars.stacked[:, first:])
    return technical_scores(board_of(window).indicators(), SEED_RULES)


def last_bar_with(bars: BarHistory, field: int) -> Put:
    """Return what puts a price into the last bar: its low, or its close with high and low well inside the bands."""

    def put(price: float) -> BarHistory:
        values = bars.stacked.copy()
        values[field, -1] = price
        return BarHistory.of(bars.symbols, bars.starts, values)

    return put


def limit_of(put: Put, points: Callable[[TechnicalScores], int], under: float, over: float) -> float | None:
    """Return the largest price with the points of `under`, to the bit; None where `over` has the same."""
    there = points(scores_of(put(under)))
    if points(scores_of(put(over))) == there:
        return None
    while (middle := (under + over) / 2) not in {under, over}:
        under, over = (middle, over) if points(scores_of(put(middle))) == there else (under, middle)
    return under


@pytest.mark.parametrize(("part", "seed"), crossed(["rsi", "macd", "bollinger"], range(2), most=3))
def test_a_value_on_its_limit_is_scored_as_the_board_scores_it(part: str, seed: int) -> None:
    bars = generated(Market(sessions=31, symbols=1, bar_seconds=300, half_days=0, cheapest=50, seed=seed))
    put, last = last_bar_with(bars, LOW if part == "bollinger" else CLOSE), float(bars.close[-2, 0])
    found = 0
    for under, over in ((0.9 * last, last), (last, 1.1 * last)):
        limit = limit_of(put, lambda scores: int(getattr(scores, part)[0]), under, over)
        if limit is None:
            continue
        found, price = found + 1, limit
        for _ in range(NEIGHBOURS // 2):
            price = float(np.nextafter(price, 0))
        for _ in range(NEIGHBOURS):
            there = put(price)
            assert technical_history(there, SEED_RULES)[-1, 0] == scores_of(there).total[0]
            price = float(np.nextafter(price, np.inf))
    assert found


@pytest.mark.parametrize("up", [True, False])
def test_a_move_after_a_window_in_which_nothing_moved_is_a_cross(up: bool) -> None:
    moving = generated(Market(sessions=30, symbols=40, bar_seconds=300, half_days=0, seed=3))
    values = moving.stacked.copy()
    still = 6 * 78
    values[:4, still:] = values[CLOSE, still]
    values[:4, -20:] *= 1.01 if up else 0.99
    bars = BarHistory.of(moving.symbols, moving.starts, values)
    ends = range(len(bars.starts) - 19, len(bars.starts) + 1)
    board = [scores_of(BarHistory.of(bars.symbols, bars.starts[:end], values[:, :end])).total for end in ends]
    np.testing.assert_array_equal(technical_history(bars, SEED_RULES)[-20:], board)
    assert np.any(board)
