"""The way by which everything but entries leaves for the broker: stops, sales, covers, and cancels."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from engine.common.trade_lookup import existing
from engine.errors import AlreadyDecided, Fenced, LookedTooLongAgo
from engine.model.desk import Term
from engine.model.trade import Trade
from engine.ports.broker import LastLook
from engine.ports.clock import Clock
from engine.ports.store import LOOK_HOLDS, Reader, Store

ATTEMPTS = 3
"""How often the look is repeated if the database is slow: an exit should leave if it can."""


class ExitGate:
    """Lets one request of all processes pass at a time, and only while the database still asks for it.

    It opens in every state of the desk. A process that was paused sends nothing if another one has come through
    meanwhile: as for an entry, the term of the order lock and the reason are read again right before the first byte, if
    the last look at them is older than a moment.
    """

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @contextmanager
    def open(self, look: Callable[[Reader], None]) -> Iterator[LastLook]:
        """Hold the way to the broker, and give the last look for a request; `look` raises where it is not wanted.

        Raises that, Fenced, LookedTooLongAgo and StoreUnavailable.
        """
        with self._store.order_lock(urgent=True) as term:
            looked_at = self._look(look, term)

            def look_again() -> None:
                nonlocal looked_at
                for _ in range(ATTEMPTS):
                    if self._clock.steady() - looked_at <= LOOK_HOLDS:
                        return
                    looked_at = self._look(look, term)
                if self._clock.steady() - looked_at > LOOK_HOLDS:
                    raise LookedTooLongAgo("the database could not be read in time")

            yield look_again

    def _look(self, look: Callable[[Reader], None], term: Term) -> float:
        with self._store.reading() as reader:
            looked_at = self._clock.steady()
            if reader.term() != term:
                raise Fenced(f"term {term.number} is over")
            look(reader)
        return looked_at


def whatever_is_stored(_reader: Reader) -> None:
    """Demand only that nobody else has come through the gate meanwhile."""


def as_seen(trade: Trade) -> Callable[[Reader], None]:
    """Return the look that raises AlreadyDecided where a trade moved on, or was restated."""

    def look(reader: Reader) -> None:
        now = existing(reader, trade.id)
        if (now.state, now.symbol, now.restated) != (trade.state, trade.symbol, trade.restated):
            raise AlreadyDecided(trade.id, now.state, now.decided_by)

    return look
