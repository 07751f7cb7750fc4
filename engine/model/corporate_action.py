"""What a company does to its shares: splits, renames, spin-offs, mergers, and their end."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

AWAITED_FOR = timedelta(days=5)
"""For how long after its day the account may still be to show an announced exchange of shares."""


class ActionKind(StrEnum):
    """What a company does; a reverse split is a split into fewer shares."""

    SPLIT = "split"
    RENAME = "rename"
    SPIN_OFF = "spin_off"
    MERGER = "merger"
    REMOVAL = "removal"


@dataclass(frozen=True, kw_only=True, slots=True)
class CorporateAction:
    """One action: on `ex_date` (the exchange's) shares and price change over.

    Out of every `old_shares` held come `new_shares`, of `new_symbol` where that is named. In a spin-off they come
    beside the old ones, and `new_shares` are 0 where it is not told how many; in a merger `cash` dollars come for each
    old share.
    """

    id: str
    kind: ActionKind
    symbol: str
    ex_date: date
    new_shares: Decimal = Decimal(1)
    old_shares: Decimal = Decimal(1)
    new_symbol: str = ""
    cash: Decimal = Decimal(0)

    @property
    def ratio(self) -> Fraction:
        """Shares afterwards for each share before: 2 for a 2-for-1 split, 1/10 for a 1-for-10 reverse split."""
        return Fraction(self.new_shares) / Fraction(self.old_shares)

    @property
    def is_exchange(self) -> bool:
        """Whether the shares themselves are exchanged; a spin-off only adds others."""
        return self.kind is not ActionKind.SPIN_OFF


class MissingTerm(StrEnum):
    """What is not known yet of a spin-off: which shares come, how many of them, or a price."""

    CHILD = "child"
    RATE = "rate"
    PRICE = "price"


class ActionState(StrEnum):
    """How far the desk is with an action."""

    ANNOUNCED = "announced"
    APPLIED = "applied"
