"""Orders that were asked to end, and that the broker keeps."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import structlog

from engine.model.market import Session
from engine.model.notices.account import OrderKept
from engine.model.trade import Order, OrderRole
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from engine.ports.store import Store

log = structlog.get_logger()

PATIENCE: Final = 50.0
"""Real seconds that an order may take to end: each look asks for it, and they are a minute apart."""
RECENT: Final = 150.0
"""Real seconds after which an order that was not asked for again is no longer to end: two looks."""
FIRST_TOLD: Final = (OrderRole.ENTRY, OrderRole.STOP, OrderRole.TARGET, OrderRole.EXIT, OrderRole.COVER)
"""Which of several orders speaks for them: what still buys, else the stop, for of exits one ends the other."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """When an order was first and last asked to end: real seconds."""

    first: float
    last: float


class KeptOrders:
    """Tells the desk of orders that can be filled though they were to end, whether a cancel was refused, lost or taken.

    Only that an order is still there after a second request says so: a cancel may be refused because the order was
    filled just then. A cancel that is pending can last until the next open, and counts from there. Noted is what this
    process asks for; the one that leads asks for all of it, and looks.
    """

    def __init__(self, *, store: Store, clock: Clock, calendar: Calendar) -> None:
        self._store = store
        self._clock = clock
        self._calendar = calendar
        self._asked: dict[str, _Asked] = {}  # by the broker's id

    def expect_end(self, order: Order) -> None:
        """Note that an order is about to be cancelled; it needs no database, so it may precede every cancel."""
        now = self._clock.steady()
        known = self._asked.get(order.broker_id)
        self._asked[order.broker_id] = _Asked(known.first if known else now, now)

    def look(self, alive: Iterable[Order]) -> None:
        """Tell the desk, once for each, of those that are still there; `alive` is all that the broker has to fill."""
        groups = [[part for part in order.parts if not part.state.is_over] for order in alive]
        there = {part.broker_id for group in groups for part in group}
        for gone in self._asked.keys() - there:
            self._asked.pop(gone, None)
        for group in groups:
            kept = [part for part in group if self._note_if_kept(part)]
            if kept:
                self._tell(min(kept, key=lambda part: FIRST_TOLD.index(part.role)))

    def _note_if_kept(self, order: Order) -> bool:
        """Tell whether an order is kept, and note of one that is not to end now from when on it is."""
        asked, now = self._asked.get(order.broker_id), self._clock.steady()
        if asked is None:
            return False
        if order.is_standing:
            if now - asked.last > RECENT:
                self._asked.pop(order.broker_id, None)
                return False
            return asked.last - asked.first >= PATIENCE
        if self._calendar.session(self._clock.now()) is not Session.REGULAR:
            self._asked[order.broker_id] = _Asked(now, now)
            return False
        return now - asked.first >= PATIENCE

    def _tell(self, order: Order) -> None:
        key = f"{order.broker_id}:kept"
        with self._store.reading() as reader:
            if reader.was_enqueued(key):
                return
        notice = OrderKept(
            key=key,
            at=self._clock.now(),
            symbol=order.symbol,
            role=order.role,
            shares=order.unfilled_shares,
            is_pending=not order.is_standing,
        )
        with self._store.writing() as transaction:
            transaction.enqueue_notice(notice)
        log.warning("order_kept", order=order.client_order_id, shares=order.unfilled_shares)
