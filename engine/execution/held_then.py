"""What trades hold, and what they held at an instant that is past: what was dealt by hand then is heard only later."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter

from engine.common.orders import PURCHASES, is_by_hand
from engine.model.activity import Activity, ActivityKind
from engine.model.signal import Side
from engine.model.trade import AT_THE_BROKER, Order, Trade, TradeState
from engine.ports.store import Reader

LATELY = timedelta(days=5)
"""How long before an instant a trade may say that it ended, and yet have held shares then.

An order that was ended in part does not say when it was filled; its trade ended, by what it says, with the sale before.
"""
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Deal:
    """Shares that a trade got, or gave away (below 0), at an instant."""

    at: datetime
    shares: int
    is_by_hand: bool = False

    def is_before(self, at: datetime) -> bool:
        """Tell whether it counts as dealt before a sale by hand; of one instant our own sales count as the later."""
        return self.at < at or (self.at == at and (self.shares > 0 or self.is_by_hand))


@dataclass(kw_only=True, slots=True)
class Holder:
    """A trade, the shares that it holds now (below 0: is short of), and what it dealt so far."""

    trade_id: str
    now: int
    deals: list[Deal]

    def deal(self, at: datetime, shares: int) -> None:
        """Take in what somebody bought by hand for it, or sold of it (below 0)."""
        if shares:
            self.now += shares
            self.deals.append(Deal(at=at, shares=shares, is_by_hand=True))

    def then(self, at: datetime) -> int:
        """Return the shares that it held when somebody sold by hand at an instant; below 0 it was short."""
        return sum(deal.shares for deal in self.deals if deal.is_before(at))


def holders(reader: Reader, symbol: str, since: datetime) -> tuple[Holder, ...]:
    """Return the trades of a symbol that hold shares, are short of some, or held some since an instant; oldest first.

    They are as the orders that are kept make them.
    """
    ended = reader.trades({TradeState.CLOSED}, symbol=symbol, since=since - LATELY)
    trades = sorted((*reader.trades(AT_THE_BROKER, symbol=symbol), *ended), key=attrgetter("proposed_at", "id"))
    if not trades:
        return ()
    begin = min(at for trade in trades for at in (trade.proposed_at, trade.filled_at) if at)
    fills = [each for each in reader.activities(symbol=symbol, since=begin) if each.kind is ActivityKind.FILL]
    known = reader.orders_of([trade.id for trade in trades])
    return tuple(
        Holder(trade_id=trade.id, now=trade.net_shares, deals=list(_deals(trade, known[trade.id], fills)))
        for trade in trades
    )


def _deals(trade: Trade, orders: Sequence[Order], fills: Sequence[Activity]) -> Iterator[Deal]:
    yield Deal(at=FIRST, shares=trade.restated.bought_shares - trade.restated.sold_shares)
    purchases = defaultdict[str, list[Order]](list)
    for order in orders:
        if order.role in PURCHASES:  # with what it was before somebody replaced it, whose shares count in it
            purchases[order.client_order_id].append(order)
        else:
            yield from _deals_of([order], fills)
    for same in purchases.values():
        yield from _deals_of(same, fills)


def _deals_of(same: Sequence[Order], fills: Sequence[Activity]) -> Iterator[Deal]:
    """Yield what an order dealt, as executions tell it; it may have had others of the broker's ids before.

    What none tells yet counts by when the order was filled. Where it does not say that, the shares count as bought
    before all else, or as sold after it: so no surplus of ours is taken for others'.
    """
    order, ids = same[0], {each.broker_id for each in same}
    sign = 1 if order.side is Side.BUY else -1
    told = [(each.at, abs(int(each.shares))) for each in fills if each.order_id in ids]
    for at, shares in told:
        yield Deal(at=at, shares=sign * shares)
    untold = order.filled_shares - sum(shares for _, shares in told)
    at = order.filled_at or (FIRST if sign > 0 else LAST)
    yield Deal(at=at, shares=sign * untold, is_by_hand=is_by_hand(order))
