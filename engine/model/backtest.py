"""A backtest: what a strategy would have traded on given bars, and all that it takes to run it again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from engine.model.fees import USUAL_FEES, Fees
from engine.model.money import ZERO
from engine.model.trade import ExitReason


@dataclass(frozen=True, kw_only=True, slots=True)
class Costs:
    """What trading costs: the whole spread and what an order at the market loses beyond it, in basis points, and fees.

    `participation` is the largest part of a bar's volume that is filled in it (0.1 = 10 %).
    """

    spread_bp: Decimal = Decimal(2)
    slippage_bp: Decimal = Decimal(2)
    fees: Fees = USUAL_FEES
    participation: Decimal = Decimal("0.1")


@dataclass(frozen=True, kw_only=True, slots=True)
class BacktestTrade:
    """One round trip of a backtest. Prices are dollars a share, instants aware UTC.

    `bar` is the start of the closed bar that its score stood on, `tenths` that score. `planned` is the price at which
    it was sized, `entry` and `exit` are averages of its fills; `fees` are in the account, not in `result`. `stop` is
    the one by which it was sized, `last_stop` where it stood in the end if it moved.
    """

    symbol: str
    bar: datetime
    tenths: int
    entered_at: datetime
    shares: int
    planned: Decimal
    entry: Decimal
    stop: Decimal
    target: Decimal | None
    exited_at: datetime
    exit: Decimal
    reason: ExitReason
    fees: Decimal = ZERO
    last_stop: Decimal | None = None

    @property
    def result(self) -> Decimal:
        """Dollars won or lost, before fees."""
        return self.shares * (self.exit - self.entry)

    @property
    def risk(self) -> Decimal:
        """Dollars that were at risk once it was bought."""
        return self.shares * max(ZERO, self.entry - self.stop)

    @property
    def multiple(self) -> float | None:
        """The result after fees in multiples of the risk (R), None where nothing was at risk."""
        return float((self.result - self.fees) / self.risk) if self.risk else None


class NoteKind(StrEnum):
    """What the reader of a backtest must know of its data.

    `generated` prices inside the day are made up, `random` ones altogether. No news, dividends or dates of earnings are
    known (of `count` symbols, of all where it is 0); or there are so many headlines of `news`, beside those that are
    `news_unscored`. `dividends_in_prices` that are adjusted for them are not paid. `jump` is a move of more than 30 %
    for which no split is known, `split_unseen` a split that prices do not show; days and bars are missing; bars are
    `refused` by their flaw. A symbol begins `late`, or is `delisted`: its bars end. Trades are `unfinished` at the end.
    """

    GENERATED = "generated"
    RANDOM = "random"
    NO_NEWS = "no_news"
    NEWS = "news"
    NEWS_UNSCORED = "news_unscored"
    NO_DIVIDENDS = "no_dividends"
    DIVIDENDS_IN_PRICES = "dividends_in_prices"
    NO_EARNINGS = "no_earnings"
    JUMP = "jump"
    SPLIT_UNSEEN = "split_unseen"
    MISSING_DAYS = "missing_days"
    MISSING_BARS = "missing_bars"
    REFUSED = "refused"
    LATE = "late"
    DELISTED = "delisted"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, kw_only=True, slots=True)
class DataNote:
    """One thing that the reader must know: of which symbol, on which day, how many, and a part (0.31 = 31 %)."""

    kind: NoteKind
    symbol: str = ""
    on: date | None = None
    count: int = 0
    part: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class BacktestNews:
    """Which news are in the scores: how many headlines of a source, each for one symbol, and by whom they were scored.

    `unscored` of them the budget did not reach. `fingerprint` is a hash of all points with their times.
    """

    source: str
    scorer: str
    headlines: int
    unscored: int
    fingerprint: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Backtest:
    """The trades of a strategy on given bars, the account after every bar, and what it was run with.

    `starts` are the bars' starts (POSIX seconds), shape (bars,). `equity` and `invested` (the value held) are dollars
    at each bar's close, `holding` what the same cash would be worth in equal parts of all symbols, bought at the first
    bar's open, with dividends in cash; `spy` what it would be worth in SPY, None where the data have none. `refused`
    counts the candidates that no trade came of, by the rule that refused them.
    """

    strategy: str
    strategy_fingerprint: str
    data: str
    data_fingerprint: str
    version: str
    seed: int
    symbols: tuple[str, ...]
    first: date
    last: date
    cash: Decimal
    costs: Costs
    settings: Mapping[str, str]
    starts: NDArray[np.int64]
    equity: NDArray[np.float64]
    invested: NDArray[np.float64]
    holding: NDArray[np.float64]
    spy: NDArray[np.float64] | None = None
    trades: tuple[BacktestTrade, ...] = ()
    refused: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[DataNote, ...] = ()
    """What the reader must know of the data: gaps, jumps, that the prices are generated."""
    news: BacktestNews | None = None
    """The news in its scores, None without any."""
