"""What the paper broker deals at: a purchase at the ask, a sale at the bid, and no more at once than is shown there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Self

from engine.adapters.paper.account_store import OrderRecord
from engine.model.market import Snapshot
from engine.model.money import CENT
from engine.model.signal import Side
from engine.model.trade import OrderRole

BASIS_POINT = Decimal("0.0001")
OLD = timedelta(minutes=1)
"""A quote that is older than the last trade by more than this says nothing any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """The last trade, and what a share is bought and sold at; `shown` are the shares to be had there, None unknown.

    `traded_at` is when it last traded, `quoted_at` when it was quoted so, `day_volume` the shares traded in the day.
    """

    symbol: str
    last: Decimal
    traded_at: datetime
    quoted_at: datetime
    ask: Decimal
    bid: Decimal
    ask_size: int | None
    bid_size: int | None
    day_volume: int

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self | None:
        """Read a snapshot, None where it has no good price.

        A quote that is broken or old gives way to the last trade. One that is a little older than the trade counts only
        where that is the worse of the two.
        """
        last, quoted_at = snapshot.price, snapshot.quoted_at or snapshot.at
        if not last.is_finite() or last <= 0:
            return None
        bid, ask = snapshot.bid, snapshot.ask
        sizes = snapshot.bid_size, snapshot.ask_size
        if not (bid.is_finite() and ask.is_finite() and 0 < bid <= ask) or snapshot.at - quoted_at > OLD:
            bid, ask, sizes, quoted_at = last, last, (None, None), snapshot.at
        elif quoted_at < snapshot.at:
            bid, ask = min(bid, last), max(ask, last)
        return cls(
            symbol=snapshot.symbol,
            last=last,
            traded_at=snapshot.at,
            quoted_at=quoted_at,
            bid=bid,
            ask=ask,
            bid_size=sizes[0],
            ask_size=sizes[1],
            day_volume=snapshot.volume,
        )

    def shown(self, side: Side) -> int | None:
        """Return the shares that an order of a side finds at the front, None where that is not known."""
        return self.ask_size if side is Side.BUY else self.bid_size


def slipped(price: Decimal, side: Side, slippage_bp: Decimal) -> Decimal:
    """Return what is paid or got at the market: the price, worse by the slippage, to the cent."""
    slip = slippage_bp * BASIS_POINT
    got = price * (1 + slip if side is Side.BUY else 1 - slip)
    return max(CENT, got.quantize(CENT, ROUND_HALF_UP))


def is_hit(record: OrderRecord, quote: Quote) -> bool:
    """Tell whether a trade triggers a stop: what it is sold at then, the next look tells."""
    return (
        record.role is OrderRole.STOP
        and not record.triggered
        and record.price is not None
        and quote.last <= record.price
    )


def fill_price(record: OrderRecord, quote: Quote, slippage_bp: Decimal) -> Decimal | None:
    """Return what a share of the order is dealt at, None while it waits.

    A limit is reached once the other side quotes it, or once it traded past it: then all who wanted that price had it.
    """
    at_market = slipped(quote.ask if record.side is Side.BUY else quote.bid, record.side, slippage_bp)
    if record.price is None or record.triggered:
        return at_market
    match record.role:
        case OrderRole.STOP:
            return None
        case OrderRole.TARGET:
            return max(record.price, at_market) if quote.bid >= record.price or quote.last > record.price else None
        case _:
            return min(record.price, at_market) if quote.ask <= record.price or quote.last < record.price else None
