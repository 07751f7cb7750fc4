"""What the database keeps of the journal, and the fills from which tax lots are made."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from engine.model.journal import JournalEntry
from engine.model.notices.base import Posted
from engine.model.tax_lots import Fill


class JournalReader(Protocol):
    """Notes, grades and fills."""

    def journal(
        self, trade_ids: Collection[str] | None = None, *, since: datetime | None = None
    ) -> tuple[JournalEntry, ...]:
        """Return what is written down, oldest first, of some trades if they are named; nothing that was taken back."""
        ...

    def trade_of_card(self, card: Posted) -> str:
        """Return the id of the trade whose card stands there, '' where none does."""
        ...

    def fills(self, trade_ids: Collection[str]) -> Mapping[str, tuple[Fill, ...]]:
        """Return what was bought and sold for trades, oldest first, by their ids."""
        ...


class JournalWriter(Protocol):
    """Keeps them."""

    def save_journal(self, entry: JournalEntry) -> bool:
        """Keep an entry; False, and nothing done, where a version of it is kept that is as high."""
        ...
