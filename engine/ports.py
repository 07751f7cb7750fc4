"""What the engine needs of the outside, as Protocols: one adapter, one fake and one contract suite each."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from engine.model.desk import AuditEntry, Desk
from engine.model.market import BarHistory, Headline, Session, Snapshot, TradingDay
from engine.model.notice import Notice, Posted, Waiting
from engine.model.portfolio import Account, Position
from engine.model.signal import Finding, Signal
from engine.model.trade import Entry, Order, Trade, TradeState


class Clock(Protocol):
    """Tells the time. A replay's clock runs `speed` times as fast as the wall's."""

    @property
    def speed(self) -> float:
        """Market seconds a real second."""
        ...

    def now(self) -> datetime:
        """Return the market's time, aware UTC."""
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


class Market(Protocol):
    """Prices. Raises MarketUnavailable."""

    @property
    def label(self) -> str:
        """Name the source: 'replay', 'alpaca-iex' ...; the bot has a sentence for each."""
        ...

    def snapshots(self, symbols: Sequence[str]) -> tuple[Snapshot, ...]:
        """Return the newest snapshot of each symbol that has one; broken ones included, the engine judges."""
        ...

    def history(self, symbols: Sequence[str], bars: int) -> BarHistory:
        """Return the last completed bars before now, oldest first."""
        ...


class News(Protocol):
    """Headlines. Raises NewsUnavailable."""

    def headlines(self, symbols: Sequence[str], since: datetime) -> tuple[Headline, ...]:
        """Return what was published after an instant about any of the symbols, oldest first."""
        ...


class NewsScorer(Protocol):
    """Turns headlines into findings. Raises NewsUnavailable."""

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

    def submit(self, entry: Entry) -> Order:
        """Send a bracket; an id that the broker already has is refused, never sent twice."""
        ...

    def order(self, client_order_id: str) -> Order | None:
        """Return an order with its legs by our own id, None if the broker does not have it."""
        ...

    def orders(self) -> tuple[Order, ...]:
        """Return every order that is not over, with its legs."""
        ...

    def replace(self, order: Order, price: Decimal) -> Order:
        """Ask for another price of a stop or target; the answer carries the broker's new id."""
        ...

    def protect(self, client_order_id: str, symbol: str, shares: int, stop: Decimal) -> Order:
        """Send a stop for shares that have none."""
        ...

    def cancel(self, order: Order) -> None:
        """Cancel an order; one that is over already is no error."""
        ...

    def close(self, client_order_id: str, symbol: str, shares: int) -> Order:
        """Cancel what protects a position and sell shares of it at the market."""
        ...

    def listen(self, on_update: Callable[[str], None]) -> None:
        """Call back with the entry's client order id after each change of an order or its legs."""
        ...


class PriceCache(Protocol):
    """Latest and recent prices for everybody else to read. Raises StreamUnavailable."""

    def put(self, snapshots: Sequence[Snapshot]) -> None:
        """Store snapshots, each under its instant and as the latest of its symbol."""
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
        """Return (entry id, trade id) of new entries, and of those that a dead reader left unacknowledged."""
        ...

    def acknowledge(self, entry_ids: Sequence[str]) -> None:
        """Mark entries as handled."""
        ...


class Ledger(Protocol):
    """What can be read of the truth."""

    def desk(self) -> Desk:
        """Return the desk's state."""
        ...

    def trade(self, trade_id: str) -> Trade | None:
        """Return a trade."""
        ...

    def trades(
        self,
        states: Collection[TradeState] = (),
        *,
        symbol: str = "",
        since: datetime | None = None,
        limit: int | None = None,
    ) -> tuple[Trade, ...]:
        """Return trades, newest first; in any state where none is named, `since` looks at when they were proposed."""
        ...

    def unpublished(self) -> tuple[Trade, ...]:
        """Return proposals that never reached the stream, oldest first."""
        ...

    def orders(self, trade_id: str) -> tuple[Order, ...]:
        """Return a trade's orders as last seen, entry first, without nesting."""
        ...

    def findings(self, symbols: Sequence[str], since: datetime) -> Mapping[str, tuple[Finding, ...]]:
        """Return what the news said of each symbol since an instant, newest first; symbols without news are missing."""
        ...

    def scored(self, headline_ids: Collection[str]) -> frozenset[str]:
        """Return which of these headlines were scored already."""
        ...

    def setting(self, name: str) -> str | None:
        """Return a setting that was changed at run time."""
        ...

    def waiting(self, limit: int) -> tuple[Waiting, ...]:
        """Return notices not yet delivered, in the order in which they were told."""
        ...

    def told(self, key: str) -> bool:
        """Tell whether a notice was ever put into the outbox."""
        ...

    def posted(self, key: str) -> Posted | None:
        """Return where the message of a notice stands."""
        ...

    def audit(self, *, subject: str = "", limit: int = 50) -> tuple[AuditEntry, ...]:
        """Return audit entries, newest first."""
        ...


class Book(Ledger, Protocol):
    """The truth open for writing, in one transaction that no other write runs beside."""

    def set_desk(self, desk: Desk) -> None:
        """Change the desk's state."""
        ...

    def set_setting(self, name: str, value: str) -> None:
        """Change a setting at run time."""
        ...

    def add_signal(self, signal: Signal, why_not: str) -> None:
        """Keep a signal that no trade came of, and why."""
        ...

    def propose(self, trade: Trade) -> None:
        """Keep a new proposal with its signal; it is not yet published."""
        ...

    def mark_published(self, trade_id: str) -> None:
        """Note that a proposal is on the stream."""
        ...

    def move(self, trade: Trade, to: TradeState) -> Trade:
        """Move a trade on, with whatever else of it has changed, and return it in its new state.

        A compare-and-set: raises AlreadyDecided when the stored state is not `trade.state`, ValueError for a move that
        does not exist.
        """
        ...

    def update(self, trade: Trade) -> None:
        """Keep what has changed of a trade that stays in its state; raises AlreadyDecided when it is in another."""
        ...

    def keep_order(self, trade_id: str, order: Order) -> None:
        """Keep an order and its legs as last seen, and each new fill."""
        ...

    def keep_findings(self, headlines: Sequence[Headline], findings: Sequence[Finding], scorer: str) -> None:
        """Keep headlines as scored, with what was found in them."""
        ...

    def keep_equity(self, at: datetime, account: Account, open_risk: Decimal) -> None:
        """Add a point to the curve of equity and to the risk log."""
        ...

    def tell(self, notice: Notice) -> bool:
        """Put a notice into the outbox; False, and nothing done, when its key was told before."""
        ...

    def delivered(self, number: int, posted: Posted | None) -> None:
        """Note that a waiting notice was delivered, and where its message stands if it has one."""
        ...

    def record(self, entry: AuditEntry) -> None:
        """Add to the audit."""
        ...


class Store(Protocol):
    """The truth. Raises MustHalt when it cannot be read or written."""

    def reading(self) -> AbstractContextManager[Ledger]:
        """Open the truth for reading."""
        ...

    def writing(self) -> AbstractContextManager[Book]:
        """Open the truth for writing; what was written is kept on leaving without an exception, and only then.

        Writers wait for each other, so what is read inside stays true. Nothing outside is called while it is open.
        """
        ...


class Notices(Protocol):
    """The way to the desk: delivers what waits in the outbox."""

    def wake(self) -> None:
        """Say that something may be waiting; returns at once."""
        ...
