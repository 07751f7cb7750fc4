"""Which strategy a live desk trades by, and which it cannot."""

from dataclasses import replace
from typing import Any

from engine.errors import SettingsInvalid, StrategyInvalid
from engine.model.technical_rules import BollingerRule, MacdRule, RsiRule, TechnicalRules, VolumeRule
from engine.settings import Settings
from engine.strategies.contract import Exits
from engine.strategies.loader import load
from engine.strategies.technical_strategy import TechnicalStrategy

OUT_OF_REACH = 100
"""Tenths that no score comes to, news included."""


def live_strategy(name: str) -> TechnicalStrategy:
    """Return the strategy that STRATEGY names; raises SettingsInvalid where a live desk cannot trade by it."""
    try:
        strategy = load(name)
    except StrategyInvalid as error:
        raise SettingsInvalid(f"STRATEGY: {error}") from error
    if not isinstance(strategy, TechnicalStrategy):
        raise SettingsInvalid(
            f"STRATEGY: {strategy.name} is Python code, by which only backtests trade; expected seed or a .toml file of"
            " its kind"
        )
    exits = strategy.exits
    if exits.target is None or exits.target >= 1:
        raise SettingsInvalid(f"STRATEGY: {strategy.name} has no target under 1; a live trade needs one, such as 0.03")
    return strategy


def without_points(exits: Exits) -> TechnicalStrategy:
    """Return the strategy of a desk that has none: it gives no points, buys nothing, and leaves as is said."""
    rules = TechnicalRules(
        rsi=RsiRule(tenths=0), bollinger=BollingerRule(tenths=0), macd=MacdRule(tenths=0), volume=VolumeRule(tenths=0)
    )
    return TechnicalStrategy(name="none", rules=rules, propose_at=OUT_OF_REACH, strong_at=OUT_OF_REACH, exits=exits)


def with_exits_of(strategy: TechnicalStrategy, settings: Settings) -> Settings:
    """Return the settings with the strategy's exits where the desk set none: a setting goes before the strategy."""
    exits, risk, holding = strategy.exits, settings.risk, settings.holding
    distances: dict[str, Any] = {"stop_distance": exits.stop, "target_distance": exits.target}
    unset = {name: distance for name, distance in distances.items() if getattr(risk, name) is None}
    if exits.before_close_minutes and "flatten_before_close_minutes" not in holding.model_fields_set:
        holding = holding.model_copy(update={"flatten_before_close_minutes": exits.before_close_minutes})
    return replace(settings, risk=risk.model_copy(update=unset), holding=holding)
