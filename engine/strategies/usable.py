"""Strategies that a desk may run, live or in shadow: numbers as they are, code once nothing speaks against it."""

from engine.errors import StrategyInvalid
from engine.strategies.code_strategy import CodeStrategy
from engine.strategies.contract import MOST_TENTHS, Strategy
from engine.strategies.fingerprints import is_of_code
from engine.strategies.loader import is_code, load, strategy_text
from engine.strategies.runner import StrategyRunner
from engine.strategies.strategy_file import NAME, read_strategy
from engine.strategies.technical_strategy import TechnicalStrategy

LONGEST_WARM_UP = 250
"""Sessions: a year's. They are read from the market with each session."""

DeskStrategy = TechnicalStrategy | CodeStrategy


def usable(source: str, runner: StrategyRunner) -> DeskStrategy:
    """Return a strategy by its name, file or class; raises StrategyInvalid, which says what to do.

    Code is checked before it is imported here: that it does not look ahead, raise, loop or ask for anything outside.
    """
    return _checked_code(source.strip(), runner) if is_code(source) else read_strategy(*strategy_text(source))


def _checked_code(source: str, runner: StrategyRunner) -> CodeStrategy:
    found = runner.check(source)
    if not found.passed:
        fault = found.findings[0]
        raise StrategyInvalid(
            f"strategy {source!r} may not trade ({fault.fault.value}): {fault.text}"
            f"; trading-bot lookahead {source} shows all of it"
        )
    strategy = load(source)
    wrong = _unfit(strategy, found.fingerprint)
    if wrong:
        raise StrategyInvalid(f"strategy {source!r}: {wrong}")
    return CodeStrategy.of(source, strategy, runner.scores)


def _unfit(strategy: Strategy, checked: str) -> str:
    """Say which of a strategy's values no desk can run by, and what it must be; '' where all can be."""
    if not NAME.fullmatch(strategy.name):
        return f"its name is {strategy.name!r}; expected small letters, digits, - and _, 40 at most"
    if not strategy.propose_at <= MOST_TENTHS:
        return f"propose_at is {strategy.propose_at}; expected tenths from 1 to {MOST_TENTHS}"
    if not strategy.warm_up_sessions <= LONGEST_WARM_UP:
        return f"warm_up_sessions is {strategy.warm_up_sessions}; expected {LONGEST_WARM_UP} at most"
    if not is_of_code(strategy):
        return (
            "its fingerprint is not that of its code, so that nobody could tell by which code it traded; expected a"
            " dataclass whose fingerprint returns code_fingerprint(self)"
        )
    if strategy.fingerprint != checked:
        return "its code was changed while it was checked; expected code that stays as it is: start again"
    return ""
