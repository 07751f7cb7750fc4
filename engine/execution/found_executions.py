"""Orders of ours that the database does not know, and their executions, lead to the trades that they belong to."""

from collections.abc import Sequence

import structlog

from engine.common.order_ids import is_own, trade_id_of
from engine.common.orders import as_sent, unacknowledged_orders
from engine.common.retry_each import for_each
from engine.execution.reconcile_orders import ReconcileOrders
from engine.model.activity import ActivityKind
from engine.model.trade import AT_THE_BROKER, Order
from engine.ports.broker import Broker
from engine.ports.store import Store

log = structlog.get_logger()


class FoundExecutions:
    """Asks whose order each execution is of that no order explains.

    A database that was put back, or lost its last second, so finds what was bought and sold meanwhile, also where
    nothing of it is held, or at the market, any more.
    """

    def __init__(self, *, store: Store, broker: Broker, reconcile_orders: ReconcileOrders) -> None:
        self._store = store
        self._broker = broker
        self._reconcile_orders = reconcile_orders
        self._of_others = set[str]()  # orders, by the broker's ids

    def __call__(self) -> None:
        """Let the trades of such orders follow them; raises BrokerUnavailable, and TradeFault at the end."""
        found = dict[str, list[Order]]()
        for broker_id in self._unexplained():
            order = self._broker.order_of(broker_id)
            if order is None:
                continue  # the broker may show it in a moment
            trade_id = trade_id_of(order.client_order_id)
            if is_own(trade_id):
                found.setdefault(trade_id, []).append(order)
            else:
                self._of_others.add(broker_id)  # a person's, or a leg: that one is found by its entry

        def follow(trade_id: str) -> None:
            for order in found[trade_id]:
                log.warning("execution_of_an_unknown_order", trade_id=trade_id, order=order.client_order_id)
                self._reconcile_orders.trade(trade_id)
                self._keep(trade_id, order)

        for_each(found, follow)

    def _unexplained(self) -> Sequence[str]:
        """Return the broker's ids of the orders, oldest execution first."""
        with self._store.reading() as reader:
            executions = reader.unclaimed({ActivityKind.FILL})
        ids = dict.fromkeys(execution.order_id for execution in executions)
        return [broker_id for broker_id in ids if broker_id and broker_id not in self._of_others]

    def _keep(self, trade_id: str, order: Order) -> None:
        """Keep an order that was sent by itself, and let its trade follow."""
        if order.client_order_id == trade_id:
            return
        with self._store.writing() as transaction:
            if transaction.trade(trade_id) is None:
                return
            transaction.save_order(trade_id, as_sent(order))
        self._reconcile_orders.trade(trade_id)


def follow_unacknowledged(store: Store, broker: Broker, reconcile_orders: ReconcileOrders, symbol: str) -> bool:
    """Let our trades follow orders of ours of which we never heard: what these sold was not sold by hand."""
    with store.reading() as reader:
        known = reader.orders_of([trade.id for trade in reader.trades(AT_THE_BROKER, symbol=symbol)])
    heard = False
    for trade_id, orders in known.items():
        sent = unacknowledged_orders(broker, trade_id, orders)
        if sent:
            with store.writing() as transaction:
                for order in sent:
                    transaction.save_order(trade_id, order)
            reconcile_orders.trade(trade_id)
            heard = True
    return heard
