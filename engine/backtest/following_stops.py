"""Stops that follow closes in a simulation, by the function of the live desk."""

from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property

import numpy as np

from engine.backtest.account import SimulatedAccount
from engine.backtest.dealing import dollars
from engine.backtest.held_trade import HeldTrade
from engine.backtest.prices import BarPrices
from engine.model.exit_plan import ExitPlan
from engine.model.market import BarHistory
from engine.risk.tightening import tightened_stop
from engine.signals.averages import Floats
from engine.strategies.windows import average_true_range


class FollowingStops:
    """Remembers the highest close of each trade, and tightens stops by what `plan` says."""

    def __init__(self, bars: BarHistory, plan: ExitPlan, account: SimulatedAccount, prices: BarPrices) -> None:
        self._bars = bars
        self._plan = plan
        self._account = account
        self._prices = prices
        self.are_wanted = plan.follows_closes
        """Whether any close may move a stop."""

    def see_close(self, trade: HeldTrade, bar: int, *, is_last: bool) -> None:
        """Take in the close of a bar; after a session's last one the stop moves at once, else at the next open."""
        if not self.are_wanted:
            return
        if trade.bought and self._prices.trades(trade.column, bar):
            close = self._prices.last_close(trade.column, bar)
            trade.peak = close if trade.peak is None else max(trade.peak, close)
        if is_last:
            self.tighten((trade,), bar)

    def tighten(self, trades: Iterable[HeldTrade], bar: int) -> None:
        """Let stops follow the closes up to a bar, where the price of now is over them."""
        if not self.are_wanted:
            return
        for trade in trades:
            if trade.peak is None or trade.buying or not trade.is_protected:
                continue
            stop = tightened_stop(
                self._plan,
                entry=trade.entry,
                planned=trade.sizing.stop,
                stop=trade.stop,
                peak=trade.peak,
                atr=self._range(trade.column, bar),
            )
            if trade.stop < stop < self._account.seen.price(trade.column):
                trade.moved_stop = stop
                self._account.changes += 1

    def _range(self, column: int, bar: int) -> Decimal | None:
        """Return the average true range after a bar, None where it is not known or not wanted."""
        if self._plan.trail_atr is None:
            return None
        found = float(self._ranges[bar, column])
        return dollars(found) if np.isfinite(found) else None

    @cached_property
    def _ranges(self) -> Floats:
        return average_true_range(self._bars)
