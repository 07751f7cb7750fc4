"""The account after each bar, worked out for all bars between two events at once."""

from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from engine.backtest.account import SimulatedAccount
from engine.backtest.prices import BarPrices
from engine.backtest.timeline import CLOSE, Timeline

Floats = NDArray[np.float64]


class EquityCurve:
    """`equity` and `invested`, dollars at each bar's close, shape (bars,), as far as they were `kept`."""

    def __init__(self, account: SimulatedAccount, prices: BarPrices, timeline: Timeline, first: int) -> None:
        self.equity: Floats = np.full(len(timeline.starts), float(account.cash))
        self.invested: Floats = np.zeros(len(timeline.starts))
        self._account = account
        self._prices = prices
        self._timeline = timeline
        self._first = self._kept = first
        if first < len(timeline.starts) and account.record.looks_back:
            account.record.point(timeline.start(first), account.cash)

    @property
    def kept(self) -> int:
        """The first bar whose close is not worked out yet."""
        return self._kept

    def before_session(self, bar: int) -> Decimal:
        """Return the account at the last close before a bar's session, dollars; nothing was dealt since then."""
        account, last = self._account, int(self._timeline.firsts[self._timeline.session[bar]]) - 1
        if last < self._first:
            return account.cash + account.value
        held = (trade for trade in account.trades if trade.held)
        value = sum((trade.held * self._prices.last_close(trade.column, last) for trade in held), Decimal(0))
        return account.cash + value

    def keep(self, until: int) -> None:
        """Work out the closes before a bar that are not yet known, with what is held since."""
        first, self._kept = self._kept, max(self._kept, until)
        if until <= first:
            return
        if until == first + 1:
            self._keep_one(first)
            return
        account, bars = self._account, slice(first, until)
        invested: Floats = np.zeros(until - first)
        for trade in account.trades:
            if trade.held:
                invested += trade.held * self._prices.closes(trade.column)[bars]
        self.invested[bars] = invested
        self.equity[bars] = float(account.cash) + invested
        if account.record.looks_back:
            seconds = (self._timeline.starts[bars] + self._timeline.after_start(CLOSE)).astype(np.float64)
            account.record.closes(seconds, self.equity[bars])

    def _keep_one(self, bar: int) -> None:
        """Work out one close, in the same order as several are, without arrays: between busy bars there is but one."""
        account, invested = self._account, 0.0
        for trade in account.trades:
            if trade.held:
                invested += trade.held * float(self._prices.closes(trade.column)[bar])
        self.invested[bar] = invested
        self.equity[bar] = equity = float(account.cash) + invested
        if account.record.looks_back:
            account.record.close(float(self._timeline.starts[bar] + self._timeline.after_start(CLOSE)), equity)
