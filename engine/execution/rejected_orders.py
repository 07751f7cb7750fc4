"""Orders that the broker took and then rejected: the answer to a request promises nothing yet."""

from collections.abc import Sequence
from itertools import takewhile

from engine.model.trade import Order, OrderRole, OrderState


def last_rejected(trade_id: str, role: OrderRole, orders: Sequence[Order]) -> tuple[Order, ...]:
    """Return the lone orders of a role that were rejected one after another, up to the last one sent; oldest first.

    None where the last one was not.
    """
    start = f"{trade_id}-{role}-"

    def number(order: Order) -> int:
        return int(order.client_order_id.removeprefix(start))

    sent = [order for order in orders if order.client_order_id.startswith(start)]
    sent = [order for order in sent if order.client_order_id.removeprefix(start).isdecimal()]
    return tuple(takewhile(_was_rejected, sorted(sent, key=number, reverse=True)))[::-1]


def _was_rejected(order: Order) -> bool:
    return any(part.state is OrderState.REJECTED for part in order.parts)
