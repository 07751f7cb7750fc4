"""What is left of a Sharpe ratio, with the figures of the paper that the method is from."""

from math import sqrt

import numpy as np
import pytest

from engine.backtest.deflated_sharpe import deflated, luckiest, probability
from engine.model.evaluation import Tried


def test_the_example_of_bailey_and_lopez_de_prado_comes_out() -> None:
    # Their section "A numerical example": 2.5 a year of 250 days, five years, 100 tries that vary by 1/2 a year.
    hurdle = sqrt(1 / (2 * 250)) * luckiest(100)
    assert hurdle == pytest.approx(0.1132, abs=0.0001)
    found = probability(2.5 / sqrt(250), hurdle, days=1250, skew=-3, kurtosis=10)
    assert found == pytest.approx(0.9004, abs=0.0001)


def test_of_46_tries_alone_it_would_have_been_95_percent() -> None:
    hurdle = sqrt(1 / (2 * 250)) * luckiest(46)
    assert probability(2.5 / sqrt(250), hurdle, days=1250, skew=-3, kurtosis=10) == pytest.approx(0.9505, abs=0.0005)


@pytest.mark.parametrize("variants", [2, 10, 1_000])
def test_the_luckiest_of_many_is_about_as_lucky_as_drawing_them_shows(variants: int) -> None:
    drawn = np.random.default_rng(3).standard_normal((4_000, variants)).max(axis=1).mean()
    assert luckiest(variants) == pytest.approx(drawn, abs=0.08)


def test_the_more_was_tried_the_less_is_left() -> None:
    returns = np.random.default_rng(8).normal(0.001, 0.01, 500)
    ratios = tuple(np.random.default_rng(9).normal(0, 0.05, 200))
    left = [deflated(returns, Tried(variants=count, sharpes=ratios[:count])) for count in (1, 10, 200)]
    sure = [each.probability for each in left if each]
    assert sure[0] > sure[1] > sure[2]
    assert left[0] is not None
    assert left[0].hurdle == 0


def test_variants_without_a_ratio_of_their_own_count_as_tries() -> None:
    returns = np.random.default_rng(8).normal(0.001, 0.01, 500)
    few, many = (deflated(returns, Tried(variants=count, sharpes=(0.01, 0.05, -0.02))) for count in (3, 300))
    assert few is not None
    assert many is not None
    assert many.probability < few.probability


@pytest.mark.parametrize("returns", [[], [0.01, -0.01] * 9, [0.0] * 40, [0.01] * 40])
def test_too_few_days_and_still_ones_tell_nothing(returns: list[float]) -> None:
    assert deflated(np.array(returns), Tried(variants=1, sharpes=())) is None
