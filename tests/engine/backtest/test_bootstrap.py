"""How far off a mean may be: as often as it says, and by blocks as long as they must be."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.backtest.bootstrap import block_length, mean_interval

Numbers = NDArray[np.float64]


def stops_and_targets(random: np.random.Generator, count: int) -> Numbers:
    return np.where(random.random(count) < 1 / 3, 2.0, -1.0)


def fat_tails(random: np.random.Generator, count: int) -> Numbers:
    return random.standard_t(4, count)


def echoing(random: np.random.Generator, count: int, *, echo: float = 0.5) -> Numbers:
    shocks = random.standard_normal(count + 100)
    for at in range(1, len(shocks)):
        shocks[at] += echo * shocks[at - 1]
    return shocks[100:]


@pytest.mark.parametrize("draw", [stops_and_targets, fat_tails, echoing])
def test_the_interval_holds_the_true_mean_about_as_often_as_it_says(
    draw: Callable[[np.random.Generator, int], Numbers],
) -> None:
    random = np.random.default_rng(5)
    found = [mean_interval(draw(random, 120), seed=run) for run in range(200)]
    held = sum(each is not None and each.low <= 0 <= each.high for each in found)
    assert held >= 172  # 95 % of 200 are 190, and those that echo are known to be too narrow at so few


def test_blocks_are_of_one_where_nothing_echoes_and_longer_the_more_it_does() -> None:
    random = np.random.default_rng(2)
    lengths = [
        np.mean([block_length(echoing(random, 1_000, echo=echo)) for _ in range(20)]) for echo in (0.0, 0.3, 0.7)
    ]
    assert lengths[0] < 4 < lengths[1] < lengths[2]


def test_an_interval_without_blocks_would_be_too_sure_of_what_echoes() -> None:
    values = echoing(np.random.default_rng(4), 2_000, echo=0.7)
    shuffled = np.random.default_rng(4).permutation(values)
    wide, narrow = mean_interval(values, seed=1), mean_interval(shuffled, seed=1)
    assert wide is not None
    assert narrow is not None
    # The mean of such figures varies by (1 + 0.7) / (1 - 0.7) = 5.7 times as much, which is 2.4 times as far.
    assert 1.7 < (wide.high - wide.low) / (narrow.high - narrow.low) < 3


def test_the_same_figures_and_seed_give_the_same_interval() -> None:
    values = stops_and_targets(np.random.default_rng(1), 50)
    assert mean_interval(values, seed=3) == mean_interval(values, seed=3)
    assert mean_interval(values, seed=3) != mean_interval(values, seed=4)


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2, 3, 4], [-1.0] * 40], ids=["none", "one", "four", "all alike"])
def test_what_cannot_be_drawn_from_has_no_interval(values: list[float]) -> None:
    assert mean_interval(np.array(values), seed=1) is None


def test_five_figures_have_an_interval_around_their_mean() -> None:
    found = mean_interval(np.array([2.0, -1, -1, 2, -1]), seed=1)
    assert found is not None
    assert found.mean == pytest.approx(0.2)
    assert found.low < found.mean < found.high
    assert np.isfinite([found.low, found.high]).all()


def test_a_hundred_thousand_trades_take_little_memory_and_give_a_narrow_interval() -> None:
    found = mean_interval(stops_and_targets(np.random.default_rng(1), 100_000) + 0.1, seed=1)
    assert found is not None
    assert 0.05 < found.low < found.high < 0.15


@pytest.mark.parametrize("pattern", [[2.0, -1], [2.0, -1, -1, 3], [1.0, -1, -1, 1]])
def test_gains_that_always_follow_losses_make_no_mean_surer(pattern: list[float]) -> None:
    values = np.array(pattern * 20)
    found, mixed = (mean_interval(each, seed=1) for each in (values, np.random.default_rng(2).permutation(values)))
    assert found is not None
    assert mixed is not None
    assert found.high - found.low >= 0.8 * (mixed.high - mixed.low)
