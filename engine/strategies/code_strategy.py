from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from engine.model.market import BarHistory
from engine.model.signal import STRONG_AT
from engine.model.technical_rules import SEED_RULES, TechnicalRules
from engine.strategies.contract import Exits, Hours, Scores, Strategy

Run = Callable[[str, str, BarHistory], Scores]
"""Lets the code at a place, with a fingerprint, score bars; raises StrategyFailed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeStrategy:
    """A strategy that is somebody's Python code, as it was when it was loaded and checked; `run` scores by it.

    `source` is the name or the place by which it is found. Its values are kept, not asked for again: what its code
    says later is not what was checked. `rules` are those of the readings beside its scores, which say nothing of them.
    """

    rules: ClassVar[TechnicalRules] = SEED_RULES

    source: str
    name: str
    fingerprint: str
    warm_up_sessions: int
    propose_at: int
    exits: Exits
    hours: Hours
    run: Run = field(repr=False, compare=False)

    @classmethod
    def of(cls, source: str, strategy: Strategy, run: Run) -> "CodeStrategy":
        """Keep what a strategy says of itself."""
        return cls(
            source=source,
            name=strategy.name,
            fingerprint=strategy.fingerprint,
            warm_up_sessions=strategy.warm_up_sessions,
            propose_at=strategy.propose_at,
            exits=strategy.exits,
            hours=strategy.hours,
            run=run,
        )

    @property
    def strong_at(self) -> int:
        """The tenths from which on a score is called strong."""
        return max(STRONG_AT, self.propose_at)

    def scores(self, bars: BarHistory) -> Scores:
        """Score every bar of a history; raises StrategyFailed where its code gives no proper scores in time."""
        return self.run(self.source, self.fingerprint, bars)
