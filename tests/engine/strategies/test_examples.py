"""The strategies that come as classes do what they say, on bars drawn by hand."""

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.model.market import BarHistory
from engine.strategies.loader import CLASSES, load
from engine.strategies.opening_range import OpeningRange
from engine.strategies.reversion import Reversion
from engine.strategies.trend import Trend

OPEN, BAR = 1_704_724_200, 300


def bars_of(*sessions: list[float]) -> BarHistory:
    """Return bars of one symbol with these closes, a list for each session; high and low are ten cents away."""
    starts = np.concatenate([OPEN + 86_400 * day + BAR * np.arange(len(one)) for day, one in enumerate(sessions)])
    close = np.array([price for session in sessions for price in session])[:, np.newaxis]
    values = np.array([close, close + 0.1, close - 0.1, close, np.full_like(close, 1000)])
    return BarHistory.of(("A",), starts.astype(np.int64), values)


def bought(tenths: NDArray[np.int8]) -> list[int]:
    return np.flatnonzero(tenths[:, 0] >= 7).tolist()


def test_trend_buys_a_close_above_the_highest_high_and_stops_so_many_ranges_under_it() -> None:
    scores = Trend(lookback=3, range_bars=2, ranges=2).scores(bars_of([100, 100, 100, 100.05, 101, 100.5, 100.5]))
    assert bought(scores.tenths) == [4]
    assert scores.stop is not None
    mean_range = (0.2 + (101.1 - 100.05)) / 2
    assert scores.stop[4, 0] == pytest.approx(2 * mean_range / 101)
    assert np.isnan(np.delete(scores.stop[:, 0], 4)).all()


def test_the_opening_range_is_broken_once_a_session_and_never_within_it() -> None:
    scores = OpeningRange(opening=2).scores(bars_of([100, 102, 101, 102.2, 103], [99, 98, 99.05, 99.2, 97]))
    assert bought(scores.tenths) == [3, 8]
    assert scores.stop is not None
    assert scores.stop[3, 0] == pytest.approx(1 - 99.9 / 102.2)
    assert scores.stop[8, 0] == pytest.approx(1 - 97.9 / 99.2)


def test_a_session_that_is_not_longer_than_the_opening_buys_nothing() -> None:
    assert bought(OpeningRange(opening=6).scores(bars_of([1, 2, 3, 4, 5, 6])).tenths) == []


def test_reversion_buys_what_fell_far_under_its_mean_and_leaves_in_time() -> None:
    calm = [100 + 0.1 * (-1) ** number for number in range(10)]
    assert bought(Reversion(bars=10).scores(bars_of([*calm, 95, 100])).tenths) == [10]
    assert Reversion().exits.longest_bars == 24


def test_a_missing_bar_is_left_out_of_every_window() -> None:
    bars = bars_of([100, 100, 100, 100, 101, 100])
    values = bars.stacked
    values[:, 2] = np.nan
    gone = BarHistory.of(bars.symbols, bars.starts, values)
    assert bought(Trend(lookback=3, range_bars=2).scores(gone).tenths) == [4]


@pytest.mark.parametrize("name", CLASSES)
def test_no_bars_have_no_scores(name: str) -> None:
    nothing = BarHistory.of(("A", "B"), np.empty(0, np.int64), np.empty((5, 0, 2)))
    assert load(name).scores(nothing).tenths.shape == (0, 2)


@pytest.mark.parametrize("name", CLASSES)
def test_a_single_bar_has_no_score(name: str) -> None:
    assert not load(name).scores(bars_of([100])).tenths.any()


def test_a_changed_number_changes_the_fingerprint_and_another_name_does_not() -> None:
    assert Trend(lookback=61).fingerprint != Trend().fingerprint
    assert Trend(name="mine").fingerprint == Trend().fingerprint
