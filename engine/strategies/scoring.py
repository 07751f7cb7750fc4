"""Lets a strategy score bars, whatever its code may do instead, and says in one line what is wrong with the scores."""

import numpy as np

from engine.errors import StrategyInvalid
from engine.model.market import BarHistory
from engine.strategies.contract import MOST_TENTHS, Scores, Strategy


def scored(strategy: Strategy, bars: BarHistory) -> Scores:
    """Return a strategy's scores of bars; raises StrategyInvalid where it raises, or gives no proper ones."""
    try:
        scores = strategy.scores(bars)
    except Exception as error:
        raise StrategyInvalid(
            f"strategy {strategy.name!r}: scores raised {type(error).__name__}: {error}; expected Scores for any bars"
        ) from error
    problem = misfit(scores, bars)
    if problem:
        raise StrategyInvalid(f"strategy {strategy.name!r}: {problem}")
    return scores


def misfit(scores: object, bars: BarHistory) -> str:
    """Say what is wrong with scores and what they must be; '' for whole tenths and stops that are parts of a price."""
    shape = bars.close.shape
    problem = _misfit(scores, shape)
    if not problem:
        return ""
    return (
        f"{problem}: return Scores with tenths as int8 of shape {shape}, at most {MOST_TENTHS} of them, and stops as"
        " float64 between 0 and 1, NaN for none"
    )


def _misfit(scores: object, shape: tuple[int, ...]) -> str:
    if not isinstance(scores, Scores) or not isinstance(scores.tenths, np.ndarray):
        return f"it returned {type(scores).__name__}"
    if scores.tenths.shape != shape or scores.tenths.dtype != np.int8:
        return f"its tenths are {scores.tenths.dtype} of shape {scores.tenths.shape}"
    most = int(np.abs(scores.tenths.astype(np.int64)).max(initial=0))
    if most > MOST_TENTHS:
        return f"it gave {most} tenths"
    return "" if scores.stop is None else _misfit_of_stops(scores.stop, shape)


def _misfit_of_stops(stop: object, shape: tuple[int, ...]) -> str:
    if not isinstance(stop, np.ndarray):
        return f"its stops are {type(stop).__name__}"
    if stop.shape != shape or stop.dtype != np.float64:
        return f"its stops are {stop.dtype} of shape {stop.shape}"
    is_part = np.isnan(stop) | ((stop > 0) & (stop < 1))
    return "" if is_part.all() else f"a stop of {float(stop[~is_part][0]):g} is no part of a price"
