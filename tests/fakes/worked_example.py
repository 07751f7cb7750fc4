"""The blueprint's worked example: the market, the news and the portfolio from which 512 shares of AAPL must come.

The seed gives no bars, so these are made: a long fall that slows down six bars before the end. Its RSI(14) is 35.0,
its MACD crossed above the signal line three bars ago, the last bar dips under the lower band and comes back, on 120 %
of the usual volume.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from engine.model.market import BarHistory, Headline, Snapshot
from engine.model.portfolio import Position
from engine.model.trade import TradeState
from engine.truth import Store
from tests.fakes.trades import a_sizing, a_trade

AT = datetime(2025, 8, 19, 14, 45, tzinfo=UTC)
"""23:45 in Seoul, 10:45 in New York."""

TRADE_ID = "AAPL_20250819_234515"
CASH = Decimal(66_788)
BAR_VOLUME = 50_000
PRICES = (("MSFT", 300, "420.80"), ("TSLA", 150, "255.60"))
POSITIONS = tuple(
    Position(symbol=symbol, shares=shares, cost=Decimal(price), price=Decimal(price))
    for symbol, shares, price in PRICES
)
HEADLINE = Headline(
    id="seed-1",
    at=AT + timedelta(seconds=1),
    symbols=("AAPL",),
    text="Apple Q3 earnings beat expectations, iPhone 15 pre-orders strong",
    source="the seed document",
)


def closes(bars: int = 150, last: float = 150.25) -> NDArray[np.float64]:
    """Return the closes of the example, the current bar's included; dollars a share."""
    steps = [0.2] * (bars - 6) + [0.02] * 6
    moves = np.array([-step if number % 3 else 1.2043 * step for number, step in enumerate(steps)])
    path = np.cumsum(moves)
    return np.asarray(path - path[-1] + last, dtype=np.float64)


def history() -> BarHistory:
    """Return the bars up to 23:45, the current one left out."""
    close = closes()[:-1].reshape(-1, 1)
    starts = int(AT.timestamp()) - 300 * np.arange(len(close), 0, -1)
    return BarHistory(
        symbols=("AAPL",),
        starts=starts,
        open=close,
        high=close + 0.05,
        low=close - 0.05,
        close=close,
        volume=np.full_like(close, BAR_VOLUME),
    )


def looks() -> tuple[tuple[float, Snapshot], ...]:
    """Return what the engine sees, and how many seconds after 23:45 it looks.

    The bar dips to 149.90 first, which undoes the MACD cross, and comes back to 150.25: 60,000 shares in the bar,
    2,500,000 in the day.
    """
    return (
        (-15, _snapshot(-15, str(round(closes()[-2], 2)), 2_440_000)),
        (2, _snapshot(0.2, "149.90", 2_470_000)),
        (15, _snapshot(0.9, "150.25", 2_500_000)),
    )


def _snapshot(second: float, price: str, volume: int) -> Snapshot:
    at = AT + timedelta(seconds=second)
    ask = Decimal(price)
    return Snapshot(symbol="AAPL", at=at, price=ask, volume=volume, bid=ask - Decimal("0.01"), ask=ask)


def hold_msft_and_tsla(store: Store) -> None:
    """Let the two positions be open trades of the desk, each risking 0.5 % of $231,368."""
    with store.writing() as book:
        for symbol, shares, price in PRICES:
            entry = Decimal(price)
            stop = round(entry - Decimal("1156.84") / shares, 2)
            trade = a_trade(
                id=f"{symbol}_20250818_233000",
                symbol=symbol,
                shares=shares,
                stop=stop,
                target=entry * 2,
                sizing=a_sizing(entry=entry, stop=stop, shares=shares),
                proposed_at=AT - timedelta(days=1),
                expires_at=AT - timedelta(days=1),
            )
            book.propose(trade)
            book.mark_published(trade.id)
            submitted = book.move(book.move(trade, TradeState.APPROVED), TradeState.SUBMITTED)
            book.move(replace(submitted, filled_shares=shares, fill_price=entry, filled_at=AT), TradeState.OPEN)
