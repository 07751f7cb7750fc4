"""Whether losses can come near a limit, for many bars at once: where they cannot, none need be summed to the cent."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from engine.backtest.account import SimulatedAccount
from engine.backtest.curve import EquityCurve
from engine.backtest.prices import BarPrices
from engine.backtest.timeline import Timeline
from engine.model.market import BarHistory
from engine.risk.limits import Limits

Floats = NDArray[np.float64]
CLEARLY = 1e-6
"""Parts of the equity by which a loss must stay under its limit; arrays of floats get a millionth of that wrong."""


class LossBounds:
    """Looks at the opens of bars before which nothing is bought or sold."""

    def __init__(
        self,
        bars: BarHistory,
        timeline: Timeline,
        prices: BarPrices,
        limits: Limits,
        account: SimulatedAccount,
        curve: EquityCurve,
    ) -> None:
        self._bars = bars
        self._timeline = timeline
        self._prices = prices
        self._limits = limits
        self._account = account
        self._curve = curve
        self._far_at = -1

    def allow(self, bars: Sequence[int]) -> Sequence[bool]:
        """Tell for each of some bars, in their order, whether solvency, DailyLoss and Drawdown allow a purchase.

        False is no refusal: there somebody must look.
        """
        account = self._account
        if any(trade.buying or not trade.is_protected for trade in account.trades):
            return [False] * len(bars)
        if self._far_at != account.changes and self._are_far(bars[0]):
            self._far_at = account.changes
        return [True] * len(bars) if self._far_at == account.changes else self._looked_up(bars)

    def _are_far(self, bar: int) -> bool:
        """Tell whether no loss can come near its limit from the open of a bar on, until a stop or a target is hit.

        Until then prices are between the two.
        """
        account, limits, least, most, lost = self._account, self._limits, 0.0, 0.0, 0.0
        for trade in account.trades:
            if trade.target is None or not trade.target_is_set:
                return False
            stop = float(trade.stop)
            least += trade.held * stop
            most += trade.held * float(trade.target)
            lost += max(0.0, trade.held * (float(trade.entry) - stop)) + max(0.0, -float(trade.result))
        cash, today = float(account.cash), self._timeline.day_start(bar)
        began_with = account.record.began_with(today) or self._curve.before_session(bar)
        day, lowest = lost + max(0.0, -float(account.record.realised(today))), min(float(began_with), cash + least)
        if lowest <= 0 or (limits.daily_loss is not None and day / lowest >= float(limits.daily_loss) - CLEARLY):
            return False
        peak = max(account.record.highest, cash + most)
        return limits.drawdown is None or 1 - (cash + least) / peak < float(limits.drawdown) - CLEARLY

    def _looked_up(self, bars: Sequence[int]) -> list[bool]:
        trades, rows = self._account.trades, np.array(bars)
        if not trades:
            return [False] * len(bars)
        held = np.array([trade.held for trade in trades], np.float64)
        entry = np.array([float(trade.entry) for trade in trades])
        closes = [self._prices.closes(trade.column) for trade in trades]
        opened = self._bars.open[np.ix_(rows, np.array([trade.column for trade in trades]))]
        price = np.where(np.isfinite(opened), opened, np.array([each[rows - 1] for each in closes]).T)
        cash = float(self._account.cash)
        equity = cash + price @ held
        allowed: NDArray[np.bool_] = equity > 0
        if self._limits.daily_loss is not None:
            sold = sum(max(0.0, -float(trade.result)) for trade in trades)
            lost = np.maximum(0.0, (entry - price) * held).sum(axis=1) + sold
            allowed &= self._day_loss(bars, lost) < float(self._limits.daily_loss) - CLEARLY
        if self._limits.drawdown is not None:
            known = slice(self._curve.kept, int(rows[-1]))
            kept = cash + sum((each[known] * shares for each, shares in zip(closes, held, strict=True)), np.zeros(1))
            # Later closes and points that are too old by now can only raise it.
            peak = np.maximum(equity, max(kept.max(initial=0.0), self._account.record.highest))
            allowed &= 1 - equity / peak < float(self._limits.drawdown) - CLEARLY
        return list(map(bool, allowed))

    def _day_loss(self, bars: Sequence[int], lost: Floats) -> Floats:
        """Return the day's loss at the open of each bar, as a part of what the session before left."""
        begun: dict[datetime, tuple[float, float]] = {}
        parts = []
        for bar, dollars in zip(bars, lost.tolist(), strict=True):
            today = self._timeline.day_start(bar)
            if today not in begun:
                record = self._account.record
                equity = record.began_with(today) or self._curve.before_session(bar)
                begun[today] = float(record.realised(today)), float(equity)
            realised, equity_then = begun[today]
            parts.append((dollars - realised) / equity_then if equity_then > 0 else np.inf)
        return np.array(parts)
