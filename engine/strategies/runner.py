from typing import Protocol

from engine.model.market import BarHistory
from engine.model.strategy_check import StrategyCheck
from engine.strategies.contract import Scores


class StrategyRunner(Protocol):
    """Runs strategies that are somebody's Python code, each apart from the desk, so that none can hold it up.

    A strategy goes by the name or the place that the settings have for it: an entry point, or `package.module:Class`.
    """

    def check(self, source: str) -> StrategyCheck:
        """Say what speaks against a strategy: that it looks ahead, raises, does not end; within a bound of time.

        Raises StrategyInvalid for what is no strategy.
        """
        ...

    def scores(self, source: str, fingerprint: str, bars: BarHistory) -> Scores:
        """Let the strategy with this fingerprint score bars; raises StrategyFailed where it gives no proper scores.

        That is within a bound of time, too. A strategy that failed is begun anew with the next call.
        """
        ...
