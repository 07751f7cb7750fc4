from datetime import datetime, timedelta

from engine.errors import MarketClosed
from engine.model.market import Session, TradingDay, exchange_date
from engine.ports.calendar import Calendar


class TradingHours:
    """When entries may go out: in regular hours, and before and after them where the desk wants that (`extended`).

    Not in the last seconds of a session (`last_entry`): what arrives after it waits for another day, at another price.
    Where everything is sold before the close (`flat_before`), nothing is bought from then on until the next day.
    """

    def __init__(
        self,
        *,
        calendar: Calendar,
        extended: bool,
        last_entry: timedelta = timedelta(0),
        flat_before: timedelta | None = None,
    ) -> None:
        self._calendar = calendar
        self._extended = extended
        self._last_entry = last_entry
        self._flat_before = flat_before

    def are_open(self, at: datetime) -> bool:
        """Tell whether an entry may go out at an instant."""
        session = self._calendar.session(at)
        wanted = session is Session.REGULAR or (self._extended and session is not Session.CLOSED)
        return wanted and not self.are_ending(at) and not self._is_flat(at)

    def are_ending(self, at: datetime) -> bool:
        """Tell whether these are the last seconds of regular hours, or of the day where the desk trades after them."""
        day = self._calendar.day(exchange_date(at))
        session = self._calendar.session(at)
        if day is None or session not in {Session.REGULAR, Session.AFTER}:
            return False
        return at >= _end(day, session) - self._last_entry

    def is_regular(self, at: datetime) -> bool:
        """Tell whether the exchange keeps regular hours at an instant, whatever the desk wants."""
        return self._calendar.session(at) is Session.REGULAR

    def opened(self, at: datetime) -> datetime | None:
        """Return when the regular hours of an instant's day began, or will begin; None where there are none."""
        day = self._calendar.day(exchange_date(at))
        return day.open if day else None

    def ends(self, at: datetime) -> datetime | None:
        """Return when entries go out no more on an instant's day; None on a day without regular hours."""
        day = self._calendar.day(exchange_date(at))
        if day is None:
            return None
        return day.post if self._extended else day.close

    def session(self, at: datetime) -> Session:
        """Return the session in which an entry would go out; raises MarketClosed where none may."""
        if not self.are_open(at):
            raise MarketClosed(self._next_open(at))
        return self._calendar.session(at)

    def _next_open(self, at: datetime) -> datetime:
        opens = self._calendar.next_open(at)
        if not self._extended:
            return opens
        today, day = self._calendar.day(exchange_date(at)), self._calendar.day(exchange_date(opens))
        if today is not None and self._calendar.session(at) is Session.REGULAR and self._flat_before is None:
            return today.close
        return day.pre if day is not None and day.pre > at else opens

    def _is_flat(self, at: datetime) -> bool:
        """Tell whether what was bought now would be held overnight by a desk that does not want that."""
        day = self._calendar.day(exchange_date(at))
        return self._flat_before is not None and day is not None and at >= day.close - self._flat_before


def _end(day: TradingDay, session: Session) -> datetime:
    return day.close if session is Session.REGULAR else day.post
