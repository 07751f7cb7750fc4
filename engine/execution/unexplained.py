"""Symbols whose quantity changed for no known reason: while there are any the desk takes exits only."""

import json

from engine.ports.store import Reader, Store

UNEXPLAINED = "unexplained"
"""The setting that has the symbols whose quantity changed for no known reason: shares expected and found."""


def unexplained(reader: Reader) -> dict[str, tuple[int, int]]:
    """Return the symbols whose quantity changed for no known reason: the shares expected, and those found."""
    kept: dict[str, list[int]] = json.loads(reader.setting(UNEXPLAINED) or "{}")
    return {symbol: (expected, found) for symbol, (expected, found) in kept.items()}


class Unexplained:
    """A reason for exits only: the quantity of a symbol changed, and nothing tells why."""

    name = UNEXPLAINED

    def __init__(self, *, store: Store) -> None:
        self._store = store

    def look(self) -> str:
        """Say whether any quantity is unexplained."""
        with self._store.reading() as reader:
            return self.name if unexplained(reader) else ""
