from datetime import date
from typing import Protocol


class EarningsDates(Protocol):
    """When companies tell their figures. Raises EarningsUnavailable."""

    def next_date(self, symbol: str, on: date) -> date | None:
        """Return the first date of a symbol's earnings on or after a day, None where none is known."""
        ...
