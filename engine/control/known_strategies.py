"""The strategies that a process trades by, as far as they can be used: one that cannot be ends no running desk."""

import json
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from engine.control.promoted_strategy import PROMOTED, in_force, source_of
from engine.errors import SettingsInvalid
from engine.model.json_values import valued
from engine.model.market import BarHistory
from engine.model.strategies import StrategySources
from engine.model.strategy_check import StrategyCheck
from engine.ports.store import Store
from engine.strategies.contract import Exits, Scores
from engine.strategies.live_strategy import live_strategy, without_points
from engine.strategies.loader import is_code
from engine.strategies.runner import StrategyRunner
from engine.strategies.shadow_strategies import shadow_strategies
from engine.strategies.usable import DeskStrategy

EXITS: Final = "exits_in_force"
"""The setting that keeps the exits of the strategy that led last, for a start at which its file cannot be read."""
AT_ONCE: Final = 4
"""Strategies in Python that are checked at once: each has a process of its own, of about 100 MB."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownStrategies:
    """What STRATEGY names, what is in force, and what runs beside it, by the names that SHADOW_STRATEGIES has.

    `sources` has where each is read from, one that cannot be used included. `why_unusable` says why the strategy in
    force cannot be used, '' where it can: both are one then that never buys, with the exits of the one before.
    `left_out` says the same of each one that was to run in shadow.
    """

    configured: DeskStrategy
    live: DeskStrategy
    sources: StrategySources
    shadows: Mapping[str, DeskStrategy] = field(default_factory=dict)
    why_unusable: str = ""
    left_out: tuple[str, ...] = ()

    @property
    def unusable(self) -> tuple[str, ...]:
        """All that cannot be used, the strategy in force first."""
        return (self.why_unusable, *self.left_out) if self.why_unusable else self.left_out

    @classmethod
    def read(cls, name: str, shadows: Sequence[str], store: Store, runner: StrategyRunner) -> "KnownStrategies":
        """Read the strategies that the settings name, and what was promoted; `runner` checks those that are code."""
        with store.reading() as reader:  # and no longer: to check code takes seconds
            promoted, exits = reader.setting(PROMOTED), reader.setting(EXITS)
        named = {name.strip() for name in (name, *shadows, *([source_of(promoted)] if promoted else []))}
        runner = _CheckedTogether(runner, {each for each in named if is_code(each)})
        usable, left_out = shadow_strategies(shadows, runner)
        sources = {strategy.name: source for source, strategy in usable.items()}
        in_place = name
        try:
            configured = live_strategy(name, runner)
            sources[configured.name] = name
            in_place = source_of(promoted) if promoted else name
            live = in_force(configured, promoted, runner)
        except SettingsInvalid as error:
            none = without_points(_last_exits(exits))
            return cls(
                configured=none,
                live=none,
                sources=StrategySources(live=none.name, sources={**sources, none.name: in_place}),
                shadows=usable,
                why_unusable=str(error),
                left_out=left_out,
            )
        if live is not configured:
            sources[live.name] = in_place
        return cls(
            configured=configured,
            live=live,
            sources=StrategySources(live=live.name, sources=sources),
            shadows=usable,
            left_out=left_out,
        )


class _CheckedTogether(StrategyRunner):
    """A runner that has checked some strategies side by side: each may take a minute, and a start waits for few."""

    def __init__(self, runner: StrategyRunner, sources: Collection[str]) -> None:
        self._runner = runner
        with ThreadPoolExecutor(AT_ONCE) as threads:
            self._found = {source: threads.submit(runner.check, source) for source in sources}

    def check(self, source: str) -> StrategyCheck:
        """Return what was found; raises StrategyInvalid."""
        found = self._found.get(source)
        return found.result() if found else self._runner.check(source)

    def scores(self, source: str, fingerprint: str, bars: BarHistory) -> Scores:
        """Let the runner score."""
        return self._runner.scores(source, fingerprint, bars)


def _last_exits(kept: str | None) -> Exits:
    return valued(Exits, json.loads(kept)) if kept else Exits()
