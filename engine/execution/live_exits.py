"""What the live stop and target of a trade mean, and whose wish they are; pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from engine.model.exit_plan import ExitMove
from engine.model.money import CENT
from engine.model.trade import AS_FILLED, Order, OrderRole, Trade
from engine.risk.sizing import target_for

DoneMoves = tuple[tuple[OrderRole, ExitMove], ...]
"""Stops and targets that stand where they were to stand."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """A stop or target that somebody moved at the broker: its price before and after, dollars a share."""

    role: OrderRole
    before: Decimal
    after: Decimal


def with_target_after_fill(before: Trade, after: Trade) -> Trade:
    """Return a trade whose target follows its average fill price, each time that more of it is filled.

    This is the trade as it is stored; the order at the broker moves once, when the entry is over. One that was made of
    its orders keeps its target: whether the desk had moved it by then, or somebody else since, is not known any more.
    A target that somebody asked for stays at its price.
    """
    is_chosen = after.origin.target is not None or after.exit_plan.target_is_set
    if after.signal.is_recovered or is_chosen:
        return after
    if after.fill_price is None or after.filled_shares == before.filled_shares:
        return after
    return replace(after, target=target_for(after.fill_price, after.sizing.target_distance))


def taken_over(
    trade: Trade, live: Sequence[Order], known: Sequence[Order], *, target_is_set: bool
) -> tuple[Trade, tuple[Moved, ...]]:
    """Return a trade with the stop and target that are live, and which of them somebody moved.

    `live` are its exits, `known` its orders as the desk last saw them. A target still at its planned price is the
    desk's own to move, until `target_is_set`. What is being cancelled is nobody's wish any more.
    """
    moved = list[Moved]()
    stops, kept = _prices(live, OrderRole.STOP), _prices(known, OrderRole.STOP)
    foreign = _come(live, known) - _own_prices(trade, trade.stop, stops, kept) - _asked(trade.exit_plan.stop)
    if stops:
        # Of several the lowest: the trade must not look safer than its worst part.
        lowest = min(stops)
        moved += [Moved(role=OrderRole.STOP, before=trade.stop, after=price) for price in sorted(foreign)]
        trade = replace(trade, stop=lowest)
    targets, kept = _prices(live, OrderRole.TARGET), _prices(known, OrderRole.TARGET)
    planned = frozenset() if target_is_set else frozenset({trade.sizing.target})
    asked = _asked(trade.exit_plan.target)
    own = _own_prices(trade, trade.target, targets, kept)
    theirs = targets - planned - own - asked - _unmoved(live, known, OrderRole.TARGET)
    if theirs:
        highest = max(theirs)
        moved += [Moved(role=OrderRole.TARGET, before=trade.target, after=highest)]
        trade = replace(trade, target=highest)
    elif targets and not targets & (planned | {trade.target} | asked):
        trade = replace(trade, target=max(targets))
    return trade, tuple(moved)


def with_moves_done(trade: Trade, live: Sequence[Order]) -> tuple[Trade, DoneMoves]:
    """Return a trade without the moves that the broker shows to be done, and these; `live` are its exits.

    A move is done once every standing order of its role stands where it was to. Where somebody tightened a stop
    further than it was to be tightened, the move is over, and nothing came of it.
    """
    done = list[tuple[OrderRole, ExitMove]]()
    for role, move in moves_of(trade):
        prices = _prices(live, role)
        if not prices or not all(reaches(price, role, move) for price in prices):
            continue
        if move.price in prices:
            trade = with_move_done(trade, role, move)
            done.append((role, move))
        else:
            trade = replace(trade, exit_plan=replace(trade.exit_plan, stop=None))
    return trade, tuple(done)


def reaches(price: Decimal | None, role: OrderRole, move: ExitMove) -> bool:
    """Tell whether a live price is what a move wants: the same, or a stop over the one to which it was to be raised."""
    if price is None or role is OrderRole.TARGET or move.price <= move.before:
        return price == move.price
    return price >= move.price


def with_move_done(trade: Trade, role: OrderRole, move: ExitMove) -> Trade:
    """Return a trade whose stop or target was moved; one that was moved down ends what would tighten it again."""
    plan = trade.exit_plan
    if role is OrderRole.STOP:
        held = plan.held_by_hand(move.at) if move.price < move.before else plan
        return replace(trade, stop=move.price, exit_plan=replace(held, stop=None))
    return replace(trade, target=move.price, exit_plan=replace(plan, target=None, target_is_set=True))


def moves_of(trade: Trade) -> Iterator[tuple[OrderRole, ExitMove]]:
    """Yield what is on its way, with what it is."""
    for role, move in ((OrderRole.STOP, trade.exit_plan.stop), (OrderRole.TARGET, trade.exit_plan.target)):
        if move is not None:
            yield role, move


def _asked(move: ExitMove | None) -> frozenset[Decimal]:
    """Return the price to which the desk itself is moving an exit."""
    return frozenset({move.price}) if move else frozenset()


def _come(live: Sequence[Order], known: Sequence[Order]) -> frozenset[Decimal]:
    """Return the prices at which more stops stand than were known of: one may be moved to where another stands."""
    before, now = _standing(known, OrderRole.STOP), _standing(live, OrderRole.STOP)
    return frozenset((now - before).keys())


def _unmoved(live: Sequence[Order], known: Sequence[Order], role: OrderRole) -> frozenset[Decimal]:
    """Return the prices of orders that stand as they were last seen: the desk's own move of one was rejected."""
    seen = {(order.broker_id, order.price) for order in known}
    same = (order for order in live if order.role is role and (order.broker_id, order.price) in seen)
    return frozenset(order.price for order in same if order.price is not None)


def _prices(orders: Sequence[Order], role: OrderRole) -> frozenset[Decimal]:
    return frozenset(_standing(orders, role))


def _standing(orders: Sequence[Order], role: OrderRole) -> Counter[Decimal]:
    """Count the standing orders of a role by their prices."""
    live = (order for order in orders if order.role is role and order.is_standing)
    return Counter(order.price for order in live if order.price is not None)


def _own_prices(
    trade: Trade, wanted: Decimal, live: frozenset[Decimal], kept: frozenset[Decimal]
) -> frozenset[Decimal]:
    """Return the prices that are the desk's own: in a split the broker may have rounded them another way.

    Where the price that is wanted was seen since, one that is a cent off was moved.
    """
    if trade.restated == AS_FILLED or wanted in kept:
        return frozenset({wanted})
    return frozenset({wanted, *(price for price in live if abs(price - wanted) <= CENT)})
