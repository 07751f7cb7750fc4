"""Symbols whose quantity changed for no known reason: while there are any the desk takes exits only."""

from engine.common.share_counts import UNEXPLAINED, unexplained
from engine.ports.store import Store


class Unexplained:
    """A reason for exits only: the quantity of a symbol changed, and nothing tells why."""

    name = UNEXPLAINED

    def __init__(self, *, store: Store) -> None:
        self._store = store

    def look(self) -> str:
        """Say whether any quantity is unexplained."""
        with self._store.reading() as reader:
            return self.name if unexplained(reader) else ""
