"""What the broker has of a trade: its entry with the legs, and the orders that were sent by themselves.

A lone order's id is the trade's, its role and a number, `AAPL_20250819_234515-stop-1`. An id is used again until the
broker is known to have it, so that a lost answer never makes two orders.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.model.trade import Order, OrderRole, Trade
from engine.ports import Broker


@dataclass(frozen=True, kw_only=True, slots=True)
class Orders:
    """A trade's orders as the broker shows them now; `entry` is None when the broker does not have it."""

    entry: Order | None
    lone: tuple[Order, ...]

    @property
    def exits(self) -> tuple[Order, ...]:
        """Every order that sells."""
        return (*(self.entry.legs if self.entry else ()), *self.lone)

    def live(self, role: OrderRole) -> tuple[Order, ...]:
        """Return the exits of a role that are not over."""
        return tuple(order for order in self.exits if order.role is role and not order.state.is_over)

    def held_shares(self, trade: Trade) -> int:
        """Return what is left of what was bought; the trade says how much that was where the broker cannot."""
        bought = self.entry.filled_shares if self.entry else trade.filled_shares
        return bought - sum(order.filled_shares for order in self.exits)


def ask(broker: Broker, trade_id: str, known: Sequence[Order]) -> Orders:
    """Ask the broker for a trade's orders; `known` are those that we keep of it. Raises BrokerUnavailable."""
    entry = broker.order(trade_id)
    lone = [order for order in known if order.client_order_id.startswith(f"{trade_id}-")]
    seen = ((order.role, broker.order(order.client_order_id)) for order in lone)
    return Orders(entry=entry, lone=tuple(replace(order, role=role) for role, order in seen if order))


def next_id(trade_id: str, role: OrderRole, known: Sequence[Order]) -> str:
    """Return the client order id of a trade's next lone order of a role."""
    start = f"{trade_id}-{role}-"
    return f"{start}{1 + sum(order.client_order_id.startswith(start) for order in known)}"
