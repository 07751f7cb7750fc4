"""Orders of ours at the broker that belong to no trade under way."""

from collections.abc import Callable, Collection, Mapping, Sequence

import structlog

from engine.common.order_ids import is_own
from engine.common.orders import Orders
from engine.common.retry_each import Turns
from engine.common.trade_lookup import existing
from engine.execution.end_orders import EndOrders
from engine.execution.oversized import covers_to_end
from engine.model.trade import OVER, Order, OrderRole, TradeState
from engine.ports.store import Store

log = structlog.get_logger()


class StrayOrders:
    """Sees to orders of ours that belong to no trade under way: it was given up, or the database lost it."""

    def __init__(self, *, store: Store, end_orders: EndOrders) -> None:
        self._store = store
        self._end_orders = end_orders

    def __call__(
        self,
        trade_ids: Collection[str],
        alive: Mapping[str, tuple[Order, ...]],
        turns: Turns,
        look_at: Callable[[str], object],
    ) -> None:
        """Give each of these trades a turn, and have it looked at as every other trade is.

        What such an entry has yet to buy is cancelled; what it bought makes its trade open, with a stop.
        """
        turns.give(filter(is_own, sorted(trade_ids)), lambda trade_id: self._see_to(trade_id, alive[trade_id], look_at))

    def _see_to(self, trade_id: str, alive: Sequence[Order], look_at: Callable[[str], object]) -> None:
        with self._store.reading() as reader:
            trade = reader.trade(trade_id)
        if trade is None or trade.state not in OVER:
            look_at(trade_id)
            return
        is_closed = trade.state is TradeState.CLOSED
        parts = [part for order in alive for part in (order.parts if is_closed else (order,))]
        late = [part for part in parts if not part.state.is_over and part.role is not OrderRole.COVER]
        for part in late:
            log.warning("order_came_late", trade_id=trade_id, order=part.broker_id)
        self._end_orders(late)
        look_at(trade_id)
        with self._store.reading() as reader:
            trade = existing(reader, trade_id)
        if trade.state in OVER:  # else the look has seen to its covers
            self._end_orders(covers_to_end(trade, Orders(entry=None, lone=tuple(alive)).covers))
