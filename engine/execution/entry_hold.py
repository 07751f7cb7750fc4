from engine.errors import DeskNotActive
from engine.model.desk import DeskState


class EntryHold:
    """Keeps every entry back, whatever the database says: a halt may come when nothing can be written."""

    def __init__(self) -> None:
        self._held: tuple[str, str] | None = None

    def hold(self, by: str, reason: str) -> None:
        """Let no entry pass until `release`."""
        self._held = (by, reason)

    def release(self) -> None:
        """Go by the database again."""
        self._held = None

    def refuse(self) -> None:
        """Raise DeskNotActive while entries are held."""
        held = self._held
        if held:
            by, reason = held
            raise DeskNotActive(DeskState.HALTED, reason, by)
