"""Backtests made by hand: an account that goes as a test wants, and trades that end as it wants."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.model.backtest import Backtest, BacktestTrade, Costs
from engine.model.market import BarHistory, exchange_date
from engine.model.trade import ExitReason

FIRST = date(2025, 3, 3)
"""A Monday; New York's clock is put forward on the Sunday after it."""
CASH = Decimal(100_000)
BARS_A_DAY = 7


def weekdays(count: int, first: date = FIRST) -> list[date]:
    """Return so many weekdays from one on."""
    days = [first + timedelta(days=number) for number in range(count // 5 * 7 + 9)]
    return [day for day in days if day.weekday() < 5][:count]


def starts_of(days: Sequence[date], bars: int = BARS_A_DAY) -> NDArray[np.int64]:
    """Return the starts of so many hourly bars of each day, the first at 14:30 UTC."""
    opens = [datetime(day.year, day.month, day.day, 14, 30, tzinfo=UTC) for day in days]
    return np.array([int(at.timestamp()) + 3600 * bar for at in opens for bar in range(bars)], dtype=np.int64)


def trade(
    multiple: float = 1.0, *, number: int = 0, symbol: str = "AAPL", shares: int = 100, **given: Any
) -> BacktestTrade:
    """Return a trade of $100 a share with a stop $1 under it that came to so many R; the number-th hour is its own."""
    entered = datetime(2025, 3, 3, 14, 30, tzinfo=UTC) + timedelta(hours=number)
    values: dict[str, Any] = {
        "symbol": symbol,
        "bar": entered - timedelta(minutes=5),
        "tenths": 8,
        "entered_at": entered,
        "shares": shares,
        "planned": Decimal(100),
        "entry": Decimal(100),
        "stop": Decimal(99),
        "target": Decimal(103),
        "exited_at": entered + timedelta(minutes=30),
        "exit": Decimal(100) + Decimal(str(multiple)),
        "reason": ExitReason.TARGET if multiple > 0 else ExitReason.STOP,
    }
    return BacktestTrade(**values | given)


def backtest(
    equity: Sequence[float] | NDArray[np.float64], trades: Sequence[BacktestTrade] = (), **given: Any
) -> Backtest:
    """Return a backtest whose account was worth that much after each of its hourly bars, seven a day."""
    worth = np.asarray(equity, dtype=np.float64)
    days = weekdays(-(-len(worth) // BARS_A_DAY))
    starts = starts_of(days)[: len(worth)]
    values: dict[str, Any] = {
        "strategy": "seed",
        "strategy_fingerprint": "5eed" * 16,
        "data": "recorded",
        "data_fingerprint": "da7a" * 16,
        "version": "0.2.0",
        "seed": 7,
        "symbols": ("AAPL", "MSFT"),
        "first": days[0] if days else FIRST,
        "last": days[-1] if days else FIRST,
        "cash": CASH,
        "costs": Costs(),
        "settings": {"RISK_PER_TRADE": "0.5", "MAX_OPEN_RISK": "2"},
        "starts": starts,
        "equity": worth,
        "invested": np.zeros(len(worth)),
        "holding": np.full(len(worth), float(CASH)),
        "trades": tuple(trades),
    }
    return Backtest(**values | given)


def by_days(returns: Sequence[float] | NDArray[np.float64], **given: Any) -> Backtest:
    """Return a backtest of an account that won these parts of itself day by day, and moved meanwhile."""
    closes = float(CASH) * np.cumprod(1 + np.asarray(returns, dtype=np.float64))
    opens = np.concatenate(((float(CASH),), closes[:-1]))
    steps = np.linspace(0, 1, BARS_A_DAY + 1)[1:]
    return backtest((opens[:, None] + (closes - opens)[:, None] * steps).ravel(), **given)


def random_bars(days: int, symbols: Sequence[str] = ("AAPL", "MSFT"), *, seed: int = 0) -> BarHistory:
    """Return hourly bars of random walks from $100 on, with gaps at night."""
    random = np.random.default_rng(seed)
    starts = starts_of(weekdays(days))
    shape = (len(starts), len(symbols))
    gap = np.where(np.arange(len(starts)) % BARS_A_DAY == 0, 0.01, 0.0005)[:, None] * random.standard_normal(shape)
    body = 0.004 * random.standard_normal(shape)
    closed = 100 * np.exp((gap + body).cumsum(axis=0))
    opened = closed * np.exp(-body)
    high = np.maximum(opened, closed) * np.exp(0.002 * random.random(shape))
    low = np.minimum(opened, closed) * np.exp(-0.002 * random.random(shape))
    return BarHistory.of(symbols, starts, np.array((opened, high, low, closed, random.integers(1, 9_000, shape))))


def days_of(bars: BarHistory) -> list[date]:
    """Return the exchange's days that a history has bars of, in their order."""
    return sorted({exchange_date(datetime.fromtimestamp(int(start), UTC)) for start in bars.starts})
