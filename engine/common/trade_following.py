"""What a trade is as its orders make it; pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from operator import attrgetter

from engine.common.orders import Orders
from engine.model.money import ZERO
from engine.model.reason import EndReason
from engine.model.signal import Side
from engine.model.trade import AS_FILLED, ExitReason, Order, OrderRole, OrderState, Trade, TradeState

EXITS = {OrderRole.STOP: ExitReason.STOP, OrderRole.TARGET: ExitReason.TARGET}


def follow(trade: Trade, orders: Orders, bought_at: datetime | None = None) -> tuple[Trade, TradeState]:
    """Return a trade as its orders make it, and the state that it belongs into.

    Prices are averages weighted by shares. Without an entry, which the broker does not know, the trade says itself what
    was bought. What was sold beyond that counts as not sold once it is bought back. `bought_at` is when its first share
    was bought, where somebody knows it better than the entry.
    """
    entry = orders.entry
    trade = _sold(_dated(_bought(trade, entry), entry, bought_at), orders)
    state = _state(trade, entry)
    if state is TradeState.CANCELLED and entry and entry.state is OrderState.EXPIRED and not trade.reason:
        trade = replace(trade, reason=EndReason.NOT_FILLED)  # its day was over
    return trade, state


def _bought(trade: Trade, entry: Order | None) -> Trade:
    if entry is None:
        return trade
    bought, price = entry.filled_shares, entry.fill_price
    more = trade.restated
    if more == AS_FILLED:  # a database that was put back may know the trade as it was before somebody resized it
        trade = replace(trade, shares=entry.shares)
    if price is not None and more != AS_FILLED and bought + more.bought_shares > 0:
        price = (bought * price + more.bought_dollars) / (bought + more.bought_shares)
        bought += more.bought_shares
    return replace(
        trade,
        filled_shares=bought,
        fill_price=price,
        filled_at=entry.filled_at or trade.filled_at,
    )


def lacks_first_fill(trade: Trade) -> bool:
    """Tell whether rules of an exit wait for the instant of the first fill, although shares were bought."""
    plan = trade.exit_plan
    return bool(trade.filled_shares) and plan.needs_first_fill and plan.bought_at is None


def _dated(trade: Trade, entry: Order | None, bought_at: datetime | None) -> Trade:
    """Let the rules of a trade's exit count from its first fill; an entry that was ended in part never tells it."""
    if not lacks_first_fill(trade):
        return trade
    at = bought_at or (entry.filled_at if entry else None) or trade.filled_at or trade.decided_at or trade.proposed_at
    return replace(trade, exit_plan=replace(trade.exit_plan, bought_at=at))


def _sold(trade: Trade, orders: Orders) -> Trade:
    sold = [order for order in orders.exits if order.filled_shares]
    covered = [order for order in orders.covers if order.filled_shares]
    if not sold:
        return trade
    shares = orders.sold_shares(trade)
    dollars = dollars_of(sold) - dollars_of(covered) + trade.restated.sold_dollars
    last = max((*sold, *covered), key=lambda order: (order.filled_at is not None, order.filled_at))
    sale = max(sold, key=lambda order: (order.filled_at is not None, order.filled_at))
    reason = _why_sold(trade, sale, is_new=shares != trade.exit_shares)
    trade = replace(
        trade, exit_shares=shares, exit_price=dollars / shares if shares else trade.exit_price, exit_reason=reason
    )
    is_even = shares == trade.filled_shares
    return replace(trade, closed_at=last.filled_at if is_even else None)


def _why_sold(trade: Trade, sale: Order, *, is_new: bool) -> ExitReason:
    """Return why a trade is sold, by its last sale; one of before it was decided to sell the rest says nothing of that.

    A sale at the market is for what was decided. Where nothing was, somebody sold by hand what a stop, or a target that
    sells a part, had left.
    """
    decided = trade.exit_reason
    if decided and not is_new:
        return decided
    if trade.state is not TradeState.CLOSING and decided in EXITS.values():
        decided = None
    return EXITS.get(sale.role) or decided or ExitReason.DESK


def _state(trade: Trade, entry: Order | None) -> TradeState:
    is_over = entry is None or entry.state.is_over
    if trade.filled_shares and is_over and trade.exit_shares == trade.filled_shares:
        return TradeState.CLOSED
    if trade.state is TradeState.CLOSING:
        return TradeState.CLOSING
    if trade.filled_shares or entry is None:
        return TradeState.OPEN
    if not is_over:
        return TradeState.SUBMITTED
    return TradeState.FAILED if entry.state is OrderState.REJECTED else TradeState.CANCELLED


def is_as_known(trade: Trade, known: Sequence[Order], alive: Sequence[Order]) -> bool:
    """Tell whether what is alive of a trade's orders is just what we know of it, and the trade follows from that.

    `known` are its orders as kept, without nesting, `alive` those that the broker lists, with their legs.
    """
    if trade.exit_plan.is_moving or lacks_first_fill(trade):
        return False
    if not any(order.role is OrderRole.ENTRY for order in known):
        return False
    listed = {part.broker_id: part for order in alive for part in order.parts}
    kept = {order.broker_id: order for order in known}
    if any(order.broker_id not in kept for order in listed.values()):
        return False
    if any(_differs(order, listed.get(order.broker_id)) for order in known):
        return False
    if any(_waits_for_its_price(order, trade) for order in known):
        return False
    more = trade.restated
    bought = shares_of([order for order in known if order.role is OrderRole.ENTRY]) + more.bought_shares
    sold = shares_of([order for order in known if order.side is Side.SELL]) + more.sold_shares
    covered = shares_of([order for order in known if order.role is OrderRole.COVER])
    return (trade.filled_shares, trade.exit_shares) == (bought, sold - covered)


def shares_of(orders: Sequence[Order]) -> int:
    """Return the shares that orders have traded together."""
    return sum(order.filled_shares for order in orders)


def dollars_of(orders: Sequence[Order]) -> Decimal:
    """Return the dollars for which orders have traded together."""
    return sum((order.filled_shares * (order.fill_price or ZERO) for order in orders), ZERO)


def _differs(kept: Order, listed: Order | None) -> bool:
    if listed is None:
        return not kept.state.is_over
    fields = attrgetter("state", "shares", "filled_shares", "price")
    return bool(fields(kept) != fields(listed))


def _waits_for_its_price(order: Order, trade: Trade) -> bool:
    return order.role is OrderRole.TARGET and not order.state.is_over and order.price != trade.target
