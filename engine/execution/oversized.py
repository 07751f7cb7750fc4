"""Orders of a trade that deal in more than it holds, or than it is short of: pure."""

from collections.abc import Sequence

from engine.common.orders import Orders
from engine.model.trade import Order, OrderRole, OrderState, Trade

_LEGS = (OrderRole.STOP, OrderRole.TARGET)


def excess(trade: Trade, orders: Orders, held: int) -> int:
    """Return the shares that stops and targets would sell beyond those that are `held`, because some were sold since.

    Where the target of a trade sells a part, only stops without a target are counted: that target is reduced instead.
    """
    # The legs of an entry that still buys are for what it is to buy.
    entry = [orders.entry] if orders.entry and orders.entry.state.is_over else []
    groups = [group for group in (*entry, *orders.lone) if trade.exit_plan.partial is None or not _has_target(group)]
    return max(0, sum(map(_to_sell, groups)) - held)


def sales_to_end(orders: Orders, held: int) -> Sequence[Order]:
    """Return what stands of the desk's own sales, where together they sell more than is held."""
    return _standing_of_too_many(orders.live(OrderRole.EXIT), held)


def covers_to_end(trade: Trade, covers: Sequence[Order]) -> Sequence[Order]:
    """Return what stands of the purchases of a trade, where together they buy back more than it is short of."""
    return _standing_of_too_many([order for order in covers if not order.state.is_over], trade.short_shares)


def _standing_of_too_many(waiting: Sequence[Order], shares: int) -> Sequence[Order]:
    is_too_much = sum(order.unfilled_shares for order in waiting) > shares
    return [order for order in waiting if order.is_standing] if is_too_much else []


def _has_target(group: Order) -> bool:
    return any(part.role is OrderRole.TARGET and not part.state.is_over for part in group.parts)


def _to_sell(group: Order) -> int:
    """Return the shares that a stop and the target beside it, of which one ends the other, are sure to sell.

    Where one was filled the broker ends the other a moment later; where it was in part, it takes that from the other:
    of the two the smaller counts, as the other one follows.
    """
    legs = [part for part in group.parts if part.role in _LEGS]
    if any(leg.state is OrderState.FILLED for leg in legs):
        return 0
    return min((leg.unfilled_shares for leg in legs if leg.is_standing), default=0)
