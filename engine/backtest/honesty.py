"""What may be said of a backtest: whether an edge is shown, and what speaks against believing it."""

import numpy as np
from numpy.typing import NDArray

from engine.backtest.bootstrap import mean_interval
from engine.backtest.deflated_sharpe import deflated
from engine.backtest.measures import daily_returns, measured, multiples_of, total_return
from engine.model.backtest import Backtest, BacktestTrade
from engine.model.evaluation import (
    CONFIDENT,
    FEWEST_TRADES,
    Control,
    DeflatedSharpe,
    Evaluation,
    Interval,
    Tried,
    Verdict,
    WorstGap,
)

FIRST_TRY = Tried(variants=1, sharpes=())
"""Nothing else was tried on these data."""

Numbers = NDArray[np.float64]


def evaluated(backtest: Backtest, *, tried: Tried = FIRST_TRY, control: Control | None = None) -> Evaluation:
    """Return what may be said of a backtest; `tried` counts itself. The same backtest gives the same evaluation."""
    multiples = multiples_of(backtest.trades)
    interval = mean_interval(multiples, seed=backtest.seed)
    cash = float(backtest.cash)
    luck = deflated(daily_returns(backtest.starts, backtest.equity, cash), tried)
    return Evaluation(
        backtest=backtest,
        measures=measured(backtest),
        verdict=verdict(len(multiples), interval, luck),
        interval=interval,
        deflated=luck,
        control=control,
        worst_gap=worst_gap(backtest.trades),
        holding=total_return(backtest.holding, cash),
        spy=None if backtest.spy is None else total_return(backtest.spy, cash),
    )


def verdict(trades: int, interval: Interval | None, luck: DeflatedSharpe | None) -> Verdict:
    """Say whether an edge is shown; `trades` are those that the interval is of."""
    if trades < FEWEST_TRADES:
        return Verdict.TOO_FEW
    if interval is None or interval.holds_nothing:
        return Verdict.NO_EDGE
    if interval.high < 0:
        return Verdict.LOSES
    if luck is not None and luck.variants > 1 and luck.probability < CONFIDENT:
        return Verdict.TRIED_TOO_OFTEN
    return Verdict.EDGE


def verdict_on(multiples: Numbers, *, seed: int) -> Verdict:
    """Say whether results in multiples of the risk show an edge by themselves."""
    return verdict(len(multiples), mean_interval(multiples, seed=seed), None)


def worst_gap(trades: tuple[BacktestTrade, ...]) -> WorstGap | None:
    """Return the trade that was sold farthest beyond its stop, None where none was sold under it."""
    gaps = [
        WorstGap(
            symbol=trade.symbol,
            at=trade.exited_at,
            beyond=float((trade.stop - trade.exit) / trade.stop),
            multiple=trade.multiple,
        )
        for trade in trades
        if trade.stop > trade.exit and trade.multiple is not None
    ]
    return max(gaps, key=lambda gap: (gap.beyond, gap.at, gap.symbol), default=None)
