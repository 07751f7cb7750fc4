"""Which strategies run beside the live one."""

from collections.abc import Sequence

from engine.errors import SettingsInvalid, StrategyInvalid
from engine.strategies.contract import Strategy
from engine.strategies.loader import load


def shadow_strategies(names: Sequence[str]) -> tuple[Strategy, ...]:
    """Return the strategies that SHADOW_STRATEGIES names; raises SettingsInvalid."""
    found = dict[str, Strategy]()
    for name in names:
        try:
            strategy = load(name)
        except StrategyInvalid as error:
            raise SettingsInvalid(f"SHADOW_STRATEGIES: {error}") from error
        same = found.setdefault(strategy.fingerprint, strategy)
        if same is not strategy:
            raise SettingsInvalid(
                f"SHADOW_STRATEGIES: {name} is {same.name} once more, with the same fingerprint; expected each once"
            )
        if any(each.name == strategy.name and each is not strategy for each in found.values()):
            raise SettingsInvalid(
                f"SHADOW_STRATEGIES: two strategies are called {strategy.name}; expected names of their own"
            )
    return tuple(found.values())
