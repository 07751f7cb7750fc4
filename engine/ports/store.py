"""The database as Protocols: one transaction that writes, and readers beside it."""

from contextlib import AbstractContextManager
from typing import Protocol

from engine.model.desk import Term
from engine.ports.journal_records import JournalReader, JournalWriter
from engine.ports.numbered_rows import NumberedRows
from engine.ports.shadow_records import ShadowReader, ShadowWriter
from engine.ports.store_reading import (
    AccountReader,
    AuditReader,
    DecisionRecords,
    DeskReader,
    NewsReader,
    OutboxReader,
    PerformanceHistory,
    SignalHistory,
    TrackRecord,
    TradeReader,
)
from engine.ports.store_writing import AccountWriter, DeskWriter, NewsWriter, OutboxWriter, TradeWriter

LOOK_HOLDS = 0.25
"""Real seconds for which what was read of the desk's state may be acted on, measured on a clock that counts sleep.

An order leaves within this time of its last look or not at all; who takes the way to the broker over from somebody
who did not leave it waits as long, so that nothing which was looked at before can still leave after.
"""


class Reader(
    DeskReader,
    TradeReader,
    NewsReader,
    OutboxReader,
    AuditReader,
    TrackRecord,
    PerformanceHistory,
    SignalHistory,
    AccountReader,
    DecisionRecords,
    NumberedRows,
    ShadowReader,
    JournalReader,
    Protocol,
):
    """What can be read of the database."""


class Transaction(
    Reader,
    DeskWriter,
    TradeWriter,
    NewsWriter,
    AccountWriter,
    OutboxWriter,
    ShadowWriter,
    JournalWriter,
    Protocol,
):
    """The database open for writing, in one transaction that no other write runs beside."""


class Store(Protocol):
    """The database. Raises StoreUnavailable when it cannot be read or written."""

    def reading(self) -> AbstractContextManager[Reader]:
        """Open the database for reading."""
        ...

    def writing(self, term: Term | None = None, *, urgent: bool = False) -> AbstractContextManager[Transaction]:
        """Open the database for writing; what was written is kept on leaving without an exception, and only then.

        Writers wait for each other, so what is read inside stays true; one who is urgent goes before the others.
        Nothing outside is called while it is open. Raises Fenced, and nothing is written, once `term` is over.
        """
        ...

    def order_lock(self, *, urgent: bool = False) -> AbstractContextManager[Term]:
        """Hold the way to the broker, which one at a time may go: of all threads of all processes on this database.

        Gives the term in which it is held. One who is urgent takes it over from whoever keeps it for too long: that
        one's term is over then, and what it last looked at is too old to act on before this returns.
        """
        ...
