from datetime import date
from typing import Protocol

from engine.model.overnight import EarningsDay


class EarningsDates(Protocol):
    """When companies tell their figures. Raises EarningsUnavailable."""

    def upcoming(self, symbol: str, on: date) -> tuple[EarningsDay, ...]:
        """Return a symbol's days of earnings on or after a day, earliest first; none where none is known."""
        ...

    def check(self) -> None:
        """Raise EarningsUnavailable for what is wrong with the dates, also where older ones are given meanwhile."""
        ...
