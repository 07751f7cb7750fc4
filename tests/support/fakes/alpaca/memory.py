"""What the fake Alpaca remembers; the controls of a test stand on it."""

from collections.abc import Callable
from decimal import Decimal

from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from tests.support.fakes.alpaca.announcements import Announcements
from tests.support.fakes.alpaca.desk import Desk
from tests.support.fakes.alpaca.exchange import Exchange
from tests.support.fakes.alpaca.faults import Faults
from tests.support.fakes.alpaca.market import Market
from tests.support.fakes.alpaca.orders import Json
from tests.support.fakes.alpaca.portfolio import Portfolio
from tests.support.fakes.alpaca.rates import RateLimit
from tests.support.fakes.alpaca.session_hours import Hours

UNLIMITED = 1_000_000


class Memory:
    """The exchange, the account, the market and the line."""

    def __init__(
        self, clock: Clock, calendar: Calendar, cash: Decimal, *, margin: bool, tell: Callable[[Json], None]
    ) -> None:
        self._clock = clock
        self._hours = Hours(clock, calendar)
        self._exchange = Exchange(Portfolio(cash, margin=margin), self._hours, tell)
        self._desk = Desk(self._exchange)
        self._market = Market(clock)
        self._announced = Announcements()
        self._faults = Faults()
        self._rates = RateLimit(clock, UNLIMITED)
