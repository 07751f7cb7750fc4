from datetime import date, datetime
from typing import Protocol

from engine.model.market import Session, TradingDay


class Calendar(Protocol):
    """The exchange's hours."""

    def day(self, on: date) -> TradingDay | None:
        """Return the hours of a date in exchange time, None when the exchange is shut."""
        ...

    def session(self, at: datetime) -> Session:
        """Tell which session an instant falls into."""
        ...

    def next_open(self, after: datetime) -> datetime:
        """Return the next start of regular trading later than an instant."""
        ...

    def refresh(self) -> None:
        """Read the hours afresh where they are read from outside, once a day; raises BrokerUnavailable."""
        ...
