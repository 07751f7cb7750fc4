"""What the desk is told by the exchange's day: what will run, what happened, what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from engine.model.account import AssetKind
from engine.model.audit import Mark
from engine.model.desk import Desk
from engine.model.duty import DutyCover
from engine.model.journal import JournalReview
from engine.model.market import TradingDay
from engine.model.overnight import Overnight
from engine.model.performance import Performance, Period
from engine.model.signal import Finding

LATE = timedelta(minutes=10)
"""How long after its time a report still counts as punctual."""


class ReportKind(StrEnum):
    """The reports, in the order in which they come."""

    READY = "ready"
    PREMARKET = "premarket"
    OPEN = "open"
    CLOSE = "close"
    DAY = "day"
    WEEK = "week"


EARLY = timedelta(hours=1)
"""How long before the first trading of a day the desk learns what will run."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportSpec:
    """When a report is due on a trading day, and over which period it looks back.

    One that is `weekly` is due on the last trading day of a week only. `has_curve` says that the result's curve is
    drawn with it, `ends_day` that it names the last row of the audit. One that is `after_news` waits, while it is
    punctual, until the news were read at its time or later.
    """

    due: Callable[[TradingDay], datetime]
    period: Period = Period.TODAY
    weekly: bool = False
    has_curve: bool = False
    ends_day: bool = False
    after_news: bool = False


REPORTS: Mapping[ReportKind, ReportSpec] = {
    ReportKind.READY: ReportSpec(due=lambda hours: hours.pre - EARLY),
    ReportKind.PREMARKET: ReportSpec(due=lambda hours: hours.pre, after_news=True),
    ReportKind.OPEN: ReportSpec(due=lambda hours: hours.open),
    ReportKind.CLOSE: ReportSpec(due=lambda hours: hours.close),
    ReportKind.DAY: ReportSpec(due=lambda hours: hours.post, has_curve=True, ends_day=True),
    ReportKind.WEEK: ReportSpec(due=lambda hours: hours.post, period=Period.WEEK, weekly=True, has_curve=True),
}
"""Every report, in the order in which they come."""


class Telling(StrEnum):
    """How loudly something is told: so that the channel sees it, in the day's thread alone, or not at all."""

    ON = "on"
    SILENT = "silent"
    OFF = "off"


@dataclass(frozen=True, kw_only=True, slots=True)
class Holding:
    """What is held of a symbol, its last price and the close before, and the dollars won or lost on it so far.

    What is no stock has no shares: `quantity` tells how much it is.
    """

    symbol: str
    shares: int
    price: Decimal
    unrealised: Decimal
    kind: AssetKind = AssetKind.STOCK
    quantity: Decimal | None = None
    previous_close: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportAccount:
    """The account at the broker: equity in dollars, open risk and its ceiling as shares of equity, what is held.

    `overnight` is None in what an earlier version wrote.
    """

    equity: Decimal
    open_risk: Decimal
    ceiling: Decimal
    holdings: tuple[Holding, ...]
    overnight: Overnight | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """One report: `due` is when it should come, `at` when it was made (aware UTC).

    `hours` are the exchange's of its day, None where it has none. `broker` and `source` (of prices) are labels,
    `watched` counts symbols, `pending` proposals. `account` is None where the broker could not be asked. `news` is what
    was found since the last close, newest first; about symbols that are `unread` there are headlines that were not
    scored. `market` is by what part the S&P 500 moved meanwhile, None where no prices tell. One that is `silent` is not
    told in the channel. `audit` is the last row of the audit at the day's end, `duty` who will be called in regular
    hours, where the report tells, `journal` what a week teaches.
    """

    kind: ReportKind
    due: datetime
    at: datetime
    hours: TradingDay | None
    desk: Desk
    broker: str
    source: str
    watched: int
    pending: int
    down: tuple[str, ...]
    account: ReportAccount | None
    news: tuple[Finding, ...]
    performance: Performance
    market: Decimal | None
    silent: bool = False
    audit: Mark | None = None
    duty: DutyCover | None = None
    journal: JournalReview | None = None
    unread: tuple[str, ...] = ()

    @property
    def is_late(self) -> bool:
        """Whether it comes so late that this must be said."""
        return self.at - self.due > LATE

    @property
    def is_whole_day(self) -> bool:
        """Whether no trading of its day is left; one that is asked for before tells of the day so far."""
        return self.hours is None or self.at >= self.hours.post
