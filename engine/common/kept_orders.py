"""Orders that were asked to end, and that the broker keeps."""

from collections.abc import Iterable, Sequence
from typing import Final

import structlog

from engine.model.notices.account import OrderKept
from engine.model.trade import Order, OrderRole
from engine.ports.clock import Clock
from engine.ports.store import Store

log = structlog.get_logger()

PATIENCE: Final = 90.0
"""Real seconds that an order may take to end: each look asks for it again, and they are a minute apart."""


class KeptOrders:
    """Tells the desk of orders that can be filled though they were to end, whether a cancel was refused, lost or taken.

    Only that an order is still there says so: a cancel may be refused because the order was filled just then.
    """

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._since: dict[str, float] = {}  # by the broker's id

    def expect_end(self, order: Order) -> None:
        """Note that an order is about to be cancelled; it needs no database, so it may precede every cancel."""
        self._since.setdefault(order.broker_id, self._clock.steady())

    def look(self, alive: Iterable[Order]) -> None:
        """Tell the desk, once for each, of those that are still there; `alive` is all that the broker has to fill."""
        standing = [(order, [part for part in order.parts if not part.state.is_over]) for order in alive]
        there = {part.broker_id for _, parts in standing for part in parts}
        for broker_id in tuple(self._since):
            if broker_id not in there:
                self._since.pop(broker_id, None)
        now = self._clock.steady()
        for order, parts in standing:
            kept = [part for part in parts if now - self._since.get(part.broker_id, now) >= PATIENCE]
            if kept:
                self._tell(f"{order.broker_id}:kept", kept)

    def _tell(self, key: str, kept: Sequence[Order]) -> None:
        """Tell of an order, or of what belongs together and of which one ends the other: the stop speaks for both."""
        with self._store.reading() as reader:
            if reader.was_enqueued(key):
                return
        order = min(kept, key=lambda part: part.role is not OrderRole.STOP)
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
