"""Slack delivers until it is acknowledged, so what a person did once may come twice: it is served once.

What came lately is remembered here; what came before a restart, or to another process, the audit remembers.
"""

from collections import OrderedDict
from collections.abc import Mapping
from threading import Condition, Lock
from typing import Any, Final

REMEMBERED: Final = 10_000
"""Deliveries; a busy desk sends that many in days, and Slack repeats itself within minutes."""

PATIENCE: Final = 2.8
"""Seconds that a repeated delivery waits for the first one's acknowledgement; Slack itself waits for three."""


class Delivery:
    """Something a person did, as Slack delivered it first, and how that was acknowledged.

    All of them share a condition: one of its own would be most of what is kept of each.
    """

    __slots__ = ("_changed", "_how")

    def __init__(self, changed: Condition) -> None:
        self._changed = changed
        self._how: Mapping[str, Any] | None = None

    def acknowledged(self, how: Mapping[str, Any]) -> bool:
        """Remember how it is acknowledged; False, and nothing done, where it was already: the first time counts."""
        with self._changed:
            if self._how is not None:
                return False
            self._how = how
            self._changed.notify_all()
            return True

    def answer(self) -> Mapping[str, Any] | None:
        """Return how it was acknowledged, once it was; None where it is not in time, because the work on it ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._how is not None, PATIENCE)
            return self._how


class Deliveries:
    """The last deliveries by their ids."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._known: OrderedDict[str, Delivery] = OrderedDict()
        self._lock = Lock()
        self._changed = Condition()

    def take(self, delivery_id: str) -> tuple[Delivery, bool]:
        """Return a delivery and whether it is new."""
        with self._lock:
            known = self._known.get(delivery_id)
            if known:
                return known, False
            if len(self._known) >= self._most:
                self._known.popitem(last=False)
            return self._known.setdefault(delivery_id, Delivery(self._changed)), True
