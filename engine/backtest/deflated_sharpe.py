"""How much of a Sharpe ratio is left, once it is counted how many variants were tried until it was found.

D. Bailey and M. Lopez de Prado, "The Deflated Sharpe Ratio: Correcting for Selection Bias, Backtest Overfitting and
Non-Normality", Journal of Portfolio Management 40 (5), 2014.
"""

from math import e, sqrt
from statistics import NormalDist, variance

import numpy as np
from numpy.typing import NDArray

from engine.backtest.measures import sharpe
from engine.model.evaluation import FEWEST_DAYS, DeflatedSharpe, Tried

EULER = 0.5772156649015329
"""The constant of Euler and Mascheroni."""
NORMAL = NormalDist()
FEWEST_RATIOS = 2
"""With fewer, nothing is known of how ratios vary."""


def deflated(returns: NDArray[np.float64], tried: Tried) -> DeflatedSharpe | None:
    """Return how sure a Sharpe ratio is after so many tries.

    None where too few days or still ones tell nothing, and where several were tried of which fewer than two have a
    ratio: then nobody knows how much luck there was to have.
    """
    daily, ratios = sharpe(returns, year=1), tried.sharpes
    if daily is None or len(returns) < FEWEST_DAYS or (tried.variants > 1 and len(ratios) < FEWEST_RATIOS):
        return None
    spread = sqrt(variance(ratios)) if len(ratios) > 1 else 0.0
    hurdle = spread * luckiest(tried.variants)
    standard = (returns - returns.mean()) / returns.std()
    skew, kurtosis = float((standard**3).mean()), float((standard**4).mean())
    sure = probability(daily, hurdle, days=len(returns), skew=skew, kurtosis=kurtosis)
    return DeflatedSharpe(sharpe=daily, hurdle=hurdle, variants=max(1, tried.variants), probability=sure)


def luckiest(variants: int) -> float:
    """Return what the best of so many variants without skill is expected to have, in their standard deviations."""
    if variants < 2:  # noqa: PLR2004  the best of one is that one
        return 0.0
    return (1 - EULER) * NORMAL.inv_cdf(1 - 1 / variants) + EULER * NORMAL.inv_cdf(1 - 1 / (variants * e))


def probability(daily: float, hurdle: float, *, days: int, skew: float, kurtosis: float) -> float:
    """Return how sure it is that a daily Sharpe ratio is truly over a hurdle; `kurtosis` of a normal one is 3."""
    spread = 1 - skew * daily + (kurtosis - 1) / 4 * daily**2
    if spread <= 0:  # so skewed that the estimate of the spread fails
        return 0.0
    return NORMAL.cdf((daily - hurdle) * sqrt(days - 1) / sqrt(spread))
