"""Orders that the broker took and then rejected: the answer to a request promises nothing yet."""

from collections.abc import Sequence
from itertools import takewhile
from operator import itemgetter

from engine.common.orders import numbered
from engine.model.notices.base import NO_REASON
from engine.model.trade import Order, OrderRole, OrderState


def last_rejected(trade_id: str, role: OrderRole, orders: Sequence[Order]) -> tuple[Order, ...]:
    """Return the lone orders of a role that were rejected one after another, up to the last one sent; oldest first.

    There is none where the last one was not rejected.
    """
    newest_first = sorted(numbered(trade_id, role, orders), key=itemgetter(0), reverse=True)
    return tuple(takewhile(_was_rejected, (order for _, order in newest_first)))[::-1]


def trouble_of(rejected: Order) -> str:
    """Return why the broker ended an order, as far as it says so."""
    return rejected.reason or NO_REASON


def _was_rejected(order: Order) -> bool:
    return any(part.state is OrderState.REJECTED for part in order.parts)
