"""The blueprint's worked example: the market, the news and the portfolio from which 512 shares of AAPL must come.

The seed gives no bars, so these are made: a long fall that slows down six bars before the end. After the bar that is
over at 23:45 RSI(14) is 35.0 and MACD crossed above its signal line within three bars; the bar itself dips under the
lower band and comes back, on 120 % of the volume that is usual at its time of day.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from engine.model.account import Position
from engine.model.market import BarHistory, Headline, Snapshot
from engine.model.signal import Side
from engine.model.trade import Order, OrderRole, OrderState, Trade, TradeState
from engine.ports.store import Store
from engine.signals.slots import SESSIONS, Slots
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.trades import a_sizing, a_trade

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
    """Return the closes of the example's last bars, dollars a share: up and down, then the fall of 150 bars."""
    fall = np.array([-step if number % 3 else 1.2043 * step for number, step in enumerate([0.2] * 144 + [0.02] * 6)])
    before = np.array([0.2 if number % 2 else -0.2 for number in range(max(0, bars - len(fall)))])
    path = np.cumsum(np.concatenate([before, fall]))[-bars:]
    return np.asarray(path - path[-1] + last, dtype=np.float64)


def history(over: datetime = AT) -> BarHistory:
    """Return the bars of the session up to an instant at which one is over, and of the 20 sessions before.

    The last one dips to 149.90 and has 60,000 shares; there are 50,000 in each of the others.
    """
    slots = Slots(WeekdayCalendar(), 300)
    starts = slots.between(slots.opened(int(over.timestamp()) - 300, SESSIONS), over)
    close = closes(len(starts)).reshape(-1, 1)
    low, volume = close - 0.05, np.full_like(close, BAR_VOLUME)
    low[-1], volume[-1] = 149.90, 1.2 * BAR_VOLUME
    return BarHistory.of(("AAPL",), starts, np.array([close, close + 0.05, low, close, volume]))


def looks(over: datetime = AT) -> tuple[tuple[datetime, Snapshot], ...]:
    """Return when the engine looks, and what it sees: the dip in the bar, its end, and the price of the proposal.

    The bar is over at 23:45; 15 seconds later it has been taken in.
    """
    return (
        (over - timedelta(seconds=15), _snapshot(over - timedelta(seconds=15), "149.90", 2_470_000)),
        (over + timedelta(seconds=2), _snapshot(over + timedelta(seconds=0.2), "150.25", 2_490_000)),
        (over + timedelta(seconds=15), _snapshot(over + timedelta(seconds=0.9), "150.25", 2_500_000)),
    )


def _snapshot(at: datetime, price: str, volume: int) -> Snapshot:
    ask = Decimal(price)
    return Snapshot(symbol="AAPL", at=at, price=ask, volume=volume, bid=ask - Decimal("0.01"), ask=ask)


def hold_msft_and_tsla(store: Store) -> None:
    """Let the two positions be open trades of the desk, each risking 0.5 % of $231,368."""
    with store.writing() as transaction:
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
            transaction.propose(trade)
            transaction.mark_published(trade.id)
            submitted = transaction.move(transaction.move(trade, TradeState.APPROVED), TradeState.SUBMITTED)
            transaction.save_order(trade.id, _bought(trade))
            transaction.move(replace(submitted, filled_shares=shares, fill_price=entry, filled_at=AT), TradeState.OPEN)


def _bought(trade: Trade) -> Order:
    """Return a trade's entry as it was filled, so that no look has to ask for it again."""
    return Order(
        broker_id=f"{trade.symbol}-entry",
        client_order_id=trade.id,
        role=OrderRole.ENTRY,
        symbol=trade.symbol,
        side=Side.BUY,
        shares=trade.shares,
        state=OrderState.FILLED,
        filled_shares=trade.shares,
        fill_price=trade.sizing.entry,
        filled_at=AT,
    )
