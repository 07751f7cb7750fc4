"""What the database says, row by row, in the shape in which a question is answered."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from engine.model.news import NoScore


class FactKind(StrEnum):
    """What a fact is about."""

    DESK = "desk"
    RISK = "risk"
    ACCOUNT = "account"
    WATCHLIST = "watchlist"
    SETTING = "setting"
    TRADE = "trade"
    MOVE = "move"
    SIGNAL = "signal"
    HEADLINE = "headline"
    AUDIT = "audit"


class FactUnit(StrEnum):
    """What a figure of a fact is, which says how it is written and what a sentence may say of it."""

    DOLLARS = "dollars"  # to a whole one
    PRICE = "price"  # dollars and cents
    PART = "part"  # of equity or of a price; 0.015 is 1.5 %
    BASIS_POINTS = "basis_points"
    SECONDS = "seconds"
    COUNT = "count"
    SCORE = "score"  # 1.5, with its sign
    MULTIPLE = "multiple"  # of what was risked, with its sign
    READING = "reading"
    TIME = "time"  # aware UTC
    NAME = "name"  # a symbol, a trade's id, the name of a setting
    PERSON = "person"  # a Slack user id, or the engine
    STATE = "state"  # of a trade
    DESK_STATE = "desk_state"
    EXIT = "exit"
    RULE = "rule"
    WORD = "word"  # one of the engine's own
    QUOTE = "quote"  # what somebody wrote: a person, a headline, the scorer


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One thing that a row says: its name, and its value as precise as it is ever told."""

    name: str
    value: Decimal | datetime | str
    unit: FactUnit


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """What one row of the database says; `number` is what an answer cites, `row` the row's key in `table`.

    `at` is since when, or of when (aware UTC), None where the row has no time.
    """

    number: int
    kind: FactKind
    table: str
    row: str
    at: datetime | None
    figures: tuple[Figure, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """A sentence of an answer, and the numbers of the facts that it stands on."""

    text: str
    cites: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class GroundedAnswer:
    """What a model made of facts: the sentences that stand on them, and how many were left out as they do not.

    Without an answer there is a `problem`; `again_at` is when the day's dollars are there again (aware UTC).
    """

    sentences: tuple[Sentence, ...] = ()
    dropped: int = 0
    problem: NoScore | None = None
    again_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AnsweredQuestion:
    """A question's facts and their answer, None where no model is asked at all."""

    facts: tuple[Fact, ...] = ()
    answer: GroundedAnswer | None = None
