"""What may be said of a backtest: whether an edge is shown, and what speaks against believing it."""

from collections.abc import Callable

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
from engine.model.strategy_check import StrategyCheck

FIRST_TRY = Tried(variants=1, sharpes=())
"""Nothing else was tried on these data."""
NEEDS_CHECK = frozenset({Verdict.CONTROL, Verdict.TRIED_TOO_OFTEN, Verdict.EDGE})
"""What is said only of results that look good: then code is looked at before anything else is said."""

Numbers = NDArray[np.float64]


def evaluated(
    backtest: Backtest,
    *,
    tried: Tried = FIRST_TRY,
    control: Control | None = None,
    check: Callable[[], StrategyCheck | None] | None = None,
) -> Evaluation:
    """Return what may be said of a backtest; `tried` counts itself. The same backtest gives the same evaluation.

    `check` looks whether the strategy looks ahead; it is asked only where the interval lies above 0,
    and says None where it cannot look.
    """
    multiples = multiples_of(backtest.trades)
    interval = mean_interval(multiples, seed=backtest.seed)
    cash = float(backtest.cash)
    luck = deflated(daily_returns(backtest.starts, backtest.equity, cash), tried)
    said = verdict(len(multiples), interval, luck, variants=tried.variants, control=control)
    checked = None
    if check is not None and said in NEEDS_CHECK:
        checked = check()
        if checked is None or not checked.passed:
            said = Verdict.UNCHECKED if checked is None else Verdict.LOOKS_AHEAD
    return Evaluation(
        backtest=backtest,
        measures=measured(backtest),
        verdict=said,
        interval=interval,
        deflated=luck,
        control=control,
        worst_gap=worst_gap(backtest.trades),
        holding=total_return(backtest.holding, cash),
        spy=None if backtest.spy is None else total_return(backtest.spy, cash),
        variants=tried.variants,
        check=checked,
    )


def verdict(
    trades: int,
    interval: Interval | None,
    luck: DeflatedSharpe | None = None,
    *,
    variants: int = 1,
    control: Control | None = None,
) -> Verdict:
    """Say whether an edge is shown; `trades` are those that the interval is of.

    A control is judged where there is one, which need not have any walks.
    """
    if trades < FEWEST_TRADES:
        return Verdict.TOO_FEW
    if interval is None or interval.holds_nothing:
        return Verdict.NO_EDGE
    if interval.high < 0:
        return Verdict.LOSES
    if control is not None and not control.bears_out:
        return Verdict.CONTROL
    return Verdict.TRIED_TOO_OFTEN if is_tried_too_often(luck, variants) else Verdict.EDGE


def is_tried_too_often(luck: DeflatedSharpe | None, variants: int) -> bool:
    """Tell whether so many tries may be all that an edge is.

    After more than one variant only a deflated Sharpe ratio speaks for an edge: without one, nobody knows what the luck
    of so many tries is.
    """
    return variants > 1 and (luck is None or luck.probability < CONFIDENT)


def verdict_on(multiples: Numbers, *, seed: int) -> Verdict:
    """Say whether results in multiples of the risk show an edge by themselves."""
    return verdict(len(multiples), mean_interval(multiples, seed=seed))


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
