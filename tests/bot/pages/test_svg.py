"""Charts keep what a line shows, and labels apart."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, strategies as st

from bot.pages.svg import Scale, apart, places, thinned, upright


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_an_axis_has_a_few_round_figures_in_it(low: float, wide: float) -> None:
    scale = Scale(low=low, high=low + wide)
    assert 2 <= len(scale.ticks) <= 7
    assert all(-1e-6 <= scale.part(tick) <= 100 + 1e-6 for tick in scale.ticks)


def test_a_line_of_many_points_keeps_its_ends_and_its_extremes() -> None:
    values = np.random.default_rng(1).standard_normal(50_000).cumsum()
    values[12_345], values[33_333] = 5_000, -5_000
    kept = thinned(values)
    assert len(kept) <= 602
    assert {0, 12_345, 33_333, 49_999} <= set(kept.tolist())
    assert (np.diff(kept) > 0).all()


def test_points_that_are_no_number_are_left_out() -> None:
    values = np.array([1.0, np.nan, 3.0])
    assert places(values, Scale(low=0, high=2), Scale(low=1, high=3, is_down=True)) == [(0.0, 1000.0), (1000.0, 0.0)]
    assert thinned(np.full(5_000, np.nan)).tolist() == [0, 4_999]


@pytest.mark.parametrize("values", [[], [0.0, 0.0], [5.0], [float("nan")]])
def test_an_axis_without_a_range_has_room_all_the_same(values: list[float]) -> None:
    scale = upright([np.array(values)])
    assert scale.high > scale.low


@given(st.lists(st.floats(0, 100), min_size=1, max_size=4))
def test_labels_do_not_cover_each_other_and_stay_beside_the_chart(tops: list[float]) -> None:
    found = apart(tops, 15)
    near = sorted(found)
    assert all(lower - upper >= 15 - 1e-9 for upper, lower in pairwise(near))
    assert near[-1] <= 92.5 + 1e-9
    assert [found[at] for at in sorted(range(len(tops)), key=lambda at: tops[at])] == near
