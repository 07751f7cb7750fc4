"""How far off a mean may be, where its figures are not independent: trades that follow each other share a market.

Blocks of neighbours are drawn with replacement, from a ring of the figures, so that each is drawn as often as any other
(circular block bootstrap: Politis & Romano 1992). How long a block must be is read off the autocorrelation (Politis &
White 2004, with the correction of Patton, Politis & White 2009): 1 where there is none.

The interval is of Student's kind: each draw's distance from the mean is measured by its own spread. Results with a stop
and a target are skewed, and the plain interval of percentiles is too narrow for a few dozen of them.
"""

from math import ceil, log10, sqrt

import numpy as np
from numpy.typing import NDArray

from engine.model.evaluation import Interval

RESAMPLES = 2_000
"""Draws of as many figures as there are: the ends of the interval are then exact to about a sixtieth of its width."""
FEWEST_RESAMPLES = 500
"""Draws of very many figures, of whose mean the ends are near anyway."""
AT_ONCE = 2_000_000
"""Blocks drawn at once: more would take more memory, and change nothing."""
IN_ALL = 4_000_000
"""Blocks drawn, about: a tenth of a second."""
FEWEST = 5
"""Figures with which there is anything to draw from."""
CONFIDENCE = 0.95
MOST_TRADES = 2_000
"""Of how many of a desk's trades, the newest, an interval is drawn: an answer waits for no more."""
SEED = 17
"""Of the draws of a desk's trades: the same trades have the same interval whoever asks."""
ROUNDING = 1e-9
"""A spread that is less, as a part of the whole one, is none."""

Numbers = NDArray[np.float64]


def mean_interval(values: Numbers, *, seed: int) -> Interval | None:
    """Return between what the mean of figures, in the order of time, lies; None for fewer than five, or all alike."""
    count = len(values)
    if count < FEWEST or float(np.ptp(values)) == 0:
        return None
    mean = float(values.mean())
    centred = values - mean
    block = block_length(values)
    if _standard_error(centred, block) < _standard_error(centred, 1):
        block = 1  # gains that follow losses would make the mean look surer than its figures are
    error = _standard_error(centred, block)
    tail = (1 - CONFIDENCE) / 2
    least, most = np.quantile(_distances(centred, block, np.random.default_rng(seed)), (tail, 1 - tail))
    return Interval(
        mean=mean,
        low=mean - float(most) * error,
        high=mean - float(least) * error,
        count=count,
        block=block,
        confidence=CONFIDENCE,
    )


def block_length(values: Numbers) -> int:
    """Return the length of blocks with which the mean of a ring's draws varies most nearly as it does in truth."""
    count = len(values)
    centred = values - values.mean()
    longest = min(count - 1, ceil(sqrt(count)) + _run(count))
    if longest < 1 or not centred.any():
        return 1
    covariances = np.array([centred[lag:] @ centred[: count - lag] for lag in range(longest + 1)]) / count
    reach = min(longest, 2 * _last_correlated(covariances / covariances[0], count))
    lags = np.arange(1, reach + 1)
    weights = np.clip(2 * (1 - lags / max(reach, 1)), 0, 1)  # a flat top, then down to nothing
    variance = covariances[0] + 2 * float(weights @ covariances[1 : reach + 1])
    slope = 2 * float((weights * lags) @ covariances[1 : reach + 1])
    if variance <= 0:
        return _most(count)
    best = (2 * slope**2 / (4 / 3 * variance**2)) ** (1 / 3) * count ** (1 / 3)
    return int(min(max(1, round(best)), _most(count)))


def _last_correlated(correlations: Numbers, count: int) -> int:
    """Return the last lag before a run of correlations that are no more than chance, the last that is more if none."""
    run, chance = _run(count), 2 * sqrt(log10(count) / count)
    small = np.abs(correlations[1:]) < chance
    for lag in range(len(small) - run + 1):
        if small[lag : lag + run].all():
            return lag
    large = np.flatnonzero(~small)
    return int(large[-1]) + 1 if len(large) else 0


def _run(count: int) -> int:
    return max(5, ceil(sqrt(log10(count))))


def _most(count: int) -> int:
    """Return the longest block that leaves enough of them to be drawn."""
    return max(1, min(ceil(3 * sqrt(count)), count // 3))


def _standard_error(centred: Numbers, block: int) -> float:
    """Return the standard error of the mean, by how the sums of a ring's blocks vary."""
    sums = _ring_sums(centred, block)
    return sqrt(float((sums**2).mean()) / block / max(1, len(centred) - block))


def _distances(centred: Numbers, block: int, random: np.random.Generator) -> Numbers:
    """Return how far each draw's mean is from nought, in standard errors of that draw.

    A draw is of whole blocks, as many as fit in with the last one's end over: its mean is over all that it drew.
    """
    sums = _ring_sums(centred, block)
    blocks = ceil(len(centred) / block)
    draws = min(RESAMPLES, max(FEWEST_RESAMPLES, IN_ALL // blocks))
    rows = max(1, AT_ONCE // blocks)
    parts = []
    for first in range(0, draws, rows):
        drawn = sums[random.integers(len(sums), size=(min(rows, draws - first), blocks))]
        spread = drawn.std(axis=1, ddof=1)
        far = drawn.mean(axis=1)
        told = spread > ROUNDING * sums.std()  # a draw of blocks that are all alike tells nothing
        parts.append(far[told] / (spread[told] / sqrt(blocks)))
    return np.concatenate(parts)


def _ring_sums(centred: Numbers, block: int) -> Numbers:
    """Return the sum of the block that begins with each figure, where the first follows the last."""
    summed = np.concatenate(((0.0,), np.cumsum(np.concatenate((centred, centred[: block - 1])))))
    sums: Numbers = summed[block:] - summed[:-block]
    return sums
