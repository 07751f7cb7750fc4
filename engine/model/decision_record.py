"""The record of a decision: what was known, what was shown and what was decided, kept beside the trade for good.

It is written once, in the transaction of the decision, and never changed. So every number can be worked out again.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from engine.model.json_values import plain

WRITTEN: Final = json.JSONEncoder().encode
"""How a number or a word is written; `json.dumps` would choose the same anew for each of the hundreds of a record."""
MARK = 2
"""Bytes of a part's mark: they only name what the fingerprint found to be changed."""


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

    def seal(self) -> tuple[str, str]:
        """Return its fingerprint and its marks.

        The one is a hash of all of it, so whatever is changed later gives another one; the others are two bytes of a
        hash of each part, as text, which name the part that was changed.
        """
        lines = [f"{name} {written}".encode() for name, written in self.parts()]
        marks = b"".join(sha256(line).digest()[:MARK] for line in lines)
        return sha256(b"\n".join(lines) + b"\0" + self.bars).hexdigest(), base64.b64encode(marks).decode()

    def parts(self) -> Sequence[tuple[str, str]]:
        """Return every number and word of it but the bars, by its name and as text, in one order whatever kept it."""
        figures = {"shares": self.shares, "shown_shares": self.shown_shares}
        prices = {"entry": _digits(self.entry), "shown_entry": _digits(self.shown_entry)}
        said = {"trade_id": self.trade_id, "kind": self.kind, "at": self.at, "by": self.by, **figures, **prices}
        return (*_parts("", plain(said)), *_parts("", self.evidence))


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptDecision:
    """A record as the database has it, and the fingerprint and the marks that it had when it was kept."""

    record: DecisionRecord
    fingerprint: str
    marks: str

    @property
    def is_as_kept(self) -> bool:
        """Whether nothing of it was changed."""
        return self.record.seal() == (self.fingerprint, self.marks)

    @property
    def changed(self) -> tuple[str, ...]:
        """Name the parts that were changed; nothing where parts were added or taken away, for none has its place."""
        before, now, parts = _split(self.marks), _split(self.record.seal()[1]), self.record.parts()
        if len(before) != len(now):
            return ()
        return tuple(name for (name, _), was, here in zip(parts, before, now, strict=True) if was != here)


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
    """A number of a trade as the database has it, and as it comes out when worked out again; '' where it cannot."""

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
    """A trade worked out again from the database alone; `faults` say what is wrong with its records themselves.

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


def _parts(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key in sorted(value):
            yield from _parts(f"{name} {key}".strip(), value[key])
    elif isinstance(value, list):
        for place, part in enumerate(value, 1):
            yield from _parts(f"{name} {place}", part)
    else:
        yield name, WRITTEN(value)


def _split(marks: str) -> list[bytes]:
    try:
        kept = base64.b64decode(marks, validate=True)
    except ValueError:
        return []
    return [kept[place : place + MARK] for place in range(0, len(kept), MARK)]


def _digits(amount: Decimal) -> str:
    """Write an amount alike whichever database kept it."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
