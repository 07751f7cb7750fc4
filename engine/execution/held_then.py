"""How many shares trades held at an instant that is past: what was dealt by hand then is heard only later."""

from collections.abc import Sequence
from datetime import datetime

from engine.model.activity import Activity, ActivityKind
from engine.model.signal import Side
from engine.model.trade import AT_THE_BROKER, Order, Trade, TradeState
from engine.ports.store import Reader


def held_then(reader: Reader, symbol: str, at: datetime) -> dict[str, int]:
    """Return what trades of a symbol held at an instant, by their ids, the oldest first; those without shares not.

    They may have ended since, and what they hold now may be less, or more.
    """
    ended = reader.trades({TradeState.CLOSED}, symbol=symbol, since=at)
    trades = sorted((*reader.trades(AT_THE_BROKER, symbol=symbol), *ended), key=lambda trade: trade.proposed_at)
    fills = [each for each in reader.activities(symbol=symbol) if each.kind is ActivityKind.FILL]
    known = reader.orders_of([trade.id for trade in trades])
    held = {trade.id: _held(trade, known[trade.id], fills, at) for trade in trades}
    return {trade_id: shares for trade_id, shares in held.items() if shares > 0}


def _held(trade: Trade, orders: Sequence[Order], fills: Sequence[Activity], at: datetime) -> int:
    dealt = sum((1 if order.side is Side.BUY else -1) * _dealt(order, fills, at) for order in orders)
    return trade.restated.bought_shares - trade.restated.sold_shares + dealt


def _dealt(order: Order, fills: Sequence[Activity], at: datetime) -> int:
    """Count the shares that an order had dealt by an instant; of one instant the sale by hand counts as the earlier.

    What no execution tells yet counts by when the order was filled. Where it does not say that, as one that was ended
    in part does not, the shares count as bought before, or as sold after: so no surplus of ours is taken for others'.
    """
    is_bought = order.side is Side.BUY

    def is_before(moment: datetime) -> bool:
        return moment <= at if is_bought else moment < at

    told = [(each.at, abs(int(each.shares))) for each in fills if each.order_id == order.broker_id]
    untold = order.filled_shares - sum(shares for _, shares in told)
    is_untold_before = is_before(order.filled_at) if order.filled_at else is_bought
    return sum(shares for moment, shares in told if is_before(moment)) + (untold if is_untold_before else 0)
