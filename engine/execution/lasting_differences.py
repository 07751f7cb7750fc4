"""Orders and positions are read one after the other, so a difference counts only when a later look finds the same."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from engine.execution.quantities import Quantity
from engine.ports.clock import Clock

MOMENT = timedelta(seconds=2)
"""Real time after which a difference is no fill on its way."""
PATIENCE = timedelta(seconds=30)
"""Real time for which the account's activities may lag behind its positions."""


class LastingDifferences:
    """Remembers since when each difference is the same, and when it is to be looked at again."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._seen: dict[str, tuple[Quantity, datetime]] = {}
        self._due: datetime | None = None

    def take_due(self, *, is_doubted: bool) -> bool:
        """Tell, once, that another look is due; where something else `is_doubted`, also when none is planned."""
        due = self._due
        if is_doubted and due is None:
            return True
        if due is None or self._clock.now() < due:
            return False
        self._due = None
        return True

    def look_again(self) -> None:
        """Plan another look at once."""
        self._due = self._clock.now()

    def lasting(self, quantities: Sequence[Quantity], now: datetime) -> list[tuple[Quantity, bool]]:
        """Return the differences that were the same a moment ago; the others are looked at again.

        With each comes whether the account's activities had the time to explain it.
        """
        before, self._seen = self._seen, {}
        for quantity in quantities:
            if not quantity.is_as_told:
                same = before.get(quantity.symbol)
                # A clock that was set back must not make a difference younger than this look.
                since = min(same[1], now) if same and same[0] == quantity else now
                self._seen[quantity.symbol] = (quantity, since)
        steps = [step * self._clock.speed for step in (MOMENT, PATIENCE)]
        looks = [since + step for _, since in self._seen.values() for step in steps]
        self._due = min((look for look in looks if look > now), default=None)
        late = PATIENCE * self._clock.speed
        lasting = ((quantity, since) for quantity, since in self._seen.values() if self._lasts(since, now))
        return [(quantity, now - since >= late) for quantity, since in lasting]

    def young(self, now: datetime) -> frozenset[str]:
        """Return the symbols with a difference that may still be a fill on its way."""
        return frozenset(symbol for symbol, (_, since) in self._seen.items() if not self._lasts(since, now))

    def _lasts(self, since: datetime, now: datetime) -> bool:
        """Tell whether a difference that was first seen then is no fill on its way any more."""
        return since + MOMENT * self._clock.speed <= now
