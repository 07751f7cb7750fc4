"""Orders of a trade that deal in more than it holds, or than it is short of: pure."""

from collections.abc import Sequence

from engine.common.orders import Orders
from engine.model.trade import Order, OrderRole, OrderState, Trade

_LEGS = (OrderRole.STOP, OrderRole.TARGET)


def oversells(trade: Trade, orders: Orders, held: int) -> bool:
    """Tell whether the exits of a trade would sell more than the shares that are `held`, because some were sold since.

    Where its target sells a part, only stops without a target are counted: that target is reduced instead.
    """
    # The legs of an entry that still buys are for what it is to buy.
    entry = [orders.entry] if orders.entry and orders.entry.state.is_over else []
    groups = [group for group in (*entry, *orders.lone) if trade.exit_plan.partial is None or not _has_target(group)]
    return sum(map(_to_sell, groups)) > held


def is_selling(orders: Orders) -> bool:
    """Tell whether a stop has sold a part, and goes on."""
    return any(stop.filled_shares and stop.is_standing for stop in orders.live(OrderRole.STOP))


def covers_to_end(trade: Trade, covers: Sequence[Order]) -> Sequence[Order]:
    """Return what stands of the purchases of a trade, where together they buy back more than it is short of."""
    waiting = [order for order in covers if not order.state.is_over]
    is_too_much = sum(order.unfilled_shares for order in waiting) > trade.short_shares
    return [order for order in waiting if order.is_standing] if is_too_much else []


def _has_target(group: Order) -> bool:
    return any(part.role is OrderRole.TARGET and not part.state.is_over for part in group.parts)


def _to_sell(group: Order) -> int:
    """Return the shares that a stop and the target beside it, of which one ends the other, are sure to sell.

    Where one was filled the broker ends the other a moment later; where it was in part, it takes that from the other.
    """
    legs = [part for part in group.parts if part.role in _LEGS]
    if any(leg.state is OrderState.FILLED for leg in legs):
        return 0
    return min((leg.unfilled_shares for leg in legs if leg.is_standing), default=0)
