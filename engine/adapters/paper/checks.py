"""What the paper broker refuses for its account and its prices, in Alpaca's words; each raises OrderRefused."""

from collections.abc import Sequence
from decimal import Decimal

from engine.adapters.order_checks import check_exits
from engine.adapters.paper.account_store import OrderRecord
from engine.adapters.paper.matching_engine import MatchingEngine
from engine.errors import OrderRefused
from engine.model.trade import Entry, OrderRole


def refuse_more_than(available: int, shares: int) -> None:
    """Refuse to sell more shares than can be sold."""
    if shares > available:
        raise OrderRefused(f"insufficient qty available for order (requested: {shares}, available: {available})")


def refuse_bad_bracket(entry: Entry, engine: MatchingEngine) -> None:
    """Refuse an entry that does not fit the price of now, or the money."""
    price = entry.limit or engine.buying_price(entry.symbol)
    if price is None:
        raise OrderRefused(f'asset "{entry.symbol}" not found')
    check_exits(entry, price)
    if entry.shares * price > engine.account().buying_power:
        raise OrderRefused("insufficient buying power")


def refuse_crossed(group: Sequence[OrderRecord], role: OrderRole, price: Decimal) -> None:
    """Refuse a new price of a stop or target that would pass the other."""
    prices = {record.role: record.price for record in group if not record.state.is_over} | {role: price}
    stop, target = prices.get(OrderRole.STOP), prices.get(OrderRole.TARGET)
    if stop is not None and target is not None and stop >= target:
        raise OrderRefused("take_profit.limit_price must be > stop_loss.stop_price")
