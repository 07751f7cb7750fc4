from engine.errors import StrategyFailed, StrategyInvalid
from engine.model.market import BarHistory
from engine.model.strategy_check import StrategyCheck, StrategyFault, StrategyFinding
from engine.strategies.contract import Scores
from engine.strategies.loader import load
from engine.strategies.scoring import scored


class InProcessStrategies:
    """Strategies in Python that score in the test's own process; each is honest unless `faults` has it, by its source.

    While `trouble` says what is wrong none gives scores. `checked` has what was asked to be checked, and `scored` how
    often any was asked for scores.
    """

    def __init__(self, **faults: StrategyFault) -> None:
        self.faults = faults
        self.checked: list[str] = []
        self.scored = 0
        self.trouble = ""

    def check(self, source: str) -> StrategyCheck:
        self.checked.append(source)
        strategy, fault = load(source), self.faults.get(source)
        findings = () if fault is None else (StrategyFinding(fault=fault, text="let it not"),)
        return StrategyCheck(
            strategy=strategy.name, fingerprint=strategy.fingerprint, bars=1, trials=1, scored=1, findings=findings
        )

    def scores(self, source: str, fingerprint: str, bars: BarHistory) -> Scores:
        self.scored += 1
        if self.trouble:
            raise StrategyFailed(self.trouble)
        strategy = load(source)
        if strategy.fingerprint != fingerprint:
            raise StrategyFailed(f"{source}: its code was changed since the start")
        try:
            return scored(strategy, bars)
        except StrategyInvalid as error:
            raise StrategyFailed(str(error)) from error
