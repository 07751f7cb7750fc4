"""The truth as Protocols: what is stored, how it is read, and how it is written.

The one port with parts of its own, so it has a file of its own beside `engine.ports`.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from engine.model.desk import AuditEntry, Desk
from engine.model.market import Headline
from engine.model.notice import Notice, Posted, Waiting
from engine.model.portfolio import Account
from engine.model.signal import Finding, Signal
from engine.model.trade import Order, Trade, TradeState


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

    def passage(self) -> AbstractContextManager[None]:
        """Hold the way to the broker, which one at a time may go: of all threads of all processes on this truth."""
        ...
