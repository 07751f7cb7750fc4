"""What the paper broker refuses, in Alpaca's words; each raises OrderRefused."""

from collections.abc import Sequence
from decimal import Decimal

from engine.adapters.paper.account_store import OrderRecord
from engine.adapters.paper.matching_engine import MatchingEngine
from engine.adapters.paper.quotes import CENT
from engine.errors import OrderRefused
from engine.model.trade import Entry, OrderRole

LONGEST_ID = 128


def refuse_bad_id(client_order_id: str) -> None:
    """Refuse an id that is empty or too long."""
    if not 1 <= len(client_order_id) <= LONGEST_ID:
        raise OrderRefused(f"client_order_id must have 1 to {LONGEST_ID} characters")


def refuse_bad_shares(shares: int) -> None:
    """Refuse less than one share."""
    if shares < 1:
        raise OrderRefused("qty must be > 0")


def refuse_bad_price(name: str, price: Decimal) -> None:
    """Refuse a price that is not positive, or stands between two cents."""
    if not price.is_finite() or price <= 0:
        raise OrderRefused(f"{name} must be > 0")
    if price != price.quantize(CENT):
        raise OrderRefused(f"invalid {name} {price}. sub-penny increment does not fulfill minimum pricing criteria")


def refuse_more_than(available: int, shares: int) -> None:
    """Refuse to sell more shares than can be sold."""
    if shares > available:
        raise OrderRefused(f"insufficient qty available for order (requested: {shares}, available: {available})")


def refuse_bad_shape(entry: Entry) -> None:
    """Refuse an entry whose parts are wrong, each by itself."""
    refuse_bad_id(entry.client_order_id)
    refuse_bad_shares(entry.shares)
    refuse_bad_price("stop_loss.stop_price", entry.stop)
    refuse_bad_price("take_profit.limit_price", entry.target)
    if entry.limit is not None:
        refuse_bad_price("limit_price", entry.limit)
    elif entry.extended:
        raise OrderRefused("outside regular hours an order needs a limit")


def refuse_crossed_exits(entry: Entry, price: Decimal) -> None:
    """Refuse a stop that is not under the price, its limit where it has one, or a target that is not over it."""
    base = price if entry.limit is None else entry.limit
    if entry.stop > base - CENT:
        raise OrderRefused("stop_loss.stop_price must be <= base_price - 0.01")
    if entry.target < base + CENT:
        raise OrderRefused("take_profit.limit_price must be >= base_price + 0.01")


def refuse_bad_bracket(entry: Entry, floor: MatchingEngine) -> None:
    """Refuse an entry that does not fit the price of now, or the money."""
    price = entry.limit or floor.buying_price(entry.symbol)
    if price is None:
        raise OrderRefused(f'asset "{entry.symbol}" not found')
    refuse_crossed_exits(entry, price)
    if entry.shares * price > floor.account().buying_power:
        raise OrderRefused("insufficient buying power")


def refuse_crossed(group: Sequence[OrderRecord], role: OrderRole, price: Decimal) -> None:
    """Refuse a new price of a stop or target that would pass the other."""
    prices = {line.role: line.price for line in group if not line.state.is_over} | {role: price}
    stop, target = prices.get(OrderRole.STOP), prices.get(OrderRole.TARGET)
    if stop is not None and target is not None and stop >= target:
        raise OrderRefused("take_profit.limit_price must be > stop_loss.stop_price")
