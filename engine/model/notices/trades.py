"""What happens to a trade at the broker by the bot's own orders."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from engine.model.journal import Grade
from engine.model.notices.base import NoticeKind, TradeNotice
from engine.model.symbol_halt import SymbolHalt
from engine.model.trade import ExitReason, OrderRole


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeSubmitted(TradeNotice):
    """The entry is on its way to the broker."""

    kind = NoticeKind.SUBMITTED
    text = "submitted"
    is_event = True


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeFilled(TradeNotice):
    """The entry is filled, as far as it will be."""

    kind = NoticeKind.FILLED
    is_urgent = True
    is_for_channel = True
    redraws_card = True


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeAdopted(TradeNotice):
    """An order of ours that the database did not know is a trade now; or shares that `by` made a trade of."""

    kind = NoticeKind.ADOPTED
    text = "adopted"
    is_urgent = True
    is_for_channel = True
    redraws_card = True

    by: str = ""
    shares: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class FilledLate(TradeNotice):
    """An entry that was given up was filled all the same, at a price in dollars."""

    kind = NoticeKind.FILLED_LATE
    text = "filled-late"
    is_urgent = True
    is_for_channel = True
    redraws_card = True

    shares: int
    price: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetSet(TradeNotice):
    """Stop and target stand at the broker."""

    kind = NoticeKind.TARGET_SET
    text = "target-set"
    is_event = True


@dataclass(frozen=True, kw_only=True, slots=True)
class ExitAsked(TradeNotice):
    """A sell signal, its score in tenths, with the question whether to sell."""

    kind = NoticeKind.EXIT_ASKED
    is_for_channel = True

    tenths: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeClosing(TradeNotice):
    """A trade is being sold because somebody (`by`), a signal or the flattening of the desk wants that.

    `why` is what a person says of it. The sale waits as that of a Sale does.
    """

    kind = NoticeKind.CLOSING
    about = "by"
    redraws_card = True

    by: str
    why: str = ""
    opens_at: datetime | None = None
    is_halted: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeExit(TradeNotice):
    """A trade is being sold because of the time."""

    kind = NoticeKind.TIME_EXIT
    text = "time-exit"
    redraws_card = True

    reason: ExitReason


@dataclass(frozen=True, kw_only=True, slots=True)
class SymbolHaltBegan(TradeNotice):
    """The exchange halted trading in the symbol of a trade that waits or is open."""

    kind = NoticeKind.SYMBOL_HALTED
    is_urgent = True
    is_for_channel = True
    redraws_card = True

    halt: SymbolHalt


@dataclass(frozen=True, kw_only=True, slots=True)
class SymbolHaltEnded(TradeNotice):
    """Trading in the symbol of a trade goes on after a halt."""

    kind = NoticeKind.SYMBOL_RESUMED
    is_urgent = True
    is_for_channel = True
    redraws_card = True

    halt: SymbolHalt


@dataclass(frozen=True, kw_only=True, slots=True)
class ExitSenseless(TradeNotice):
    """A stop or target was not sent, for it would be filled at once at the market's price; both in dollars.

    `bare` are the shares that have no stop for that, 0 where the one of before stands.
    """

    kind = NoticeKind.EXIT_SENSELESS
    about = "role"
    is_urgent = True
    is_for_channel = True

    role: OrderRole
    price: Decimal
    market: Decimal
    bare: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeUnprotected(TradeNotice):
    """Shares had no live stop; `trouble` is what keeps them from having one now, '' where they have it.

    `bare` are those that a stop was sent for, 0 where none was: all that the trade holds.

    `is_on_hold` says that none is sent before it is known why the account holds so many shares; `is_sale` that what the
    broker rejects is no stop but the sale.
    """

    kind = NoticeKind.UNPROTECTED
    is_urgent = True
    is_for_channel = True

    trouble: str
    bare: int = 0
    is_on_hold: bool = False
    is_sale: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CancelStuck(TradeNotice):
    """A sale waits because the broker is not done with cancelling an order."""

    kind = NoticeKind.CANCEL_STUCK
    text = "cancel-stuck"


class OversoldCause(StrEnum):
    """How more can have been sold than was held."""

    BOTH_EXITS = "both_exits"
    BY_HAND = "by_hand"
    LATE_FILL = "late_fill"


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeOversold(TradeNotice):
    """More was sold than was held, so the account is short of `shares`."""

    kind = NoticeKind.OVERSOLD
    is_urgent = True
    is_for_channel = True
    redraws_card = True

    shares: int
    cause: OversoldCause
    is_bought_back: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CoveringShort(TradeNotice):
    """What was sold too much is being bought back."""

    kind = NoticeKind.COVERING
    text = "covering"
    is_for_channel = True

    shares: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverRefused(TradeNotice):
    """The broker rejects the purchase of what was sold too much; `trouble` is why."""

    kind = NoticeKind.COVER_REFUSED
    text = "cover-refused"
    is_urgent = True
    is_for_channel = True

    shares: int
    trouble: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeGraded(TradeNotice):
    """Somebody graded how a closed trade was made and led."""

    kind = NoticeKind.GRADED
    about = "by"
    text = "graded"
    redraws_card = True
    is_event = True

    by: str
    grade: Grade


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeClosed(TradeNotice):
    """The trade is over."""

    kind = NoticeKind.CLOSED
    text = "closed"
    is_urgent = True
    is_for_channel = True
    redraws_card = True


@dataclass(frozen=True, kw_only=True, slots=True)
class ExitChanged(TradeNotice):
    """A stop or target stands where somebody (`by`) wanted it: dollars before and after, risk as shares of equity.

    With `is_trail_ended` nothing moves the stop by itself any more, because it was moved down on purpose.
    """

    kind = NoticeKind.EXIT_CHANGED
    about = "by"
    redraws_card = True

    role: OrderRole
    by: str
    before: Decimal
    after: Decimal
    risk_before: Decimal
    risk_after: Decimal
    is_trail_ended: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ExitNotMoved(TradeNotice):
    """A stop or target does not stand where it was `wanted`, dollars; `trouble` is the broker's word, '' for none.

    A stop that `is_too_loose` was to be moved down, and the desk or its limits allow that no more. What `is_by_hand` is
    kept from the shares by a stop that somebody set at the broker.
    """

    kind = NoticeKind.EXIT_NOT_MOVED
    about = "role"
    is_urgent = True
    is_for_channel = True
    redraws_card = True

    role: OrderRole
    wanted: Decimal
    trouble: str
    is_too_loose: bool = False
    is_by_hand: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class StopTrailed(TradeNotice):
    """The stop follows the price; told once an hour, from the trade as it is then."""

    kind = NoticeKind.STOP_TRAILED
    text = "stop-trailed"
    is_event = True
    redraws_card = True


@dataclass(frozen=True, kw_only=True, slots=True)
class PartSold(TradeNotice):
    """The target sold its part of a trade, so many `shares` at an average `price` in dollars; the rest runs on."""

    kind = NoticeKind.PART_SOLD
    is_urgent = True
    is_for_channel = True
    redraws_card = True

    shares: int
    price: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class StopSold(TradeNotice):
    """A stop sold some `shares` of a trade at an average `price` in dollars, and the trade goes on with the rest."""

    kind = NoticeKind.STOP_SOLD
    is_urgent = True
    is_for_channel = True
    redraws_card = True

    shares: int
    price: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class TrailSet(TradeNotice):
    """Somebody (`by`) let the stop follow the price from now on, or no more."""

    kind = NoticeKind.TRAIL_SET
    about = "by"
    redraws_card = True

    by: str
