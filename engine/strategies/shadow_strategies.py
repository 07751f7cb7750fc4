"""Which strategies run beside the live one."""

from collections.abc import Mapping, Sequence

from engine.errors import StrategyInvalid
from engine.strategies.runner import StrategyRunner
from engine.strategies.usable import DeskStrategy, usable


def shadow_strategies(
    names: Sequence[str], runner: StrategyRunner
) -> tuple[Mapping[str, DeskStrategy], tuple[str, ...]]:
    """Return the strategies that SHADOW_STRATEGIES names, by these names, and why others of them cannot be used."""
    found, left_out = dict[str, DeskStrategy](), list[str]()
    for name in names:
        try:
            strategy = usable(name, runner)
            wrong = _twice(name, strategy, found)
        except StrategyInvalid as error:
            wrong = str(error)
        if wrong:
            left_out.append(f"SHADOW_STRATEGIES: {wrong}")
        else:
            found[name] = strategy
    return found, tuple(left_out)


def _twice(name: str, strategy: DeskStrategy, found: Mapping[str, DeskStrategy]) -> str:
    """Say which of those before a strategy is the same, or is called the same; '' for none."""
    for each in found.values():
        if each.fingerprint == strategy.fingerprint:
            return f"{name} is {each.name} once more, with the same fingerprint; expected each once"
        if each.name == strategy.name:
            return f"two strategies are called {strategy.name}; expected names of their own"
    return ""
