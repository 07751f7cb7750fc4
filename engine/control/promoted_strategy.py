"""Which strategy the desk trades by, once people promoted one."""

import json
from collections.abc import Collection

import structlog

from engine.errors import SettingsInvalid
from engine.strategies.live_strategy import live_strategy
from engine.strategies.runner import StrategyRunner
from engine.strategies.usable import DeskStrategy

log = structlog.get_logger()

PROMOTED = "promoted_strategy"
"""The setting that has what was promoted, and in the place of what; '' or None for nothing."""


def written(source: str, name: str, fingerprint: str, instead_of: str) -> str:
    """Return what is kept of a promotion; `instead_of` is the fingerprint of what STRATEGY named then."""
    return json.dumps({"source": source, "name": name, "fingerprint": fingerprint, "instead_of": instead_of})


def name_of(kept: str | None, configured: str, known: Collection[str]) -> str:
    """Return the name of what was promoted, '' for nothing, and for what STRATEGY or its file made lapse."""
    promoted = json.loads(kept) if kept else {}
    holds = promoted and promoted["instead_of"] == configured and promoted["fingerprint"] in known
    return str(promoted["name"]) if holds else ""


def source_of(kept: str) -> str:
    """Return what was promoted, by the name or place that the settings would have for it."""
    return str(json.loads(kept)["source"])


def in_force(configured: DeskStrategy, kept: str | None, runner: StrategyRunner) -> DeskStrategy:
    """Return the strategy that was promoted, as long as it and STRATEGY are what they were; else that of STRATEGY.

    Raises SettingsInvalid where what was promoted cannot be read: two people chose it, and nobody chose another one.
    """
    if not kept:
        return configured
    promoted = json.loads(kept)
    if promoted["instead_of"] != configured.fingerprint:
        log.warning("promotion_lapsed", strategy=promoted["name"], why="STRATEGY was changed")
        return configured
    try:
        strategy = live_strategy(promoted["source"], runner)
    except SettingsInvalid as error:
        raise SettingsInvalid(f"the promoted strategy {promoted['name']}: {error}") from error
    if strategy.fingerprint != promoted["fingerprint"]:
        log.warning("promotion_lapsed", strategy=promoted["name"], why="its file was changed")
        return configured
    return strategy
