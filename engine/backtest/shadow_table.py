"""Bars and scores up to the newest bar, and the simulated trades of a strategy among them; pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from engine.backtest.conditions import Conditions
from engine.backtest.one_trade import OneTrade
from engine.model.market import BarHistory
from engine.model.shadow import Cause, ShadowState, ShadowTrade
from engine.signals.slots import instant
from engine.strategies.contract import Scores, Strategy
from engine.strategies.sessions import sessions_of

GONE = 5
"""Sessions without a bar after which what is held of a symbol ends at its last price."""


@dataclass(frozen=True, kw_only=True)
class ShadowTable:
    """A strategy's scores of `bars` (shape (bars, symbols)), of which it may buy the first, those that are `watched`.

    `starts` begin with the oldest trade or earlier, and end with the newest bar's session: bars are numbered by them.
    `given` are the conditions but for the account and the first bar.
    """

    strategy: Strategy
    watched: tuple[str, ...]
    bars: BarHistory
    scores: Scores
    starts: NDArray[np.int64]
    given: Conditions

    @property
    def last(self) -> int:
        """The number of the newest bar."""
        return self.number(instant(int(self.bars.starts[-1])))

    def start(self, bar: int) -> datetime:
        """Return when a bar started, aware UTC."""
        return instant(int(self.starts[bar]))

    def number(self, start: datetime) -> int:
        """Return the number of the bar that starts at an instant, of the first one after it where none does."""
        return int(np.searchsorted(self.starts, int(start.timestamp())))

    def wanted(self, symbol: str, first: datetime) -> Iterator[int]:
        """Return the bars from one on whose score proposes a trade, and after which another bar has closed."""
        column, offset = self.bars.symbols.index(symbol), self._offset
        for row in np.flatnonzero(self.scores.tenths[:-1, column] >= self.strategy.propose_at).tolist():
            if self.bars.starts[row] >= int(first.timestamp()):
                yield row + offset

    def proposed(self, symbol: str, scored: int, equity: Decimal, rests_since: datetime | None) -> ShadowTrade | None:
        """Return the trade that a score proposes, as it is by now; None where a rule refuses it."""
        walk = self._walk(symbol, scored + 1, equity)
        if walk.propose(rests_since):
            return None
        bar = self.start(scored)
        begun = ShadowTrade(
            key=f"{self.strategy.fingerprint}:{symbol}:{int(bar.timestamp())}",
            cause=Cause.SHADOW,
            strategy=self.strategy.name,
            strategy_fingerprint=self.strategy.fingerprint,
            symbol=symbol,
            bar=bar,
            tenths=int(self.scores.tenths[scored - self._offset, self.bars.symbols.index(symbol)]),
            state=ShadowState.OPEN,
            through=bar,
            progress=None,
        )
        walk.walk(scored + 2, self.last)
        return self._as_it_is(begun, walk)

    def walked(self, trade: ShadowTrade, *, ends: bool) -> ShadowTrade:
        """Return an open trade as it is after the newest bar; one that `ends` is sold at the last price seen."""
        progress = trade.progress
        if progress is None:
            raise ValueError(f"{trade.key} is over")
        before = self.number(trade.through)
        walk = self._walk(trade.symbol, before + 1, max(progress.sizing.equity, 2 * progress.sizing.cost))
        walk.take_up(self.number(trade.bar), trade.tenths, progress)
        if ends:
            walk.end(before)
        else:
            walk.walk(before + 1, self.last)
            if walk.trade is not None and self._is_gone(trade.symbol):
                walk.end(self.last)
        return self._as_it_is(trade, walk)

    @property
    def _offset(self) -> int:
        """The number of the first bar of the history."""
        return int(np.searchsorted(self.starts, self.bars.starts[0]))

    def _walk(self, symbol: str, first: int, equity: Decimal) -> OneTrade:
        column, rows = self.bars.symbols.index(symbol), slice(self._offset, self._offset + len(self.bars.starts))
        values = np.full((5, len(self.starts), 1), np.nan)
        values[:, rows, 0] = [
            each[:, column]
            for each in (self.bars.open, self.bars.high, self.bars.low, self.bars.close, self.bars.volume)
        ]
        tenths = np.zeros((len(self.starts), 1), np.int8)
        tenths[rows, 0] = self.scores.tenths[:, column]
        stop = None
        if self.scores.stop is not None:
            stop = np.full(tenths.shape, np.nan)
            stop[rows, 0] = self.scores.stop[:, column]
        first_start = int(self.starts[min(first, len(self.starts) - 1)])
        return OneTrade(
            BarHistory.of((symbol,), self.starts, values),
            self.strategy,
            Scores(tenths=tenths, stop=stop),
            replace(self.given, cash=equity, first=first_start),
        )

    def _as_it_is(self, trade: ShadowTrade, walk: OneTrade) -> ShadowTrade:
        if walk.trade is not None:
            return replace(trade, through=self.start(self.last), progress=walk.progress())
        ended, sold_at = walk.ended, walk.sold_at
        if ended is None or sold_at is None:
            why = "nothing_bought"
            return replace(trade, state=ShadowState.VOID, through=self.start(self.last), progress=None, why=why)
        return replace(
            trade,
            state=ShadowState.CLOSED,
            through=ended.exited_at,
            progress=None,
            shares=ended.shares,
            entry=ended.entry,
            stop=ended.stop,
            exit=ended.exit,
            exit_reason=ended.reason,
            fees=ended.fees,
            entered_at=ended.entered_at,
            exited_at=sold_at,
        )

    def _is_gone(self, symbol: str) -> bool:
        """Tell whether a symbol has had no bar for so long that it is taken for delisted."""
        session = sessions_of(self.bars.starts).session
        there = np.flatnonzero(np.isfinite(self.bars.close[:, self.bars.symbols.index(symbol)]))
        return not len(there) or int(session[-1] - session[there[-1]]) >= GONE
