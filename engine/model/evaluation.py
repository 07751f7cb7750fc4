"""What a backtest is worth: its measures, and what speaks against believing them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from engine.model.backtest import Backtest
from engine.model.strategy_check import StrategyCheck

FEWEST_TRADES = 30
"""With fewer, a mean says nothing of the next trade."""
FEWEST_DAYS = 20
"""With fewer daily returns, their spread is not known well enough for a Sharpe ratio."""
CONFIDENT = 0.95
"""How sure it must be that a Sharpe ratio is more than the luck of the best of all variants."""
LIKELIEST_CHANCE = 0.05
"""How likely chance alone may do at least as well at most, by the control."""
MOST_EDGES = 0.1
"""Part of the walks, on which nothing can be won, that may seem to have an edge at most: the interval's own error."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Measures:
    """The usual measures, of daily returns and of trades. None stands for what is not defined; nothing is infinite.

    Returns, drawdown, hit rate and exposure are parts (0.01 = 1 %); `max_drawdown` is positive. `growth` is the
    compound annual growth rate. Sharpe, Sortino and Calmar are of a year of 252 days, without a risk-free rate.
    `expectancy` is the mean result of a trade in multiples of its risk (R), after fees. `exposure` is the mean part of
    the equity that was invested, `time_invested` the part of the bars at which something was. `turnover` is what was
    bought in a year as a multiple of the mean equity.
    """

    days: int
    total_return: float | None
    growth: float | None
    volatility: float | None
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    max_drawdown: float | None
    trades: int
    hit_rate: float | None
    profit_factor: float | None
    expectancy: float | None
    exposure: float | None
    time_invested: float | None
    turnover: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """A mean of so many figures and between what it lies, with that confidence, by a bootstrap of blocks of `block`."""

    mean: float
    low: float
    high: float
    count: int
    block: int
    confidence: float

    @property
    def holds_nothing(self) -> bool:
        """Whether nought lies in it: then nobody can say that the mean is not nought."""
        return self.low <= 0 <= self.high


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """How many variants were ever tried on the same data, and the daily Sharpe ratios of those that have one."""

    variants: int
    sharpes: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DeflatedSharpe:
    """How sure it is that a Sharpe ratio is better than the best of so many variants without any skill.

    `sharpe` is of a day, and so is `hurdle`, what the luckiest of `variants` is expected to have. `probability` is a
    part (0.95 = 95 %).
    """

    sharpe: float
    hurdle: float
    variants: int
    probability: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Control:
    """The same strategy on random walks with the volatility of the data, where nothing can be won.

    `means` are the mean results of a trade (R) of the walks that had trades, in their order; `edges` counts the walks
    on which it would have been said that there is an edge.
    """

    walks: int
    means: tuple[float, ...]
    edges: int
    actual: float | None

    @property
    def as_good(self) -> float | None:
        """The part of the walks on which it did at least as well, counting itself (a p-value), None without trades."""
        if self.actual is None or not self.means:
            return None
        return (1 + sum(mean >= self.actual for mean in self.means)) / (1 + len(self.means))

    @property
    def bears_out(self) -> bool:
        """Whether it does clearly better on the data than on the walks, and wins nothing there; False without walks."""
        as_good = self.as_good
        return as_good is not None and as_good <= LIKELIEST_CHANCE and self.edges <= MOST_EDGES * self.walks


@dataclass(frozen=True, kw_only=True, slots=True)
class WorstGap:
    """The trade that was sold farthest beyond its stop.

    `beyond` is how far, as a part of the stop's price; `multiple` what the trade came to in multiples of its risk.
    """

    symbol: str
    at: datetime
    beyond: float
    multiple: float


class Verdict(StrEnum):
    """What can be said of a strategy; all but the last say that no edge is shown."""

    TOO_FEW = "too_few"
    NO_EDGE = "no_edge"
    LOSES = "loses"
    UNCHECKED = "unchecked"
    LOOKS_AHEAD = "looks_ahead"
    CONTROL = "control"
    TRIED_TOO_OFTEN = "tried_too_often"
    EDGE = "edge"


@dataclass(frozen=True, kw_only=True, slots=True)
class Evaluation:
    """A backtest and all that is said of it. `interval` is of the mean result of a trade (R), None without trades.

    `holding` and `spy` are the total returns of buying and holding all symbols in equal parts, and of SPY. `variants`
    counts what was tried on the same data. `check` is the look-ahead check of a strategy that is Python code, None for
    one that is no code, and where the interval does not lie above 0.
    """

    backtest: Backtest
    measures: Measures
    verdict: Verdict
    interval: Interval | None
    deflated: DeflatedSharpe | None
    control: Control | None
    worst_gap: WorstGap | None
    holding: float | None
    spy: float | None
    variants: int = 1
    check: StrategyCheck | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WalkWindow:
    """Sessions to choose on and later ones to be judged by, the first and the last of each; none between is used."""

    train_first: date
    train_last: date
    test_first: date
    test_last: date


@dataclass(frozen=True, kw_only=True, slots=True)
class WalkStep:
    """What was chosen on a window's earlier sessions, in words, and what it did on them and on the later ones."""

    window: WalkWindow
    chosen: str
    train: Backtest
    test: Backtest

    @property
    def train_mean(self) -> float | None:
        """The mean result (R) of the earlier sessions' trades, None without any."""
        return _mean(self.train)

    @property
    def test_mean(self) -> float | None:
        """The mean result (R) of the later sessions' trades, None without any."""
        return _mean(self.test)


@dataclass(frozen=True, kw_only=True, slots=True)
class WalkForward:
    """All windows of a history, and the mean result (R) of the trades on sessions that nothing was chosen on.

    `train_mean` is the mean result on the sessions that it was chosen on: what it flatters by is the difference.
    """

    steps: tuple[WalkStep, ...]
    train_mean: float | None
    interval: Interval | None
    verdict: Verdict


def _mean(backtest: Backtest) -> float | None:
    multiples = [trade.multiple for trade in backtest.trades if trade.multiple is not None]
    return sum(multiples) / len(multiples) if multiples else None
