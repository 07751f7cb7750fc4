"""What a backtest comes to, in the field's measures: of the returns of the exchange's days, and of its trades.

The formulas are those of empyrical and quantstats, and a test holds them equal to both. Neither is needed to run.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from math import inf, isfinite, sqrt

import numpy as np
from numpy.typing import NDArray

from engine.model.backtest import Backtest, BacktestTrade
from engine.model.evaluation import Measures
from engine.model.market import EXCHANGE_ZONE

YEAR = 252
"""Trading days of a year."""
HOUR = 3600
DAY = 86_400
STILL = 1e-12
"""A spread of returns that is less is of rounding, and no returns of a market."""

Numbers = NDArray[np.float64]
_WILD = np.errstate(over="ignore", invalid="ignore")
"""What is too large for a number is told as none, see `_number`."""


@_WILD
def measured(backtest: Backtest) -> Measures:
    """Return the measures of a backtest; raises ValueError for an equity that is no number somewhere."""
    if not np.isfinite(backtest.equity).all():
        raise ValueError("the account's equity is not a number after every bar")
    returns = daily_returns(backtest.starts, backtest.equity, float(backtest.cash))
    growth, drawdown = annual_growth(returns), max_drawdown(returns)
    wins = [trade.result - trade.fees for trade in backtest.trades]
    multiples = multiples_of(backtest.trades)
    return Measures(
        days=len(returns),
        total_return=total_return(backtest.equity, float(backtest.cash)),
        growth=growth,
        volatility=_number(spread_of(returns) * sqrt(YEAR)) if len(returns) > 1 else None,
        sharpe=sharpe(returns),
        sortino=sortino(returns),
        calmar=_number(growth / drawdown) if growth is not None and drawdown else None,
        max_drawdown=drawdown,
        trades=len(wins),
        hit_rate=sum(win > 0 for win in wins) / len(wins) if wins else None,
        profit_factor=profit_factor([float(win) for win in wins]),
        expectancy=float(multiples.mean()) if len(multiples) else None,
        exposure=exposure(backtest.invested, backtest.equity),
        time_invested=float((backtest.invested > 0).mean()) if len(backtest.invested) else None,
        turnover=turnover(backtest, len(returns)),
    )


def exchange_days(starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the exchange's date of each instant (POSIX seconds) as a count of days since 1970-01-01."""
    hours, of_hour = np.unique(starts // HOUR, return_inverse=True)
    # The clock is put forward or back on the hour, so one look a whole hour tells all of its instants.
    offsets = [_offset(int(hour) * HOUR) for hour in hours]
    return (starts + np.array(offsets, dtype=np.int64)[of_hour]) // DAY


def day_closes(starts: NDArray[np.int64], values: Numbers) -> Numbers:
    """Return the last value of each of the exchange's days, in their order."""
    if not len(starts):
        return np.empty(0)
    days = exchange_days(starts)
    is_last: NDArray[np.bool_] = np.append(days[1:] != days[:-1], True)
    return values[is_last]


@_WILD
def daily_returns(starts: NDArray[np.int64], equity: Numbers, cash: float) -> Numbers:
    """Return what the account won on each of the exchange's days, as parts of the equity it began the day with.

    None at all where an account was wiped out: nobody earns a return on nothing.
    """
    return returns_of(np.concatenate(((cash,), day_closes(starts, equity))))


def returns_of(worth: Numbers) -> Numbers:
    """Return what was won from each figure to the next; none at all where one of them is nothing."""
    return worth[1:] / worth[:-1] - 1 if (worth > 0).all() else np.empty(0)


@_WILD
def total_return(equity: Numbers, cash: float) -> float | None:
    """Return what the whole time brought, as a part of the cash it began with."""
    return _number(equity[-1] / cash - 1) if len(equity) and cash > 0 else None


@_WILD
def annual_growth(returns: Numbers) -> float | None:
    """Return the compound annual growth rate of daily returns."""
    if not len(returns):
        return None
    return _number(float(np.prod(1 + returns) ** (YEAR / len(returns)) - 1))


def max_drawdown(returns: Numbers) -> float | None:
    """Return the deepest fall from a peak, as a positive part of it; what it began with counts as a peak."""
    if not len(returns):
        return None
    worth = np.concatenate(((1.0,), np.cumprod(1 + returns)))
    return _number(float((1 - worth / np.maximum.accumulate(worth)).max()))


@_WILD
def sharpe(returns: Numbers, *, year: int = YEAR) -> float | None:
    """Return mean over standard deviation of daily returns, for a year of so many days."""
    spread = spread_of(returns)
    return _number(returns.mean() / spread * sqrt(year)) if STILL < spread < inf else None


def spread_of(returns: Numbers) -> float:
    """Return the standard deviation of returns, 0 of fewer than two; it may be too large for a number."""
    return float(returns.std(ddof=1)) if len(returns) > 1 else 0.0


def sortino(returns: Numbers) -> float | None:
    """Return mean over downside deviation (the root of the mean square of what was lost), for a year."""
    downside = sqrt((np.minimum(returns, 0) ** 2).mean()) if len(returns) > 1 else 0.0  # a loss is never over 1
    return _number(returns.mean() / downside * sqrt(YEAR)) if downside > STILL else None


def profit_factor(results: Sequence[float]) -> float | None:
    """Return the sum of what was won over the sum of what was lost, None where nothing was lost."""
    lost = -sum(result for result in results if result < 0)
    return _number(sum(result for result in results if result > 0) / lost) if lost > 0 else None


def multiples_of(trades: Sequence[BacktestTrade]) -> Numbers:
    """Return what trades came to in multiples of their risk (R), in the order of entry, where they had any."""
    in_order = sorted(trades, key=lambda trade: (trade.entered_at, trade.symbol))
    return np.array([trade.multiple for trade in in_order if trade.multiple is not None], dtype=np.float64)


def exposure(invested: Numbers, equity: Numbers) -> float | None:
    """Return the mean part of the equity that was invested, over the bars at which there was any equity."""
    solvent = equity > 0
    return _number((invested[solvent] / equity[solvent]).mean()) if solvent.any() else None


def turnover(backtest: Backtest, days: int) -> float | None:
    """Return what was bought in a year as a multiple of the mean equity; `days` are those of the backtest."""
    mean = float(backtest.equity.mean()) if len(backtest.equity) else 0.0
    bought = sum(float(trade.shares * trade.entry) for trade in backtest.trades)
    return _number(bought / mean * YEAR / days) if mean > 0 and days else None


@lru_cache(1 << 17)  # every variant of a sweep asks for the same hours again
def _offset(second: int) -> int:
    """Return the seconds by which New York's clock is ahead of UTC at an instant: less than nothing."""
    ahead = datetime.fromtimestamp(second, UTC).astimezone(EXCHANGE_ZONE).utcoffset()
    return int(ahead.total_seconds()) if ahead is not None else 0


def _number(value: float) -> float | None:
    """Return a plain number, None for what is none."""
    return float(value) if isfinite(value) else None
