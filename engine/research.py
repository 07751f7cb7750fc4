"""The facade of what is asked about strategies, away from the running desk."""

from engine.backtest.lookahead import LONGEST_SECONDS, check_lookahead
from engine.model.strategy_check import StrategyCheck


def lookahead(strategy: str, *, seed: int = 1, seconds: float = LONGEST_SECONDS) -> StrategyCheck:
    """Return what the look-ahead check finds of a strategy; raises StrategyInvalid for what is none."""
    return check_lookahead(strategy, seed=seed, seconds=seconds)
