from typing import Protocol

from engine.model.audit import Anchor
from engine.model.desk_record import DeskRecord


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
