"""The strategies of a desk as people look at them, and a change of the live one that waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.model.evaluation import Interval


@dataclass(frozen=True, kw_only=True, slots=True)
class StrategyLine:
    """A strategy: its trades that ended and their mean result after fees in R, simulated unless it `is_live`.

    `days` are days of trading in shadow, of a live one those on which it proposed. `mean` is None without trades,
    `interval` where they are too few for one.
    """

    name: str
    fingerprint: str
    is_live: bool
    trades: int
    days: int
    mean: float | None
    interval: Interval | None


@dataclass(frozen=True, kw_only=True, slots=True)
class StrategySources:
    """Where the strategies of a desk are read from, by their names; `live` is the one that it trades by."""

    live: str
    sources: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class PendingPromotion:
    """A change of the live strategy that waits for a second person; `source` is how SHADOW_STRATEGIES names it."""

    name: str
    source: str
    fingerprint: str
    before: str
    by: str
    asked_at: datetime
    expires_at: datetime


class Lack(StrEnum):
    """What a strategy lacks to be promoted; the first two are of its shadow, the next of its trades on paper."""

    TRADES = "trades"
    DAYS = "days"
    PAPER_TRADES = "paper_trades"
    PAPER_DAYS = "paper_days"
    NOT_LIVE = "not_live"
    IS_LIVE = "is_live"
    NOTHING_IN_FORCE = "nothing_in_force"


class PromotionStage(StrEnum):
    """How far a promotion is."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True, slots=True)
class Strategies:
    """All strategies, the live one first, what waits, and what takes effect with the next start ('' for nothing).

    `unusable` says of each that cannot be used why; where the live one is among them, it is not in the lines.
    """

    lines: tuple[StrategyLine, ...]
    pending: PendingPromotion | None
    next: str
    trades_needed: int
    days_needed: int
    unusable: tuple[str, ...] = ()
