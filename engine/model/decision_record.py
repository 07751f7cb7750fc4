"""The record of a decision: what was known, what was shown and what was decided, kept beside the trade for good.

It is written once, in the transaction of the decision, and never changed. So every number can be worked out again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any

from engine.model.plain import plain


class DecisionKind(StrEnum):
    """What was decided about a trade. `refused` is an approval that a rule turned down."""

    PROPOSED = "proposed"
    RESIZED = "resized"
    APPROVED_FIRST = "approved_first"
    APPROVED = "approved"
    REFUSED = "refused"
    ORDERED = "ordered"


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionRecord:
    """One decision about a trade, at an instant (aware UTC), by somebody's Slack id or the engine.

    `shares` and `entry` (dollars a share) are what was decided, `shown_shares` and `shown_entry` what the card said
    then. `evidence` is all that it stands on, as JSON has it; `bars` the packed bars of the score, for a proposal.
    """

    trade_id: str
    kind: DecisionKind
    at: datetime
    by: str
    shares: int
    entry: Decimal
    shown_shares: int
    shown_entry: Decimal
    evidence: Mapping[str, Any]
    bars: bytes = b""

    @property
    def fingerprint(self) -> str:
        """A hash of all of it: whatever is changed later gives another one."""
        figures = (self.shares, self.shown_shares, _digits(self.entry), _digits(self.shown_entry))
        said = [self.trade_id, self.kind, plain(self.at), self.by, *figures, self.evidence]
        text = json.dumps(said, sort_keys=True, separators=(",", ":"))
        return sha256(text.encode() + b"\0" + self.bars).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptDecision:
    """A record as the books have it, and the fingerprint that it had when it was kept."""

    record: DecisionRecord
    fingerprint: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NewsSource:
    """Who read a headline that counted: the model and the fingerprint of its instructions, else the scorer's name.

    `age_seconds` is how old the headline was.
    """

    headline_id: str
    age_seconds: float
    model: str
    instructions: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplayedNumber:
    """A number of a trade as the books have it, and as it comes out when it is worked out again; '' where it cannot."""

    decision: str
    name: str
    stored: str
    again: str

    @property
    def differs(self) -> bool:
        """Whether the two are not the same."""
        return self.stored != self.again


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplayedTrade:
    """A trade worked out again from the books alone; `faults` say what is wrong with its records themselves.

    `has_records` is False for a trade that was found at the broker, or is older than the records.
    """

    trade_id: str
    numbers: tuple[ReplayedNumber, ...]
    faults: tuple[str, ...]
    has_records: bool = True

    @property
    def differences(self) -> int:
        """How many numbers are not as they come out, and what is wrong beside them."""
        return sum(number.differs for number in self.numbers) + len(self.faults)


def _digits(amount: Decimal) -> str:
    """Write an amount alike whichever database kept it."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
