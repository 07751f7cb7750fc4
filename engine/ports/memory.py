from collections.abc import Callable
from typing import Protocol

from engine.model.audit import Anchor
from engine.model.desk_record import DeskRecord


def whatever_was_known(_known: DeskRecord | None) -> bool:
    """Write over anything."""
    return True


class DeskMemory(Protocol):
    """What the desk last knew of its own state, kept outside the database."""

    def read(self) -> DeskRecord | None:
        """Return what was written last, None where nothing ever was; UNREADABLE where that cannot be told."""
        ...

    def write(self, record: DeskRecord, may_replace: Callable[[DeskRecord | None], bool] = whatever_was_known) -> None:
        """Keep this in place of what was written before; raises MemoryUnavailable.

        Nothing is written if `may_replace` refuses what is kept by then; no other process writes between that check and
        the write.
        """
        ...


class AuditAnchors(Protocol):
    """Rows of the audit that were the last at their time, kept outside the database for whoever distrusts it."""

    def keep(self, anchor: Anchor) -> None:
        """Add an anchor to those that were kept before; raises MemoryUnavailable."""
        ...
