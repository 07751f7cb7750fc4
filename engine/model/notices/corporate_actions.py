"""What companies do to shares that the desk holds."""

from dataclasses import dataclass
from decimal import Decimal

from engine.model.corporate_action import ActionKind, CorporateAction, MissingTerm
from engine.model.notices.base import Notice, NoticeKind, TradeNotice


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionDue(Notice):
    """A corporate action comes on the day that trades next."""

    kind = NoticeKind.ACTION_DUE
    about = "symbol"

    action: CorporateAction

    @property
    def symbol(self) -> str:
        """The symbol whose shares it changes."""
        return self.action.symbol


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeTerms:
    """What a corporate action changes of a trade: its shares, the prices of stop and target, the symbol.

    Shares are below 0 where the trade sold more than it bought, and owes them.
    """

    shares: int
    stop: Decimal
    target: Decimal
    symbol: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SpunOffPart:
    """What came beside the shares in a spin-off, and the dollars of the trade's cost that went with it.

    `kept` is the part of their worth that stayed in the shares, to eight places.
    """

    symbol: str
    shares: int
    cost: Decimal
    kept: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeRestated(TradeNotice):
    """A corporate action made other shares and prices of a trade: out of every `old_shares` came `new_shares`."""

    kind = NoticeKind.RESTATED
    is_for_channel = True
    redraws_card = True

    action: ActionKind
    new_shares: Decimal
    old_shares: Decimal
    before: TradeTerms
    after: TradeTerms
    spun_off: SpunOffPart | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SpinOffWaits(TradeNotice):
    """Shares have no stop, for it is not known what a spin-off left of their price.

    Rates are None where they are not told, symbols '' where they are not known. `unpriced` is the one that `missing` is
    about.
    """

    kind = NoticeKind.SPIN_OFF_WAITS
    is_urgent = True
    is_for_channel = True

    new_shares: Decimal | None
    old_shares: Decimal | None
    new_symbol: str
    missing: MissingTerm
    unpriced: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionLate(TradeNotice):
    """So many shares are `bare` of a stop: what exchanges them is due, and the broker does not show it yet.

    Where the account itself `is_told` of it, and nobody could match it with the shares so far, nothing ends that but a
    person, unless the shares change after all. The `new_shares` of the action are 0 then: its rate is not told.
    """

    kind = NoticeKind.ACTION_LATE
    is_urgent = True
    is_for_channel = True

    action: CorporateAction
    bare: int
    is_told: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CashInLieu(TradeNotice):
    """Dollars were paid for fractions of a share; those of a company that was `spun_off` are none of the trade's."""

    kind = NoticeKind.CASH_IN_LIEU
    text = "cash-in-lieu"
    is_event = True

    dollars: Decimal
    spun_off: str = ""
