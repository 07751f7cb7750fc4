from collections.abc import Callable

from engine.errors import MemoryUnavailable
from engine.model.audit import Anchor
from engine.model.desk_record import DeskRecord
from engine.ports.memory import whatever_was_known


class FakeDeskMemory:
    """The port DeskMemory that a test holds in its hands."""

    def __init__(self) -> None:
        self.record: DeskRecord | None = None
        self.is_away = False

    def read(self) -> DeskRecord | None:
        return None if self.is_away else self.record

    def write(self, record: DeskRecord, may_replace: Callable[[DeskRecord | None], bool] = whatever_was_known) -> None:
        if self.is_away:
            raise MemoryUnavailable("the memory is away")
        if may_replace(self.record):
            self.record = record


class FakeAnchors:
    """The port AuditAnchors that a test holds in its hands."""

    def __init__(self) -> None:
        self.kept: list[Anchor] = []
        self.is_away = False

    def keep(self, anchor: Anchor) -> None:
        if self.is_away:
            raise MemoryUnavailable("the anchors are away")
        self.kept.append(anchor)
