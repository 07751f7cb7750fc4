"""What is proposed and decided, and what no proposal came of."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.model.notices.base import Notice, NoticeKind, TradeNotice
from engine.model.reason import Reason
from engine.model.standing import StandingApproval


@dataclass(frozen=True, kw_only=True, slots=True)
class ApprovalAsked(TradeNotice):
    """A proposal's card, with the question whether to buy."""

    kind = NoticeKind.APPROVAL_ASKED
    is_card = True


@dataclass(frozen=True, kw_only=True, slots=True)
class AutoProposed(TradeNotice):
    """A proposal's card where AUTO_MODE decides."""

    kind = NoticeKind.PROPOSED_AUTO
    is_card = True


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposalResized(TradeNotice):
    """Somebody changed the shares of a proposal."""

    kind = NoticeKind.RESIZED
    about = "by"
    text = "resized"
    redraws_card = True
    is_event = True

    by: str
    before: int
    after: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SecondApprovalAsked(TradeNotice):
    """One person approved a proposal, and another one must as well."""

    kind = NoticeKind.SECOND_ASKED
    about = "by"
    redraws_card = True
    is_for_channel = True

    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeDecided(TradeNotice):
    """A proposal, or what was approved, went its way: approved, rejected, expired, refused, cancelled, failed.

    `by` is '' where the trade itself tells who decided.
    """

    kind = NoticeKind.DECIDED
    about = "by"
    redraws_card = True

    by: str = ""


class StandingStep(StrEnum):
    """What became of a standing approval."""

    GIVEN = "given"
    REVOKED = "revoked"


@dataclass(frozen=True, kw_only=True, slots=True)
class StandingAsked(Notice):
    """Somebody gave a standing approval, or another person must countersign it."""

    kind = NoticeKind.STANDING_ASKED
    about = "by"

    by: str
    approval: StandingApproval


@dataclass(frozen=True, kw_only=True, slots=True)
class StandingChange(Notice):
    """A standing approval was countersigned or taken back."""

    kind = NoticeKind.STANDING
    about = "by"

    by: str
    approval: StandingApproval
    step: StandingStep


@dataclass(frozen=True, kw_only=True, slots=True)
class StandingUsed(TradeNotice):
    """A proposal was approved under a standing approval."""

    kind = NoticeKind.STANDING_USED
    is_for_channel = True

    approval: StandingApproval


@dataclass(frozen=True, kw_only=True, slots=True)
class SignalKept(Notice):
    """A signal of which no proposal came, and why: versions before 0.2 told each by itself."""

    kind = NoticeKind.SIGNAL
    about = "symbol"
    text = "signal-kept"
    is_event = True

    symbol: str
    why_not: Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptSignals:
    """The symbols whose signals were not proposed for one reason, the first that came first."""

    why_not: Reason
    symbols: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SignalsKept(Notice):
    """Signals of which no proposal came since an instant (aware UTC), by their reasons."""

    kind = NoticeKind.SIGNALS
    is_event = True

    since: datetime
    groups: tuple[KeptSignals, ...]
