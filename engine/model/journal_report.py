"""What a time taught: how trades were led beside what came of them, and what the desk decided against."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.model.journal import Grade, ReviewNote
from engine.model.people_report import Sum
from engine.model.performance import Span
from engine.model.shadow import Cause


class Act(StrEnum):
    """What a person gave a reason for."""

    REJECT = "reject"
    CLOSE = "close"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessLine:
    """The closed trades of one grade, None for those without one: what those that won, and those that lost, came to.

    `flat` are those that came to nothing, as at a stop that stood at the entry, or of which that is not known.
    """

    grade: Grade | None
    won: Sum
    lost: Sum
    flat: Sum

    @property
    def trades(self) -> int:
        """How many there are."""
        return self.won.trades + self.lost.trades + self.flat.trades


@dataclass(frozen=True, kw_only=True, slots=True)
class ReasonLine:
    """A reason that people gave, and how often: a word of the list, or '' for none of it.

    `known` sums what came of it where that is known: what was rejected as it was simulated, what was closed as it was.
    """

    act: Act
    word: str
    count: int
    known: Sum


@dataclass(frozen=True, kw_only=True, slots=True)
class JournalReport:
    """A review of the trades that ended in some days; `notes` are the newest of those written then.

    `not_taken` has what the proposals that were not taken, and whose simulated trade ended then, would have come to.
    """

    span: Span
    process: tuple[ProcessLine, ...]
    reasons: tuple[ReasonLine, ...]
    not_taken: Mapping[Cause, Sum]
    notes: tuple[ReviewNote, ...]
    more_notes: int

    @property
    def closed(self) -> int:
        """How many trades ended."""
        return sum(line.trades for line in self.process)

    def line(self, grade: Grade | None) -> ProcessLine:
        """Return the trades of a grade."""
        return next(line for line in self.process if line.grade is grade)
