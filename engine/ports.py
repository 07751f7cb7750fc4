"""What the engine needs of the outside, as Protocols: one adapter, one fake and one contract suite each."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from engine.model.activity import Activity
from engine.model.audit import Anchor
from engine.model.corporate_action import CorporateAction
from engine.model.desk_record import DeskRecord
from engine.model.market import BarHistory, Headline, Session, Snapshot, TradingDay
from engine.model.portfolio import Account, CloseFailure, Position
from engine.model.signal import Finding
from engine.model.trade import Entry, Order, Trade


def nothing_more() -> None:
    """Look at nothing before an order leaves."""


class Clock(Protocol):
    """Tells the time. A replay's clock runs `speed` times as fast as the wall's."""

    @property
    def speed(self) -> float:
        """Market seconds a real second."""
        ...

    def now(self) -> datetime:
        """Return the market's time, aware UTC."""
        ...

    def steady(self) -> float:
        """Return real seconds since some instant: nobody can set them, and they go on while the machine sleeps."""
        ...


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


class Market(Protocol):
    """Prices. Raises MarketUnavailable."""

    @property
    def label(self) -> str:
        """Name the source: 'replay', 'alpaca-iex' ...; the bot has a sentence for each."""
        ...

    def snapshots(self, symbols: Sequence[str]) -> tuple[Snapshot, ...]:
        """Return the newest snapshot of each symbol that has one; broken ones included, the engine judges."""
        ...

    def bars(self, symbols: Sequence[str], since: datetime) -> BarHistory:
        """Return the exchange's own closed bars of regular hours that start at an instant or later, oldest first.

        There is a row for each bar of the calendar up to the last one that is over, NaN where a symbol did not trade
        in it. Prices and volumes are adjusted for the splits of today and before.
        """
        ...

    def daily_bars(self, symbols: Sequence[str], since: date) -> BarHistory:
        """Return the days whose regular hours have ended, from a date on, oldest first, split-adjusted as of now.

        Rows are all trading days by the calendar, `starts` their regular opens; NaN where a symbol has no bar.
        """
        ...


class News(Protocol):
    """Headlines. Raises NewsUnavailable."""

    def headlines(self, symbols: Sequence[str], since: datetime) -> tuple[Headline, ...]:
        """Return what was published after an instant about any of the symbols, oldest first."""
        ...


class NewsScorer(Protocol):
    """Turns headlines into findings. Raises NewsUnavailable, whose text is a NoScore."""

    @property
    def name(self) -> str:
        """Name the scorer as cards show it: 'keywords' or 'claude'."""
        ...

    def findings(self, symbol: str, headlines: Sequence[Headline]) -> tuple[Finding, ...]:
        """Return what the headlines say about a symbol; each finding is within +-3 tenths and cites its headline."""
        ...


class Broker(Protocol):
    """Orders, positions, money. Raises BrokerUnavailable, OrderUnclear and OrderRefused."""

    @property
    def label(self) -> str:
        """Name the broker: 'paper', 'alpaca-paper', 'alpaca-live'."""
        ...

    def account(self) -> Account:
        """Return the account's money."""
        ...

    def positions(self) -> tuple[Position, ...]:
        """Return every position."""
        ...

    def is_tradable(self, symbol: str) -> bool:
        """Tell whether the broker knows a symbol and takes orders in it."""
        ...

    def check(self, entry: Entry, price: Decimal) -> None:
        """Raise OrderRefused for an entry that would be refused for its shape; asks nobody.

        `price` is the symbol's last one. What only the broker can know (money, halted symbols) it refuses itself.
        """
        ...

    def submit(self, entry: Entry, last_look: Callable[[], None] = nothing_more) -> Order:
        """Send an entry; raises OrderExists for an id that the broker already has.

        `last_look` is called at the last moment before the first byte leaves; where it raises, nothing was sent, and
        its error is raised.
        """
        ...

    def order(self, client_order_id: str) -> Order | None:
        """Return an order with its legs by our own id, None if the broker does not have it."""
        ...

    def order_of(self, broker_id: str) -> Order | None:
        """Return an order with its legs by the broker's own id, None if the broker does not have it."""
        ...

    def orders(self) -> tuple[Order, ...]:
        """Return every order that is not over, with its legs."""
        ...

    def find_orders(self, client_order_ids: Collection[str]) -> Mapping[str, Order]:
        """Return as many of these orders as few requests show, with their legs, by our own ids.

        Of an order that is missing nothing is said: `order` tells whether the broker has it.
        """
        ...

    def replace(self, order: Order, price: Decimal) -> Order:
        """Ask for another price of a stop or target; the answer carries the broker's new id."""
        ...

    def protect(
        self, client_order_id: str, symbol: str, shares: int, stop: Decimal, target: Decimal | None = None
    ) -> Order:
        """Send a stop for shares that have none, and with it a target that the stop ends, and that ends the stop."""
        ...

    def cancel(self, order: Order) -> None:
        """Cancel an order; one that is over already is no error."""
        ...

    def close(self, client_order_id: str, symbol: str, shares: int) -> Order:
        """Cancel what protects a position and sell shares of it at the market."""
        ...

    def buy_back(self, client_order_id: str, symbol: str, shares: int) -> Order:
        """Buy shares at the market that are sold short; refuses more than the account is short of."""
        ...

    def activities(self, since: datetime) -> tuple[Activity, ...]:
        """Return what happened in the account since an instant, oldest first."""
        ...

    def clock_skew(self) -> timedelta:
        """Return how far the broker's clock is ahead of ours."""
        ...

    def close_all(self) -> tuple[CloseFailure, ...]:
        """Cancel every order and sell every position at the market; return what was refused.

        An order that was taken is no sale yet: ask for orders and positions until there are none.
        """
        ...

    def listen(self, on_update: Callable[[str], None]) -> None:
        """Call back with the entry's client order id after each change of an order or its legs."""
        ...


class DeskMemory(Protocol):
    """What the desk last knew of its own state, kept outside the database."""

    def read(self) -> DeskRecord | None:
        """Return what was written last, None where nothing ever was; UNREADABLE where that cannot be told."""
        ...

    def write(self, record: DeskRecord) -> None:
        """Keep this in place of what was written before; raises MemoryUnavailable."""
        ...


class AuditAnchors(Protocol):
    """Rows of the audit that were the last at their time, kept outside the database for whoever distrusts it."""

    def keep(self, anchor: Anchor) -> None:
        """Add an anchor to those that were kept before; raises MemoryUnavailable."""
        ...


class CorporateActions(Protocol):
    """What companies announced about their shares. Raises MarketUnavailable."""

    def between(self, symbols: Collection[str], first: date, last: date) -> tuple[CorporateAction, ...]:
        """Return the actions whose ex-date is one of these days, in their order."""
        ...


class EarningsDates(Protocol):
    """When companies tell their figures. Raises EarningsUnavailable."""

    def next_date(self, symbol: str, on: date) -> date | None:
        """Return the first date of a symbol's earnings on or after a day, None where none is known."""
        ...


class PriceCache(Protocol):
    """Latest and recent prices for everybody else to read. Raises StreamUnavailable."""

    def put(self, snapshots: Sequence[Snapshot], at: datetime, oldest: timedelta) -> None:
        """Store what was seen at a look, under its 30-second mark and as the latest of each symbol.

        A quote older than `oldest` has no spread, and a volume of another day is none.
        """
        ...

    def latest(self, symbol: str) -> Snapshot | None:
        """Return the newest stored snapshot."""
        ...


class SignalStream(Protocol):
    """The stream `trading_signals`: work to be decided. Raises StreamUnavailable."""

    def publish(self, trade: Trade) -> None:
        """Append a proposal."""
        ...

    def read(self) -> tuple[tuple[str, str], ...]:
        """Return (entry id, trade id) of new entries, and of those that a dead reader left unacknowledged.

        The trade id is '' where an entry names no trade, or more than one.
        """
        ...

    def acknowledge(self, entry_ids: Sequence[str]) -> None:
        """Mark entries as handled."""
        ...

    def set_aside(self, entry_ids: Sequence[str]) -> None:
        """Mark entries as handled that no decision can be made about, and keep them where an operator can look."""
        ...


class Notices(Protocol):
    """The way to the desk: delivers what waits in the outbox."""

    def wake(self) -> None:
        """Say that something may be waiting; returns at once."""
        ...


class Passing(StrEnum):
    """What a circuit breaker says of a call: pass it, pass it as the one probe, do not make it."""

    FREE = "free"
    PROBE = "probe"
    SHUT = "shut"


class Breaker(Protocol):
    """The circuit breaker of one service, shared by all who call it. Raises StreamUnavailable.

    After five failures in a row it is open for a while, and nobody calls; then one probe passes, and what becomes of it
    closes or opens it again.
    """

    def passing(self) -> Passing:
        """Tell whether a call may be made now; the answer PROBE is given to one."""
        ...

    def is_closed(self) -> bool:
        """Tell whether the service is believed to work; takes no probe."""
        ...

    def worked(self) -> None:
        """Note that the service answered."""
        ...

    def failed(self) -> None:
        """Note that it did not."""
        ...
