from datetime import datetime

from engine.errors import MarketClosed
from engine.model.market import Session, exchange_date
from engine.ports import Calendar


class TradingHours:
    """When entries may go out: in regular hours, and before and after them where the desk wants that (`extended`)."""

    def __init__(self, *, calendar: Calendar, extended: bool) -> None:
        self._calendar = calendar
        self._extended = extended

    def are_open(self, at: datetime) -> bool:
        """Tell whether an entry may go out at an instant."""
        session = self._calendar.session(at)
        return session is Session.REGULAR or (self._extended and session is not Session.CLOSED)

    def is_regular(self, at: datetime) -> bool:
        """Tell whether the exchange keeps regular hours at an instant, whatever the desk wants."""
        return self._calendar.session(at) is Session.REGULAR

    def session(self, at: datetime) -> Session:
        """Return the session in which an entry would go out; raises MarketClosed where none may."""
        if not self.are_open(at):
            raise MarketClosed(self._next_open(at))
        return self._calendar.session(at)

    def _next_open(self, at: datetime) -> datetime:
        opens = self._calendar.next_open(at)
        day = self._calendar.day(exchange_date(opens))
        return day.pre if self._extended and day is not None and day.pre > at else opens
