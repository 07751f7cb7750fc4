"""What the look-ahead check found of a strategy."""

from dataclasses import dataclass
from enum import StrEnum


class StrategyFault(StrEnum):
    """What a strategy does that it must not."""

    LOOKS_AHEAD = "looks ahead"
    WARM_UP = "warm-up too short"
    RAISES = "raises"
    LOOPS = "does not end"
    READS_CLOCK = "reads the clock"
    TOUCHES_OUTSIDE = "touches files, network or processes"
    WRITES_INPUT = "writes into its bars"
    NOT_REPEATABLE = "scores the same bars differently"
    WRONG_SHAPE = "gives no proper scores"
    NOTHING_SCORED = "never scores"


@dataclass(frozen=True, kw_only=True, slots=True)
class StrategyFinding:
    """A fault of a strategy, and in a sentence where it shows and what to do about it."""

    fault: StrategyFault
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StrategyCheck:
    """What was found of a strategy on so many bars, with its future or its beginning changed so many times.

    `scored` counts the bars to which it gave a score. `fingerprint` is '' where the strategy did not get so far.
    """

    strategy: str
    fingerprint: str
    bars: int
    trials: int
    scored: int
    findings: tuple[StrategyFinding, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.findings
