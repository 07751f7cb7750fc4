"""How the desk has done: over which time, and with what result."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from engine.model.evaluation import FEWEST_DAYS, FEWEST_TRADES, Interval
from engine.model.market import day_begin, exchange_date


class Period(StrEnum):
    """A time to look back over, in days of the exchange; `days` is any other than the named ones."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    LAST_WEEK = "last-week"
    MONTH = "month"
    LAST_MONTH = "last-month"
    YEAR = "year"
    LAST_YEAR = "last-year"
    ALL = "all"
    DAYS = "days"

    def since(self, now: datetime) -> datetime | None:
        """Return when it began (aware UTC): New York's midnight, of Monday, of the 1st ...; None for all there is."""
        return self.span(exchange_date(now)).since

    def span(self, today: date) -> "Span":
        """Return its days, seen from a day of the exchange; raises ValueError for `days`, which names none."""
        week = today - timedelta(days=today.weekday())
        month, year = today.replace(day=1), today.replace(month=1, day=1)
        before = timedelta(days=1)
        bounds: dict[Period, tuple[date | None, date]] = {
            Period.TODAY: (today, today),
            Period.YESTERDAY: (today - before, today - before),
            Period.WEEK: (week, today),
            Period.LAST_WEEK: (week - timedelta(days=7), week - before),
            Period.MONTH: (month, today),
            Period.LAST_MONTH: ((month - before).replace(day=1), month - before),
            Period.YEAR: (year, today),
            Period.LAST_YEAR: (year.replace(year=year.year - 1), year - before),
            Period.ALL: (None, today),
        }
        if self not in bounds:
            raise ValueError("which days?")
        first, last = bounds[self]
        return Span(period=self, first=first, last=last)


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Days of the exchange from the first to the last, both included; `first` is None for all there is."""

    period: Period
    first: date | None
    last: date

    @property
    def since(self) -> datetime | None:
        """Return when it begins (aware UTC), New York's midnight; None for all there is."""
        return None if self.first is None else day_begin(self.first)

    @property
    def ends(self) -> datetime:
        """Return when it is over (aware UTC): the midnight after its last day in New York."""
        return day_begin(self.last + timedelta(days=1))


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenProfit:
    """The dollars won or lost so far on so many positions that are held; None where the broker does not tell."""

    positions: int
    result: Decimal | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """A trade that ended, and the dollars that it won or lost."""

    trade_id: str
    symbol: str
    result: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class SymbolResult:
    """What the trades that ended in a symbol came to: how many, how many won, and their dollars together."""

    symbol: str
    trades: int
    wins: int
    result: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class EquityPoint:
    """The account's equity in dollars at an instant (aware UTC)."""

    at: datetime
    equity: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeResult:
    """What a trade that ended came to, in dollars and in multiples of what it risked; None where it risked nothing."""

    result: float
    multiple: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class GrowthPoint:
    """What a dollar of the first day had become by an instant (aware UTC) by trading alone, whatever came or went."""

    at: datetime
    growth: float


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeStatistics:
    """How far the trades of a period speak for what they are made by: as in a backtest, None where nothing is defined.

    `expectancy` is the mean result in multiples of the risk, with what it lies between. `sharpe` is of a year, from the
    account's returns on so many `days` of trading.
    """

    trades: int
    profit_factor: float | None
    expectancy: Interval | None
    days: int
    sharpe: float | None

    @property
    def has_enough_trades(self) -> bool:
        """Whether there are as many trades as say anything."""
        return self.trades >= FEWEST_TRADES

    @property
    def has_enough_days(self) -> bool:
        """Whether there are as many days as say anything."""
        return self.days >= FEWEST_DAYS


@dataclass(frozen=True, kw_only=True, slots=True)
class Performance:
    """What came of the trades that ended from `since` (None: from the first on) until `until`, in dollars.

    `multiple` is the average result in multiples of what each trade risked when it was filled, None where none risked
    anything. `slippage` is what the fills cost more than the prices proposed. `cost` is what the news model took.
    `risk_used` is the most open risk and `drawdown` the deepest fall from a peak, as shares of equity. `curve` has the
    account's equity in at most some hundred points, oldest first; it and the two shares are of the whole account also
    where `symbol` names one symbol.

    The curve and `equity_before` are in the money of the period's end, as though what came in or went out meanwhile had
    always been there; `result_now` is the result in it, None where that is the same. `statistics` are worked out where
    somebody asks for them.
    """

    since: datetime | None
    until: datetime
    symbol: str
    trades: int
    wins: int
    result: Decimal
    best: Ending | None
    worst: Ending | None
    multiple: Decimal | None
    slippage: Decimal
    risk_used: Decimal
    cost: Decimal
    equity_before: Decimal | None
    curve: tuple[EquityPoint, ...]
    drawdown: Decimal
    by_symbol: tuple[SymbolResult, ...]
    result_now: Decimal | None = None
    statistics: TradeStatistics | None = None

    @property
    def hit_rate(self) -> Decimal | None:
        """The part of the trades that won, None where none ended."""
        return Decimal(self.wins) / self.trades if self.trades else None

    @property
    def share(self) -> Decimal | None:
        """The result as a share of the equity with which the period began, None where that is not known."""
        result = self.result if self.result_now is None else self.result_now
        return result / self.equity_before if self.equity_before and self.equity_before > 0 else None

    @property
    def has_curve(self) -> bool:
        """Whether the account moved: a line on which nothing does looks like data and is none."""
        return any(one.equity != other.equity for one, other in pairwise(self.curve))

    @property
    def total(self) -> Decimal | None:
        """The dollars by which trading changed the account, realised and open; None where that is not known."""
        if self.equity is None or self.equity_before is None:
            return None
        return self.equity - self.equity_before

    @property
    def equity(self) -> Decimal | None:
        """The newest equity of the period, None where there is none."""
        return self.curve[-1].equity if self.curve else None
