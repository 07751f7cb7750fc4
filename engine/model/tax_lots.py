"""Which shares that were bought are those that were sold: first in, first out, within each trade; pure.

A trade's shares are the account's only ones of its symbol that the desk bought, for no second trade of a symbol begins
before the first is over. So first in, first out by trade is the same by account, but for shares of others.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from engine.model.market import exchange_date
from engine.model.money import ZERO
from engine.model.signal import Side
from engine.model.trade import AS_FILLED, Trade

SHARE = Decimal("0.000001")


class HoldingTerm(StrEnum):
    """How long shares were held: more than a year is long."""

    SHORT = "short"
    LONG = "long"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fill:
    """Shares that an order bought or sold at an average price (dollars a share), when it was seen (aware UTC)."""

    side: Side
    shares: Decimal
    price: Decimal
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class TaxLot:
    """Shares that were bought together and sold together; `cost` and `proceeds` are dollars.

    Of what was sold too many and bought back, `acquired_at` is after `sold_at`. `cash` is what was paid for parts of a
    share in a company's change, less what these cost; it stands in the last lot of its trade.
    """

    trade_id: str
    symbol: str
    lot: int
    shares: Decimal
    acquired_at: datetime
    sold_at: datetime
    cost: Decimal
    proceeds: Decimal
    cash: Decimal = ZERO

    @property
    def result(self) -> Decimal:
        """Dollars won or lost."""
        return self.proceeds - self.cost + self.cash

    @property
    def term(self) -> HoldingTerm:
        """Long where the shares were sold later than the same day a year after they were bought."""
        bought, sold = exchange_date(self.acquired_at), exchange_date(self.sold_at)
        a_year_later = (bought.year + 1, bought.month, bought.day)
        return HoldingTerm.LONG if (sold.year, sold.month, sold.day) > a_year_later else HoldingTerm.SHORT


def tax_lots(trade: Trade, fills: Sequence[Fill]) -> tuple[TaxLot, ...]:
    """Return the lots of what a trade sold so far, oldest sale first; they come to the trade's own result."""
    bought, sold = _of_side(fills, Side.BUY), _of_side(fills, Side.SELL)
    if trade.restated != AS_FILLED:
        more = trade.restated
        bought = _scaled(bought, more.bought_shares, more.bought_dollars)
        sold = _scaled(sold, more.sold_shares, more.sold_dollars)
    lots = list(_matched(trade, bought, sold))
    if lots and trade.restated.cash:
        lots[-1] = replace(lots[-1], cash=trade.restated.cash)
    return tuple(lots)


def _of_side(fills: Iterable[Fill], side: Side) -> list[Fill]:
    return sorted((each for each in fills if each.side is side and each.shares), key=lambda each: each.at)


def _scaled(fills: list[Fill], more_shares: int, more_dollars: Decimal) -> list[Fill]:
    """Return fills with what a company's change adds to their sums, each with its part."""
    shares = sum((each.shares for each in fills), ZERO)
    if not shares or shares + more_shares <= 0:
        return fills
    ratio = (shares + more_shares) / shares
    paid = sum((each.shares * each.price for each in fills), ZERO)
    factor = (paid + more_dollars) / paid if paid else Decimal(1)
    return [replace(each, shares=each.shares * ratio, price=each.price * factor / ratio) for each in fills]


def _matched(trade: Trade, bought: list[Fill], sold: list[Fill]) -> Iterator[TaxLot]:
    """Yield a lot for each part of a sale that was bought in one piece."""
    purchases, sales, number = iter(bought), iter(sold), 0
    purchase, sale = next(purchases, None), next(sales, None)
    while purchase and sale:
        shares = min(purchase.shares, sale.shares)
        number += 1
        yield TaxLot(
            trade_id=trade.id,
            symbol=trade.symbol,
            lot=number,
            shares=round(shares, 6),
            acquired_at=purchase.at,
            sold_at=sale.at,
            cost=shares * purchase.price,
            proceeds=shares * sale.price,
        )
        purchase, sale = replace(purchase, shares=purchase.shares - shares), replace(sale, shares=sale.shares - shares)
        purchase = purchase if purchase.shares > SHARE else next(purchases, None)
        sale = sale if sale.shares > SHARE else next(sales, None)
