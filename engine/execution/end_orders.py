"""The end of orders that must not go on: they deal in too much, or for a trade that is over."""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from engine.errors import Fenced, LookedTooLongAgo, OrderRefused
from engine.execution.exit_gate import ExitGate, at_last, whatever_is_stored
from engine.model.notices.account import OrderKept
from engine.model.trade import Order
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Store

log = structlog.get_logger()

PATIENCE: Final = timedelta(seconds=30)
"""How long after the first cancel an order may still be there before the desk is told."""
FORGOTTEN: Final = timedelta(minutes=10)
"""How long after a cancel another one of the same order belongs to it: each look asks for one."""


class EndOrders:
    """Cancels orders, whatever is stored of their trades; the desk is told of one that the broker keeps all the same.

    Neither a refusal nor its absence says that it is kept: of one that was just filled the cancel is refused as well.
    """

    def __init__(self, *, store: Store, broker: Broker, clock: Clock, exits: ExitGate) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._exits = exits
        self._asked: dict[str, tuple[datetime, datetime]] = {}  # first and last, by the broker's id
        self._noting = threading.Lock()

    def __call__(self, orders: Sequence[Order]) -> None:
        """Cancel those that are not over; one that cannot be is left to the next look. Raises BrokerUnavailable."""
        for order in orders:
            if not order.state.is_over:
                trouble = self._cancel(order)
                if self._is_kept(order.broker_id):
                    self._tell(order, trouble)

    def _cancel(self, order: Order) -> str:
        """Cancel an order; return the broker's words where it refuses to."""

        def cancel() -> None:
            with self._exits.open(whatever_is_stored) as last_look:
                self._broker.cancel(order, last_look)

        try:
            at_last(cancel, order=order.client_order_id)
        except (OrderRefused, Fenced, LookedTooLongAgo) as error:
            log.warning("order_not_cancelled", order=order.client_order_id, error=str(error))
            return str(error.facts["reason"]) if isinstance(error, OrderRefused) else ""
        return ""

    def _is_kept(self, broker_id: str) -> bool:
        """Note that an order was to be cancelled, and tell whether it was long ago, and ever since."""
        now, speed = self._clock.now(), self._clock.speed
        with self._noting:
            # It ended since, or was no longer to be ended.
            self._asked = {known: times for known, times in self._asked.items() if now - times[1] < FORGOTTEN * speed}
            first, _ = self._asked.get(broker_id, (now, now))
            self._asked[broker_id] = (first, now)
        return now - first >= PATIENCE * speed

    def _tell(self, order: Order, trouble: str) -> None:
        """Tell the desk, once for each order."""
        notice = OrderKept(
            key=f"{order.broker_id}:kept",
            at=self._clock.now(),
            symbol=order.symbol,
            role=order.role,
            shares=order.unfilled_shares,
            trouble=trouble,
        )
        with self._store.writing() as transaction:
            transaction.enqueue_notice(notice)
