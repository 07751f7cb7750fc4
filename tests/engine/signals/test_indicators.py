"""The indicators against the `ta` package."""

import numpy as np
import pandas as pd
import pytest
from ta.trend import MACD

from engine.model.technical_rules import SEED_RULES
from engine.signals.board import board_of
from tests.engine.signals.prices import A_DAY, after, assert_as_ta, history_of, part, played, walks

HISTORIES = {"random walks": walks(12 * A_DAY, 6), "long random walks": walks(21 * A_DAY, 3, seed=11)}


def sparse(bars: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return closes of one symbol that has so many bars in all, the last of them at the end of the seventh session."""
    close = np.full((7 * A_DAY, 1), np.nan)
    close[np.linspace(5, len(close) - 1, bars).astype(int), 0] = walks(bars, 1).close[:, 0]
    return close


@pytest.mark.parametrize("name", HISTORIES)
@pytest.mark.parametrize("bars", [6 * A_DAY + 1, 6 * A_DAY + 37, 9 * A_DAY, 12 * A_DAY])
def test_closed_bars_give_what_ta_gives(name: str, bars: int) -> None:
    history = part(HISTORIES[name], slice(bars))
    indicators = after(history)
    for row in range(len(history.symbols)):
        assert_as_ta(indicators, row, history.close[:, row])


def test_many_bars_one_by_one_bring_no_drift() -> None:
    history = walks(20 * A_DAY, 4, seed=5)
    indicators = played(board_of(part(history, slice(1))), history, range(1, 20 * A_DAY)).indicators()
    for row in range(4):
        assert_as_ta(indicators, row, history.close[:, row])


def test_a_symbol_with_gaps_is_read_as_if_its_missing_bars_were_not_there() -> None:
    close = walks(8 * A_DAY, 3).close.copy()
    close[: 8 * A_DAY - 1 : 7, 1] = np.nan
    close[: 2 * A_DAY, 2] = np.nan
    indicators = after(history_of(["A", "B", "C"], close))
    for row in range(3):
        assert_as_ta(indicators, row, close[np.isfinite(close[:, row]), row])


@pytest.mark.parametrize(("bars", "valid"), [(SEED_RULES.minimum_bars - 1, False), (SEED_RULES.minimum_bars, True)])
def test_a_symbol_has_no_score_until_it_has_enough_bars(bars: int, valid: bool) -> None:
    close = np.hstack([sparse(bars), walks(7 * A_DAY, 1).close])
    close[-1 - A_DAY :: -A_DAY, 0] = close[-1, 0]  # its slot of the last bar trades in each session
    missing = np.flatnonzero(np.isfinite(close[:-1, 0]))[: np.count_nonzero(np.isfinite(close[:, 0])) - bars]
    close[missing, 0] = np.nan
    assert np.count_nonzero(np.isfinite(close[:, 0])) == bars
    assert bool(after(history_of(["A", "B"], close)).valid[0]) == valid


@pytest.mark.parametrize("price", [0.01, 33.33, 150.1, 98_765.43])
def test_a_flat_series_has_no_score(price: float) -> None:
    assert not after(history_of(["A"], np.full((7 * A_DAY, 1), price))).valid[0]


@pytest.mark.parametrize(("still", "valid"), [(18, True), (19, False), (40, False)])
def test_a_halted_symbol_loses_its_score_once_the_last_20_closes_are_the_same(still: int, valid: bool) -> None:
    moving = walks(6 * A_DAY, 1).close
    close = np.vstack([moving, np.repeat(moving[-1:], still, axis=0)])
    assert bool(after(history_of(["A"], close)).valid[0]) == valid


def test_prices_that_only_rise_have_an_rsi_of_100() -> None:
    rising = np.arange(100.0, 100 + 7 * A_DAY)[:, np.newaxis]
    assert after(history_of(["A"], rising)).rsi[0] == 100


def test_low_and_high_are_those_of_the_last_bar() -> None:
    history = walks(7 * A_DAY, 2)
    indicators = after(history)
    assert indicators.low.tolist() == history.low[-1].tolist()
    assert indicators.high.tolist() == history.high[-1].tolist()
    assert indicators.bar.tolist() == [history.starts[-1]] * 2


def test_a_cross_counts_for_three_bars_and_not_for_a_fourth() -> None:
    bars = 6 * A_DAY
    still, falling, rising = np.full(bars - 60, 120.0), np.linspace(120, 100, 60), np.linspace(100, 110, 20)
    close = np.concatenate([still, falling, rising])
    histogram = MACD(pd.Series(close)).macd_diff().to_numpy()
    first = next(bar for bar in range(bars, bars + 20) if histogram[bar - 1] <= 0 < histogram[bar])
    crosses = [
        int(after(history_of(["A"], close[: bar + 1, np.newaxis])).macd_cross[0]) for bar in range(first - 1, first + 5)
    ]
    assert crosses == [0, 1, 1, 1, 0, 0]


def test_crosses_are_those_of_ta_in_both_directions() -> None:
    history = walks(10 * A_DAY, 1, seed=21)
    histogram = MACD(pd.Series(history.close[:, 0])).macd_diff().to_numpy()
    board, seen = board_of(part(history, slice(40))), set()
    for bar in range(40, 10 * A_DAY):
        played(board, history, range(bar, bar + 1))
        last, before = histogram[bar], histogram[bar - 3 : bar]
        expected = int(last > 0 and before.min() <= 0) - int(last < 0 and before.max() >= 0)
        assert board.indicators().macd_cross[0] == expected
        seen.add(expected)
    assert seen == {-1, 0, 1}
