"""Every variant on all bars, and what choosing the best of them on earlier sessions was worth on later ones.

A choice looks at nothing after the close of the last session that it is made on: neither prices nor how a trade that
was open then ended. So no session need be purged between the two; one is left out all the same, whose trades may be
open in both.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import inf

import numpy as np
from numpy.typing import NDArray

from engine.backtest.deflated_sharpe import deflated
from engine.backtest.honesty import is_tried_too_often
from engine.backtest.market_data import MarketData
from engine.backtest.measures import daily_returns, exchange_days, multiples_of, sharpe, total_return
from engine.backtest.run import Trial
from engine.backtest.variants import VariantOf, named
from engine.backtest.walk_forward import EPOCH, sessions_of, walked, windows
from engine.errors import SettingsInvalid
from engine.model.backtest import Backtest
from engine.model.evaluation import DeflatedSharpe, Tried, Verdict, WalkForward, WalkWindow
from engine.model.market import BarHistory, exchange_date
from engine.model.sweep import Variant
from engine.model.technical_rules import TechnicalRules
from engine.signals.slots import instant
from engine.strategies.contract import Scores
from engine.strategies.technical import SharedIndicators
from engine.strategies.walk import Tenths

Numbers = NDArray[np.float64]
BETWEEN = 1
"""Sessions between those that are chosen on and those that judge."""
TRAIN = 2
"""How many times as long a choice's sessions are as those that judge it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VariantRun:
    """What is kept of a variant's run: its figures, and the account's return on each of the exchange's days."""

    variant: Variant
    days: NDArray[np.int64]
    returns: Numbers


class Workload:
    """All variants on the same bars, with the indicators that they share worked out once."""

    def __init__(self, trial: Trial, data: MarketData, variants: Sequence[VariantOf]) -> None:
        self._trial = trial
        self._data = data
        self._variants = variants
        self._indicators = SharedIndicators(data.bars, [each.strategy.rules for each in variants])
        self._frame = trial.frame_of(data)
        self._last: tuple[TechnicalRules, Tenths] | None = None
        self.walked = self._indicators.walked
        self.count = len(variants)

    def run(self, number: int) -> VariantRun:
        """Run a variant on all bars."""
        given = self._variants[number]
        scores = Scores(tenths=self._tenths(given.strategy.rules))
        run = replace(self._trial, strategy=given.strategy).on(self._data, scores=scores, frame=self._frame)
        cash, multiples = float(run.cash), multiples_of(run.trades)
        returns = daily_returns(run.starts, run.equity, cash)
        return VariantRun(
            variant=Variant(
                numbers=given.numbers,
                fingerprint=run.strategy_fingerprint,
                trades=len(multiples),
                mean=float(multiples.mean()) if len(multiples) else None,
                total_return=total_return(run.equity, cash),
                sharpe=sharpe(returns, year=1),
            ),
            days=np.unique(exchange_days(run.starts)),
            returns=returns,
        )

    def _tenths(self, rules: TechnicalRules) -> Tenths:
        """Return the scores by some rules; variants that follow each other often have the same ones."""
        if self._last is None or self._last[0] != rules:
            self._last = rules, self._indicators.scores(rules)
        return self._last[1]

    def chosen_on(self, runs: Sequence[VariantRun], seed: int, count: int) -> WalkForward:
        """Choose the highest Sharpe ratio of each of so many windows, and judge what was chosen on later sessions.

        What was chosen begins anew there, with an account and indicators of its own.
        """

        def choose(bars: BarHistory, first: date) -> int:
            return best_of(runs, first, exchange_date(instant(int(bars.starts[-1]))))

        def run(number: int, bars: BarHistory, first: date) -> Backtest:
            trial = replace(self._trial, strategy=self._variants[number].strategy, first=first)
            return trial.on(self._part(bars))

        return walked(
            self._data.bars,
            windows_of(traded_sessions(self._data.bars, self._trial.first), count),
            warm_up=max(each.strategy.warm_up_sessions for each in self._variants),
            choose=choose,
            run=run,
            name=lambda number: named(self._variants[number].numbers),
            seed=seed,
        )

    def _part(self, bars: BarHistory) -> MarketData:
        """Return a part of the bars with the dividends that are paid in it."""
        begin = int(np.searchsorted(self._data.bars.starts, bars.starts[0]))
        paid = {bar - begin: each for bar, each in self._data.dividends.items() if 0 <= bar - begin < len(bars.starts)}
        return MarketData(label=self._data.label, bars=bars, fingerprint="", dividends=paid)


def traded_sessions(bars: BarHistory, first: date | None) -> tuple[date, ...]:
    """Return the sessions that are traded, those from a day on."""
    return tuple(day for day in sessions_of(bars) if first is None or day >= first)


def windows_of(sessions: Sequence[date], count: int) -> tuple[WalkWindow, ...]:
    """Return so many windows of equal length; raises SettingsInvalid where the sessions are too few."""
    length = (len(sessions) - BETWEEN) // (count + TRAIN)
    if length < 1:
        raise SettingsInvalid(
            f"--windows {count}: {len(sessions)} sessions are too few to choose on some and judge on later ones;"
            f" expected at least {count + TRAIN + BETWEEN}, by a longer period or fewer windows"
        )
    # The newest sessions are the ones to be judged by: what does not fit is left out at the beginning.
    used = sessions[-(length * (count + TRAIN) + BETWEEN) :]
    return windows(used, train=TRAIN * length, test=length, purge=0, embargo=BETWEEN)


def best_of(runs: Sequence[VariantRun], first: date, last: date) -> int:
    """Return the number of the run with the highest Sharpe ratio from one day to another, of equal ones the first."""
    ratios = []
    for run in runs:
        within = (run.days >= first.toordinal() - EPOCH) & (run.days <= last.toordinal() - EPOCH)
        ratio = sharpe(run.returns[within], year=1) if len(run.returns) == len(run.days) else None
        ratios.append(-inf if ratio is None else ratio)
    return ratios.index(max(ratios))


def luck_of(runs: Sequence[VariantRun], tried: Tried) -> DeflatedSharpe | None:
    """Return how sure it is that the highest Sharpe ratio of a sweep is more than the luckiest of all tries.

    None where that is not known of any of its variants.
    """
    found = [each for each in (deflated(run.returns, tried) for run in runs) if each is not None]
    return max(found, key=lambda each: each.sharpe, default=None)


def judged(walk: WalkForward, luck: DeflatedSharpe | None, variants: int) -> WalkForward:
    """Take an edge back that so many variants on the same data explain, or may explain where their luck is unknown."""
    taken_back = walk.verdict is Verdict.EDGE and is_tried_too_often(luck, variants)
    return replace(walk, verdict=Verdict.TRIED_TOO_OFTEN) if taken_back else walk
