from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Self

from engine.model.evaluation import FEWEST_TRADES
from engine.model.money import ZERO
from engine.model.shadow import Cause


@dataclass(frozen=True, kw_only=True, slots=True)
class Sum:
    """What some trades came to together: how many, dollars before fees, and multiples of what each risked (R)."""

    trades: int = 0
    dollars: Decimal = ZERO
    multiples: float = 0.0

    @classmethod
    def of(cls, results: Iterable[tuple[Decimal | None, Decimal | float | None]]) -> Self:
        """Sum up results, each in dollars and in R, None where one is not known."""
        known = list(results)
        return cls(
            trades=len(known),
            dollars=sum((result for result, _ in known if result is not None), ZERO),
            multiples=sum(float(multiple) for _, multiple in known if multiple is not None),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class PeopleReport:
    """What the desk's decisions since an instant (None: none are known) added or cost against taking everything.

    `taken` were approved and ended, `not_taken` would have ended by now, by why they were not taken; their results are
    simulated. `open` of these go on, `void` would have bought nothing.
    """

    since: datetime | None
    taken: Sum
    not_taken: Mapping[Cause, Sum]
    open: int
    void: int

    @property
    def left(self) -> Sum:
        """All that was not taken."""
        sums = self.not_taken.values()
        return Sum(
            trades=sum(each.trades for each in sums),
            dollars=sum((each.dollars for each in sums), ZERO),
            multiples=sum(each.multiples for each in sums),
        )

    @property
    def added(self) -> Decimal:
        """Dollars by which the desk is better off than one that takes everything; below 0 where it is worse off."""
        return -self.left.dollars

    @property
    def says_something(self) -> bool:
        """Whether as many were not taken as say anything."""
        return self.left.trades >= FEWEST_TRADES
