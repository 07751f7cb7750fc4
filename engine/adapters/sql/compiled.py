"""What statements became, kept for every database of this process.

A process may open several, and the same one again and again. Each has a dialect of its own, made like the one before,
and SQLAlchemy would compile every statement again for each.
"""

from collections.abc import MutableMapping
from typing import Any, Final

MOST: Final = 4_096
"""Statements that are kept: some hundreds are asked for, and those of questions put together anew come to few more."""


class CompiledStatements(dict[Any, Any]):
    """Compiled statements by the kind of their dialect, for all threads; all are forgotten where they are too many."""

    def __init__(self, most: int = MOST) -> None:
        super().__init__()
        self._most = most

    def get(self, key: Any, default: Any = None) -> Any:
        """Return what a statement became."""
        return super().get(_of_a_kind(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        if len(self) >= self._most:
            self.clear()
        super().__setitem__(_of_a_kind(key), compiled)


def _of_a_kind(key: Any) -> tuple[Any, ...]:
    dialect, *rest = key
    return (type(dialect), *rest)


COMPILED: Final[MutableMapping[Any, Any]] = CompiledStatements()
