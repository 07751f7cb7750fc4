"""The end of orders that must not go on: they deal in too much, or for a trade that is over."""

from collections.abc import Sequence

import structlog

from engine.common.kept_orders import KeptOrders
from engine.errors import Fenced, LookedTooLongAgo, OrderRefused, TemporaryError
from engine.execution.exit_gate import ExitGate, at_last, whatever_is_stored
from engine.model.trade import Order
from engine.ports.broker import Broker

log = structlog.get_logger()


class EndOrders:
    """Cancels orders, whatever is stored of their trades."""

    def __init__(self, *, broker: Broker, exits: ExitGate, kept_orders: KeptOrders) -> None:
        self._broker = broker
        self._exits = exits
        self._kept_orders = kept_orders

    def __call__(self, orders: Sequence[Order]) -> None:
        """Cancel those that are not over; what is refused, or held back from leaving, is left to the next look.

        Raises the first TemporaryError of another kind, once all had their turn.
        """
        first: TemporaryError | None = None
        for order in orders:
            if order.state.is_over:
                continue
            try:
                self._cancel(order)
            except (OrderRefused, TemporaryError) as error:
                log.warning("order_not_cancelled", order=order.client_order_id, error=str(error))
                if not isinstance(error, OrderRefused | Fenced | LookedTooLongAgo):
                    first = first or error
        if first:
            raise first

    def _cancel(self, order: Order) -> None:
        self._kept_orders.expect_end(order)

        def cancel() -> None:
            with self._exits.open(whatever_is_stored) as last_look:
                self._broker.cancel(order, last_look)

        at_last(cancel, order=order.client_order_id)
