"""Which orders sell a trade whose target sells only a part of its shares: pure.

A bracket sells all of its shares at its target. Once the entry is over, two orders take its place: the part with stop
and target, of which one ends the other, and a stop for the rest.
"""

from collections.abc import Iterable
from dataclasses import replace

from engine.common.orders import Orders, is_by_hand
from engine.model.exit_plan import running_shares
from engine.model.trade import Order, OrderRole, Trade


def wanted_at_target(trade: Trade, orders: Orders) -> int:
    """Return how many of the shares that a trade holds its target is to sell."""
    return _wanted(trade, orders.bought_shares(trade), orders.held_shares(trade))


def sells_too_much(trade: Trade, parts: Iterable[Order]) -> bool:
    """Tell of a trade as it is booked whether targets among its orders would sell shares that are to run on."""
    return trade.exit_plan.partial is not None and _left(filter(_is_standing_target, parts)) > _wanted(
        trade, trade.filled_shares, trade.held_shares
    )


def target_to_reduce(trade: Trade, orders: Orders) -> Order | None:
    """Return a target that would sell shares that are to run on: of the bracket, or for more than is held by now.

    Once a stop, or a sale of the desk's, has sold of the trade, its exits are left alone: they are about to be filled.
    """
    entry = orders.entry
    if trade.exit_plan.partial is None or entry is None or not entry.state.is_over:
        return None
    targets = list(filter(_is_standing_target, orders.exits))
    if _left(targets) <= wanted_at_target(trade, orders):
        return None
    others = (order for order in orders.exits if order.role is not OrderRole.TARGET and not is_by_hand(order))
    return None if any(order.filled_shares for order in others) else max(targets, key=lambda each: each.unfilled_shares)


def next_exit(trade: Trade, orders: Orders, bare: int) -> tuple[int, bool]:
    """Return how many of the bare shares of a trade get the next stop, and whether that has a target beside it.

    A stop whose cancel hangs may still sell, as where a split left it alone over the new price. So its shares come out
    of what the target would sell; if it ends without a sale they are bare, and get the target then.
    """
    taken = sum(map(_for_target_or_leaving, (orders.entry, *orders.lone)))
    lacking = wanted_at_target(trade, orders) - taken
    return (min(bare, lacking), True) if lacking > 0 else (bare, False)


def with_part_sold(trade: Trade, orders: Orders) -> Trade:
    """Return a trade that knows that its target has sold its part, once it has, and that the rest runs on.

    Nothing is left of a wish for another target: no order could ever stand there.
    """
    plan, is_bought = trade.exit_plan, orders.entry is None or orders.entry.state.is_over
    if plan.is_part_sold or not running_shares(plan.partial, orders.bought_shares(trade)) or not is_bought:
        return trade
    if not sold_at_target(orders) or wanted_at_target(trade, orders) or not orders.held_shares(trade):
        return trade
    return replace(trade, exit_plan=replace(plan, is_part_sold=True, target=None))


def sold_at_target(orders: Orders) -> tuple[Order, ...]:
    """Return the targets that sold shares."""
    return tuple(order for order in orders.exits if order.role is OrderRole.TARGET and order.filled_shares)


def _wanted(trade: Trade, bought: int, held: int) -> int:
    plan = trade.exit_plan
    return 0 if plan.is_part_sold else max(0, held - running_shares(plan.partial, bought))


def _is_standing_target(order: Order) -> bool:
    return order.role is OrderRole.TARGET and order.is_standing


def _for_target_or_leaving(group: Order | None) -> int:
    """Return the shares that a target of a group is to sell, or that a stop whose cancel hangs may: they are the same.

    Such a stop counts as one that protects, so none of its shares are bare.
    """
    parts = [part for part in group.parts if not part.state.is_over] if group else []
    targets = filter(_is_standing_target, parts)
    stops = (part for part in parts if part.role is OrderRole.STOP and not part.is_standing)
    return max(_left(targets), _left(stops))


def _left(orders: Iterable[Order]) -> int:
    return sum(order.unfilled_shares for order in orders)
