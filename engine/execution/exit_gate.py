"""The way by which everything but entries leaves for the broker: stops, sales, covers, and cancels."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import structlog

from engine.common.trade_lookup import existing
from engine.errors import AlreadyDecided, Fenced, LookedTooLongAgo, OrderRefused
from engine.model.desk import Term
from engine.model.trade import Order, Trade
from engine.ports.broker import Broker, LastLook
from engine.ports.clock import Clock
from engine.ports.store import LOOK_HOLDS, Reader, Store

log = structlog.get_logger()

Sent = TypeVar("Sent")

ATTEMPTS = 3
"""How often an exit is sent at once that another request kept from leaving."""
TERM_READS = 3
"""How often the term alone is read where the database is slow: an exit should leave if it can."""
REASON_HOLDS = 3.0
"""Real seconds for which the reason may be acted on, where to read it takes longer than a look holds."""


class ExitGate:
    """Lets one request of all processes pass at a time, and only while the database still asks for it.

    It opens in every state of the desk. A process that was paused sends nothing if another one has come through
    meanwhile: as for an entry, the term of the order lock and the reason are read again right before the first byte, if
    the last look at them is older than a moment. If the reason takes longer than that to read, as over a slow line to
    the database, only the term must be fresh: a stop must not wait for a quicker database.
    """

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        # Of this process, one look at a trade's exits at a time: two that found no stop, or no exit, would send two.
        self.one_look = threading.Lock()

    @contextmanager
    def open(self, look: Callable[[Reader], None]) -> Iterator[LastLook]:
        """Hold the way to the broker, and give the last look for a request; `look` raises where it is not wanted.

        Raises that, Fenced, LookedTooLongAgo and StoreUnavailable.
        """
        with self._store.order_lock(urgent=True) as term:
            looked_at = self._look(look, term)

            def look_again() -> None:
                nonlocal looked_at
                if self._is_fresh(looked_at):
                    return
                began = self._clock.steady()
                for what in (look, *[whatever_is_stored] * TERM_READS):
                    looked_at = self._look(what, term)
                    if self._is_fresh(looked_at) and self._clock.steady() - began <= REASON_HOLDS:
                        return
                raise LookedTooLongAgo("the database could not be read in time")

            yield look_again

    def _look(self, look: Callable[[Reader], None], term: Term) -> float:
        with self._store.reading() as reader:
            looked_at = self._clock.steady()
            if reader.term() != term:
                raise Fenced(f"term {term.number} is over")
            look(reader)
        return looked_at

    def _is_fresh(self, looked_at: float) -> bool:
        return self._clock.steady() - looked_at <= LOOK_HOLDS


def at_last(send: Callable[[], Sent], **about: str) -> Sent:
    """Send an exit, at once again where nothing was sent because a halt or another exit took the way to the broker.

    What protected the shares may be cancelled by then, so it must not wait for the next round. `send` asks anew what
    there is to send each time. Raises what the last attempt raises.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return send()
        except (Fenced, LookedTooLongAgo) as error:
            log.warning("exit_held_back", error=str(error), **about)
    return send()


def sent_once(broker: Broker, key: str, send: Callable[[], Order]) -> Order:
    """Send an exit under an id of its own, or return the order that the broker has under it by then.

    Another process may be on the same way: its order takes the shares before it is stored, and ours is refused for want
    of them. Raises what `send` raises.
    """
    known = broker.order(key)
    if known:
        return known
    try:
        return send()
    except OrderRefused:
        sent = broker.order(key)
        if sent is None:
            raise
        return sent


def whatever_is_stored(_reader: Reader) -> None:
    """Demand only that nobody else has come through the gate meanwhile."""


def as_seen(trade: Trade) -> Callable[[Reader], None]:
    """Return the look that raises AlreadyDecided where a trade moved on, or was restated."""

    def look(reader: Reader) -> None:
        now = existing(reader, trade.id)
        if (now.state, now.symbol, now.restated) != (trade.state, trade.symbol, trade.restated):
            raise AlreadyDecided(trade.id, now.state, now.decided_by)

    return look
