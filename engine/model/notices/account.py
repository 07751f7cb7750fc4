"""What changed in the account by no order of the bot's: other people's orders, shares and money."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from engine.model.notices.base import Notice, NoticeKind, TradeNotice
from engine.model.trade import OrderRole


@dataclass(frozen=True, kw_only=True, slots=True)
class ExitMoved(TradeNotice):
    """Somebody moved a stop or target at the broker: dollars before and after, the risk as shares of equity."""

    kind = NoticeKind.EXIT_MOVED
    about = "role"
    is_for_channel = True
    redraws_card = True

    role: OrderRole
    before: Decimal
    after: Decimal
    risk_before: Decimal
    risk_after: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryChanged(TradeNotice):
    """Somebody gave an entry another limit or quantity at the broker: dollars a share, the risk as shares of equity.

    The limits are None for one at the market.
    """

    kind = NoticeKind.ENTRY_CHANGED
    is_for_channel = True
    redraws_card = True

    shares_before: int
    shares_after: int
    limit_before: Decimal | None
    limit_after: Decimal | None
    risk_before: Decimal
    risk_after: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class SoldByHand(TradeNotice):
    """Shares of a trade left by no order of the bot's, at a price that is a guess where no execution tells it.

    The price is None in what an earlier version wrote.
    """

    kind = NoticeKind.SOLD_BY_HAND
    is_for_channel = True

    shares: int
    price: Decimal | None
    is_estimate: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class StopByHand(TradeNotice):
    """Somebody set a stop at the broker for `shares` of those `held`, where the bot's own is missing.

    Its price and the `planned` one of the trade, at which the bot's would stand, are in dollars.
    """

    kind = NoticeKind.STOP_BY_HAND
    is_for_channel = True

    shares: int
    held: int
    price: Decimal
    planned: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class UnexplainedChange(Notice):
    """The shares held of a symbol changed and nothing explains it; prices in dollars, None where they are not known."""

    kind = NoticeKind.UNEXPLAINED
    about = "symbol"
    is_urgent = True

    symbol: str
    before: int
    found: int
    price_before: Decimal | None = None
    price_now: Decimal | None = None


class MoneyMove(StrEnum):
    """How money came or went by no trade."""

    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    DIVIDEND = "dividend"
    FEE = "fee"


@dataclass(frozen=True, kw_only=True, slots=True)
class MoneyMoved(Notice):
    """Money came or went by no trade: dollars, below 0 where they went; `symbol` is '' where it is about none."""

    kind = NoticeKind.MONEY_MOVED
    about = "move"
    text = "money-moved"
    is_event = True

    move: MoneyMove
    dollars: Decimal
    symbol: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderKept(Notice):
    """The broker keeps an order that was cancelled, pending or not: `shares` may still be filled."""

    kind = NoticeKind.ORDER_KEPT
    about = "symbol"
    text = "order-kept"
    is_urgent = True

    symbol: str
    role: OrderRole
    shares: int
    is_pending: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ForeignPosition(Notice):
    """So many shares are held that the bot did not buy; those sold short are below 0, none are left at 0."""

    kind = NoticeKind.FOREIGN
    about = "symbol"
    text = "foreign-position"

    symbol: str
    shares: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ForeignProtected(Notice):
    """Shares that the bot did not buy have a stop of its own now, at a price in dollars."""

    kind = NoticeKind.FOREIGN_PROTECTED
    about = "symbol"
    text = "foreign-protected"

    symbol: str
    shares: int
    stop: Decimal | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ForeignUnprotected(Notice):
    """Shares that the bot did not buy get no stop; `trouble` is why: the broker's words, or a company's action."""

    kind = NoticeKind.FOREIGN_BARE
    about = "symbol"
    text = "foreign-bare"

    symbol: str
    trouble: str
