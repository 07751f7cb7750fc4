"""What people write down of trades beside what the desk knows: notes, and a grade of how a trade was made and led."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Grade(StrEnum):
    """How a trade was made and led, whatever came of it."""

    GOOD = "good"
    POOR = "poor"


class JournalKind(StrEnum):
    """What an entry is."""

    NOTE = "note"
    GRADE = "grade"


@dataclass(frozen=True, kw_only=True, slots=True)
class JournalEntry:
    """A note on a trade, or its grade; `text` is the note's words or the Grade, '' once it was taken back.

    `key` tells it from all others. Of two of a key the one of the higher `version` holds, in whichever order they come:
    seconds of the clock of who tells them.
    """

    key: str
    trade_id: str
    kind: JournalKind
    at: datetime
    by: str
    text: str
    version: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class GradeSum:
    """What the graded trades of one grade came to: how many, and the mean result in R, None where none has one."""

    trades: int
    mean: Decimal | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewNote:
    """A note as a review shows it."""

    symbol: str
    by: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class JournalReview:
    """What a week's trades teach: grades beside results, notes, and what would have come of what was not taken.

    `ungraded` counts the closed trades without a grade. `missed` counts the proposals that were not taken and whose
    simulated trade ended in the week, `missed_dollars` is what these would have come to.
    """

    good: GradeSum
    poor: GradeSum
    ungraded: int
    notes: tuple[ReviewNote, ...]
    more_notes: int
    missed: int
    missed_dollars: Decimal
