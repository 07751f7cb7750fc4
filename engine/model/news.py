"""What a model that reads the news was asked, what it answered, and what that cost."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class NoScore(StrEnum):
    """Why the model gives no findings: the whole text of its NewsUnavailable."""

    BUDGET = "budget"  # the day's dollars are spent
    BUSY = "busy"  # every call allowed at once is under way
    KEY = "key"  # the key is refused
    REQUEST = "request"  # the request is refused: a wrong model name, most likely
    OUTAGE = "outage"  # no answer, or an error that may pass
    ANSWER = "answer"  # the answer is not to be trusted
    UNREAD = "unread"  # nobody was asked yet: its turn comes
    WORKERS = "workers"  # the model was not heard: whoever asked it died each time, or nobody could ask


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenCounts:
    """Tokens of one call, as the API counted them: fresh input, output, input written to the cache and read from it."""

    input: int = 0
    output: int = 0
    cache_write: int = 0
    cache_read: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelCall:
    """One call to a model about a symbol, sent at `at` (aware UTC).

    `request` is the user's part and `instructions` the fingerprint of the rest. Without an answer `stop_reason` is
    'error' (not billed, so no dollars) or 'lost' (perhaps billed, so the most that it can have cost).
    """

    model: str
    symbol: str
    at: datetime
    instructions: str
    request: str
    answer: str
    stop_reason: str
    tokens: TokenCounts
    dollars: Decimal

    @property
    def is_answered(self) -> bool:
        """Whether the model said anything."""
        return self.stop_reason not in {"error", "lost"}


@dataclass(frozen=True, kw_only=True, slots=True)
class NewsEstimate:
    """What the news of a backtest will cost: headlines that are `new`, each for one symbol, and `known` for nothing.

    `about` is the usual price of so many `calls`, `most` what they can cost at worst, `budget` where they end; dollars.
    """

    new: int
    known: int
    calls: int
    about: Decimal
    most: Decimal
    budget: Decimal
