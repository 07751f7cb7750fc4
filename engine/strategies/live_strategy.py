"""Which strategy a live desk trades by, and which it cannot."""

from dataclasses import replace
from typing import Any

from engine.errors import SettingsInvalid, StrategyInvalid
from engine.model.signal import Signal
from engine.model.technical_rules import BollingerRule, MacdRule, RsiRule, TechnicalRules, VolumeRule
from engine.settings import Settings
from engine.strategies.contract import Exits
from engine.strategies.runner import StrategyRunner
from engine.strategies.technical_strategy import TechnicalStrategy
from engine.strategies.usable import DeskStrategy, usable

OUT_OF_REACH = 100
"""Tenths that no score comes to, news included."""


def live_strategy(name: str, runner: StrategyRunner) -> DeskStrategy:
    """Return the strategy that STRATEGY names; raises SettingsInvalid where a live desk cannot trade by it."""
    try:
        return tradable(name, runner)
    except StrategyInvalid as error:
        raise SettingsInvalid(f"STRATEGY: {error}") from error


def tradable(name: str, runner: StrategyRunner) -> DeskStrategy:
    """Return a strategy by which a live desk can trade; raises StrategyInvalid for any other."""
    strategy = usable(name, runner)
    exits = strategy.exits
    if exits.target is None or exits.target >= 1:
        raise StrategyInvalid(f"{strategy.name} has no target under 1; a live trade needs one, such as 0.03")
    return strategy


def without_points(exits: Exits) -> TechnicalStrategy:
    """Return the strategy of a desk that has none: it gives no points, buys nothing, and leaves as is said."""
    rules = TechnicalRules(
        rsi=RsiRule(tenths=0), bollinger=BollingerRule(tenths=0), macd=MacdRule(tenths=0), volume=VolumeRule(tenths=0)
    )
    return TechnicalStrategy(name="none", rules=rules, propose_at=OUT_OF_REACH, strong_at=OUT_OF_REACH, exits=exits)


def signed(signal: Signal, strategy: DeskStrategy) -> Signal:
    """Return a signal with the name of its strategy, the fingerprint and the thresholds."""
    return replace(
        signal,
        strategy=strategy.name,
        strategy_fingerprint=strategy.fingerprint,
        propose_at=strategy.propose_at,
        strong_at=strategy.strong_at,
    )


def with_exits_of(strategy: DeskStrategy, settings: Settings) -> Settings:
    """Return the settings with the strategy's exits where the desk set none: a setting goes before the strategy."""
    exits, risk, holding = strategy.exits, settings.risk, settings.holding
    distances: dict[str, Any] = {"stop_distance": exits.stop, "target_distance": exits.target}
    unset = {name: distance for name, distance in distances.items() if getattr(risk, name) is None}
    if exits.before_close_minutes and "flatten_before_close_minutes" not in holding.model_fields_set:
        holding = holding.model_copy(update={"flatten_before_close_minutes": exits.before_close_minutes})
    return replace(settings, risk=risk.model_copy(update=unset), holding=holding)
