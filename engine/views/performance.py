from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np

from engine.backtest.bootstrap import MOST_TRADES, SEED, mean_interval
from engine.backtest.measures import profit_factor, returns_of, sharpe
from engine.errors import MarketUnavailable
from engine.model.market import exchange_date
from engine.model.performance import GrowthPoint, Performance, Period, Span, TradeResult, TradeStatistics
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from engine.ports.market import Market
from engine.ports.store import Store

YARDSTICK = "SPY"
"""The fund on the S&P 500, with which a desk compares itself."""
BEFORE = timedelta(days=5)
"""Days before a period that have a session for certain: the yardstick starts at its last close."""
LONGEST = timedelta(days=14)
"""A longer period is compared with nothing: its bars would be too many to read for one figure."""


class PerformanceQuery:
    """Tells how the desk has done, and how the market did meanwhile."""

    def __init__(self, *, store: Store, market: Market, clock: Clock, calendar: Calendar) -> None:
        self._store = store
        self._market = market
        self._clock = clock
        self._calendar = calendar

    def __call__(self, period: Period | Span, symbol: str = "", *, until: datetime | None = None) -> Performance:
        """Return what came of a period, as far as it has gone now or at an instant; of one symbol too."""
        until = until or self._clock.now()
        span = period.span(exchange_date(until)) if isinstance(period, Period) else period
        # The last instant of a day is in it, the midnight after it is not.
        until = min(until, span.ends - timedelta.resolution)
        with self._store.reading() as reader:
            return reader.performance(span.since, until, symbol)

    def with_statistics(self, period: Period | Span, symbol: str = "", *, until: datetime | None = None) -> Performance:
        """Return the same with its statistics."""
        done = self(period, symbol, until=until)
        with self._store.reading() as reader:
            results = reader.trade_results(done.since, done.until, symbol, limit=MOST_TRADES)
            growth = reader.daily_growth(done.since, done.until)
        return replace(done, statistics=statistics(results, self._of_sessions(growth, done.since)))

    def _of_sessions(self, growth: Sequence[GrowthPoint], since: datetime | None) -> tuple[float, ...]:
        """Return the growth by each day of trading, after that before the first: on other days nothing is won."""
        kept = [
            point.growth
            for number, point in enumerate(growth)
            if (number == 0 and since is not None and point.at < since) or self._calendar.day(exchange_date(point.at))
        ]
        return tuple(kept)

    def market(self, since: datetime, until: datetime) -> Decimal | None:
        """Return by what part the S&P 500 moved between two instants (0.01 = 1 %), None where no prices tell."""
        if self._clock.now() - since > LONGEST:
            return None
        try:
            history = self._market.bars((YARDSTICK,), since - BEFORE)
        except MarketUnavailable:
            return None
        closes = history.close[:, 0]
        known = ~np.isnan(closes)
        starts, closes = history.starts[known], closes[known]
        before = closes[starts < since.timestamp()]
        during = closes[(starts >= since.timestamp()) & (starts < until.timestamp())]
        if not len(during) or not len(before):
            return None
        return Decimal(round(float(during[-1] / before[-1] - 1), 6)).quantize(Decimal("0.000001"))


def statistics(results: Sequence[TradeResult], growth: Sequence[float]) -> TradeStatistics:
    """Return the statistics of trades in the order of time, and of an account that grew so from day to day; pure."""
    multiples = np.array([each.multiple for each in results if each.multiple is not None], dtype=np.float64)
    returns = returns_of(np.array(growth, dtype=np.float64))
    return TradeStatistics(
        trades=len(results),
        profit_factor=profit_factor([each.result for each in results]),
        expectancy=mean_interval(multiples, seed=SEED),
        days=len(returns),
        sharpe=sharpe(returns),
    )
