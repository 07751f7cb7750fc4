"""The signals of trades, which are read with every look at a trade and never change once they are kept."""

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection, bindparam, select

from engine.adapters.sql.tables import SignalRow
from engine.adapters.sql.values import signal_of
from engine.model.signal import Signal

MOST = 4_096
"""Signals that are remembered, some kilobytes each: those of all trades that are under way, and of a page of others."""
AT_ONCE = 500
"""Keys that one query asks for; databases take no more than some thousands."""
SIGNAL = [column.label(f"signal_{column.key}") for column in SignalRow.__table__.c if not column.primary_key]

Key = TypeVar("Key")


SIGNALS = select(SignalRow.id, *SIGNAL).where(SignalRow.id.in_(bindparam("some", expanding=True)))


Place = tuple[int, str]
"""The number of a signal's row, and the id of the trade that came of it: a failover may give a number a second time."""


class KnownSignals:
    """Signals that were read before, by their places; for all threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: dict[Place, Signal] = {}
        self._lock = threading.Lock()

    def among(self, places: Collection[Place]) -> dict[Place, Signal]:
        """Return those of some signals that are known."""
        with self._lock:
            return {place: self._known[place] for place in places if place in self._known}

    def keep(self, signals: Mapping[Place, Signal]) -> None:
        """Remember signals that nothing can undo any more, and forget the ones that were learnt first."""
        with self._lock:
            self._known.update(signals)
            for place in list(islice(self._known, max(0, len(self._known) - self._most))):
                del self._known[place]


def read_signals(connection: Connection, numbers: Collection[int]) -> dict[int, Signal]:
    """Read signals by the numbers of their rows."""
    return {
        row.id: signal_of(row)
        for some in at_once(sorted(numbers))
        for row in connection.execute(SIGNALS, {"some": some})
    }


def at_once(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    """Yield keys in as many parts as queries are needed to ask for them."""
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))
