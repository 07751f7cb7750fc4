"""Which of a trade's orders deal more than it holds, or than it is short of: pure."""

from collections.abc import Sequence

from engine.common.orders import Orders
from engine.model.trade import Order, OrderRole, OrderState, Trade

_SELLING = (OrderRole.STOP, OrderRole.TARGET)


def surplus(trade: Trade, orders: Orders) -> bool:
    """Tell whether the exits would sell more than a trade holds: somebody sold of it, or both exits of its part filled.

    Where its target sells a part, only stops without a target are counted: that target is reduced instead.
    """
    return _oversells(trade, orders, orders.held_shares(trade))


def is_surplus_left(trade: Trade, alive: Orders) -> bool:
    """Tell of a trade as it is booked whether there is a surplus among what is `alive` of its orders."""
    return _oversells(trade, alive, trade.held_shares)


def covers_to_end(trade: Trade, covers: Sequence[Order]) -> Sequence[Order]:
    """Return what stands of the purchases of a trade, where together they buy back more than it is short of."""
    waiting = [order for order in covers if not order.state.is_over]
    is_too_much = sum(order.unfilled_shares for order in waiting) > trade.short_shares
    return [order for order in waiting if order.is_standing] if is_too_much else []


def _oversells(trade: Trade, orders: Orders, held: int) -> bool:
    # The legs of an entry that still buys are for what it is to buy.
    entry = [orders.entry] if orders.entry and orders.entry.state.is_over else []
    groups = [group for group in (*entry, *orders.lone) if trade.exit_plan.partial is None or not _has_target(group)]
    return sum(map(_to_sell, groups)) > held


def _has_target(group: Order) -> bool:
    return any(part.role is OrderRole.TARGET and not part.state.is_over for part in group.parts)


def _to_sell(group: Order) -> int:
    """Return the shares that a group of orders, of which one ends the other, is sure to sell once a price is reached.

    Where one was filled in part the broker takes it from the other a moment later. What is held sells nothing as long
    as it is: the broker lets it go, or ends it, with what is beside it.
    """
    parts = [part for part in group.parts if part.role in _SELLING and part.is_standing]
    return min((part.unfilled_shares for part in parts if part.state is not OrderState.HELD), default=0)
