"""What people changed while the desk runs."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from engine.model.notices.base import Notice, NoticeKind
from engine.model.runtime_settings import PendingChange, SettingUnit
from engine.model.strategies import PendingPromotion, PromotionStage


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchlistChanged(Notice):
    """Somebody added symbols to the watch list, or removed them."""

    kind = NoticeKind.WATCHLIST
    about = "by"
    text = "watch-told"
    is_event = True

    by: str
    is_added: bool
    symbols: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingChanged(Notice):
    """Somebody changed a setting; a figure is None where nothing is set, 1 or 0 for a switch."""

    kind = NoticeKind.SETTING
    about = "by"
    text = "setting-told"

    by: str
    name: str
    before: Decimal | None
    after: Decimal | None
    unit: SettingUnit


@dataclass(frozen=True, kw_only=True, slots=True)
class StrategyChange(Notice):
    """A change of the live strategy was asked for, confirmed or taken back."""

    kind = NoticeKind.STRATEGY
    about = "by"
    text = "strategy-told"

    by: str
    change: PendingPromotion
    stage: PromotionStage


@dataclass(frozen=True, kw_only=True, slots=True)
class LooseningAsked(Notice):
    """A change that loosens a limit waits for a second person."""

    kind = NoticeKind.LOOSENING_ASKED
    about = "by"

    by: str
    change: PendingChange


@dataclass(frozen=True, kw_only=True, slots=True)
class LooseningConfirmed(Notice):
    """A second person confirmed such a change, which waits to take effect."""

    kind = NoticeKind.LOOSENING_CONFIRMED
    about = "by"

    by: str
    change: PendingChange


class LooseningEnd(StrEnum):
    """Why such a change does not take effect."""

    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ROLE_GONE = "role_gone"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, kw_only=True, slots=True)
class LooseningEnded(Notice):
    """Such a change does not take effect."""

    kind = NoticeKind.LOOSENING_ENDED
    about = "by"
    text = "change-ended"

    by: str
    change: PendingChange
    why: LooseningEnd
