from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np

from engine.errors import MarketUnavailable
from engine.model.performance import Performance, Period
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

    def __init__(self, *, store: Store, market: Market, clock: Clock) -> None:
        self._store = store
        self._market = market
        self._clock = clock

    def __call__(self, period: Period, symbol: str = "", *, until: datetime | None = None) -> Performance:
        """Return what came of a period up to now, or up to an instant; of one symbol too."""
        until = until or self._clock.now()
        with self._store.reading() as reader:
            return reader.performance(period.since(until), until, symbol)

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
