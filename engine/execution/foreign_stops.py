"""The stops that the desk sends for shares of others: how they are known, and which of them the desk itself ended.

The broker does not tell who cancelled an order. What the desk cancels it notes first; any other cancel is somebody's.
"""

from collections.abc import Iterable
from datetime import datetime

from engine.model.desk import OWN_ACCORD
from engine.model.trade import Order
from engine.ports.store import Reader, Store

STOP = "FOREIGN"
"""What the ids of these stops begin with, as those of a trade's orders begin with the trade's."""
END = "end foreign stop"
MOST_ROWS = 500
"""Rows of the audit about one symbol that are looked through: more than a day has."""


def is_stop_of_foreign(order: Order) -> bool:
    """Tell whether an order is a stop that the desk sent for shares of others."""
    return order.client_order_id.startswith(f"{STOP}-")


def note_ends(store: Store, orders: Iterable[Order], now: datetime) -> None:
    """Note of the stops among orders that it is nobody's hand that cancels them: their shares may want one again today.

    To be called before the desk cancels them, whatever for.
    """
    stops = [order for order in orders if is_stop_of_foreign(order) and not order.state.is_over]
    if not stops:
        return
    with store.reading() as reader:
        new = [stop for stop in stops if not was_ended(reader, stop)]
    for stop in new:
        with store.writing() as transaction:
            transaction.write_audit(OWN_ACCORD.entry(now, END, stop.symbol, stop.client_order_id))


def was_ended(reader: Reader, stop: Order) -> bool:
    """Tell whether the desk has cancelled a stop, or was about to."""
    rows = reader.audit(subject=stop.symbol, limit=MOST_ROWS)
    return any((row.action, row.outcome) == (END, stop.client_order_id) for row in rows)
