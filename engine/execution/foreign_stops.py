"""The stops that the desk sends for shares of others: how they are known, and which of them the desk itself ended.

The broker does not tell who cancelled an order. What the desk cancels it notes first; any other cancel is somebody's.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from engine.execution.end_orders import EndOrders
from engine.execution.external_holdings import MOST_ROWS
from engine.model.desk import OWN_ACCORD
from engine.model.trade import Order
from engine.ports.store import Reader, Store

STOP = "FOREIGN"
"""What the ids of these stops begin with, as those of a trade's orders begin with the trade's."""
SENT = re.compile(r"-(\d{8})-\d+(?:-\d+)?")
"""How they end: the exchange's date, the shares that were not ours, and its number where it is not the first."""
END = "end foreign stop"


def is_stop_of_foreign(order: Order) -> bool:
    """Tell whether an order is a stop that the desk sent for shares of others."""
    return order.client_order_id.startswith(f"{STOP}-")


def stop_id(symbol: str, on: date, shares: int) -> str:
    """Return the id of a day's first stop for some shares of others; that of the second goes on with `-2`."""
    return f"{STOP}-{symbol}-{on:%Y%m%d}-{shares}"


def sent_on(stop: Order) -> date:
    """Return the exchange's date on which a stop for shares of others was sent; the last of all where it tells none."""
    found = SENT.search(stop.client_order_id)
    return date.fromisoformat(found[1]) if found else date.max


def live_parts(stop: Order) -> list[Order]:
    """Return what is not over of a stop: of one that somebody moved, or the broker adjusted, what it became."""
    return [part for part in stop.parts if not part.state.is_over]


def end_stops(store: Store, end_orders: EndOrders, stops: Sequence[Order], now: datetime) -> None:
    """Cancel stops, and note first that the desk does; raises BrokerUnavailable once all had their turn."""
    note_ends(store, stops, now)
    end_orders([part for stop in stops for part in live_parts(stop)])


def note_ends(store: Store, orders: Iterable[Order], now: datetime) -> None:
    """Note of the stops among orders that it is nobody's hand that cancels them: their shares may want one again today.

    To be called before the desk cancels them, whatever for.
    """
    stops = [order for order in orders if is_stop_of_foreign(order) and live_parts(order)]
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
