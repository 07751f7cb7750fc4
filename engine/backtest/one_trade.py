"""One trade alone, walked on as bars close: by the simulation's own rules, in an account that holds nothing else."""

from dataclasses import fields
from datetime import datetime

import numpy as np

from engine.backtest.conditions import Conditions
from engine.backtest.held_trade import HeldTrade
from engine.backtest.simulate import Simulation
from engine.backtest.timeline import Timeline
from engine.model.backtest import BacktestTrade
from engine.model.market import BarHistory
from engine.model.shadow import ShadowProgress
from engine.model.trade import ExitReason
from engine.strategies.contract import Scores, Strategy

COLUMN = 0
INSTANTS = frozenset({"exit_session", "first_fill", "last_sale"})
"""What a held trade has as the number of a bar, and its progress as that bar's start."""
SAME = tuple(each.name for each in fields(ShadowProgress) if each.name not in INSTANTS | {"price"})
"""What both have alike."""


class OneTrade(Simulation):
    """A trade in a history of one symbol, shape (bars, 1), that reaches to the end of the newest bar's session.

    What has not closed yet is NaN in it. `given.first` is the bar with which it begins or goes on, `given.cash` is the
    account's equity in dollars before the trade.
    """

    def __init__(self, bars: BarHistory, strategy: Strategy, scores: Scores, given: Conditions) -> None:
        super().__init__(bars, strategy, given, scores=scores, goes_on=True)
        self._given = given

    # How it begins

    def propose(self, rests_since: datetime | None) -> str:
        """Buy at the first bar's open what the score before it proposes; return the word of what refuses it, else ''.

        `rests_since` is when the symbol's last trade ended, None where there was none.
        """
        entry = int(np.searchsorted(self._bars.starts, self._given.first))
        if self._candidates.bar(0) != entry:
            return "not_wanted"
        if rests_since is not None:
            self._account.left_alone[COLUMN] = rests_since
        self.bar(entry, self._candidates.at(0))
        return "" if self.trade or self.ended else next(iter(self._refused), "came_to_nothing")

    def take_up(self, scored: int, tenths: int, progress: ShadowProgress) -> None:
        """Take a trade up where it was left; one that has bought nothing yet is bought at the next open."""
        self._hold(progress, scored, tenths)
        if progress.price is not None:
            self._account.seen.see(COLUMN, progress.price)

    # How it goes on

    def walk(self, first: int, last: int) -> None:
        """Look at the bars from one to another, both among them, as long as the trade is not over."""
        for bar in range(first, last + 1):
            trade = self.trade
            if trade is None:
                return
            trade.next_bar = bar
            self.bar(bar, [])

    def end(self, bar: int) -> None:
        """Sell what is held for the last price that was seen, with the close of a bar."""
        trade = self.trade
        if trade is not None:
            self._end(trade, ExitReason.CORPORATE_ACTION, bar)
            self._settle([trade])

    @property
    def trade(self) -> HeldTrade | None:
        """The trade while it is not over."""
        return self._account.trade_in(COLUMN)

    @property
    def ended(self) -> BacktestTrade | None:
        """The trade once it is over, None where nothing was bought."""
        return self._ended[0].as_told(self._timeline) if self._ended else None

    @property
    def sold_at(self) -> datetime | None:
        """When it was seen to be over, None where nothing was bought."""
        return self._ended[0].sold_at if self._ended else None

    def progress(self) -> ShadowProgress:
        """Return what `take_up` takes; raises ValueError for a trade that is over."""
        trade = self.trade
        if trade is None:
            raise ValueError("the trade is over")
        timeline, session = self._timeline, trade.exit_session
        return ShadowProgress(
            **{name: getattr(trade, name) for name in SAME},
            exit_session=None if session < 0 else timeline.start(int(timeline.firsts[session])),
            first_fill=_start(timeline, trade.first_fill),
            last_sale=_start(timeline, trade.last_sale),
            price=self._account.seen.last(COLUMN),
        )

    def _hold(self, progress: ShadowProgress, scored: int, tenths: int) -> None:
        timeline = self._timeline
        session = self._number(progress.exit_session)
        trade = HeldTrade(
            **{name: getattr(progress, name) for name in SAME},
            number=1,
            symbol=self._bars.symbols[COLUMN],
            column=COLUMN,
            scored=scored,
            tenths=tenths,
            exit_session=session if session < 0 else int(timeline.session[session]),
            first_fill=self._number(progress.first_fill),
            last_sale=self._number(progress.last_sale),
            partial=self._rules.plan.partial,
        )
        self._account.trades.append(trade)
        self._account.cash += trade.got - trade.paid - trade.fees

    def _number(self, start: datetime | None) -> int:
        return -1 if start is None else int(np.searchsorted(self._bars.starts, int(start.timestamp())))


def _start(timeline: Timeline, bar: int) -> datetime | None:
    return None if bar < 0 else timeline.start(bar)
