"""What a strategy is worth before it trades: the facade by which the command line asks."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from multiprocessing import current_process
from pathlib import Path
from typing import ClassVar

from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.strategies.lookahead import LONGEST_SECONDS, check_lookahead
from engine.adapters.tried_variants import TriedVariants
from engine.backtest import result_file
from engine.backtest.honesty import evaluated
from engine.backtest.in_order import in_order
from engine.backtest.market_data import MarketData
from engine.backtest.measures import daily_returns, sharpe
from engine.backtest.news_history import NONE as NO_NEWS, Agree, NewsRequest, news_points
from engine.backtest.news_points import NewsPoints
from engine.backtest.random_walks import controlled, random_walk
from engine.backtest.run import Trial, costs_of, told_settings
from engine.backtest.sources import DataRequest, market_data
from engine.backtest.sweep import Workload, judged, luck_of, traded_sessions, windows_of
from engine.backtest.variants import VariantOf, ranges_of, variants_of
from engine.errors import SettingsInvalid
from engine.model.backtest import Backtest, Costs
from engine.model.evaluation import Control, Evaluation
from engine.model.json_values import plain
from engine.model.market import BarHistory, day_begin
from engine.model.strategy_check import StrategyCheck
from engine.model.sweep import Sweep
from engine.settings import Settings
from engine.signals.slots import instant
from engine.strategies.contract import Strategy
from engine.strategies.loader import CLASSES, load, strategy_text
from engine.strategies.technical_strategy import TechnicalStrategy

Progress = Callable[[str, float], None]
"""Is told what is being done, such as 'data' or 'variants', and the part of it that is done."""
LEAST_CASH, MOST_CASH = Decimal("0.01"), Decimal(10) ** 12
"""Dollars: beyond them cents are lost among the figures of an amount, or there are none."""
RESULT, SWEEP, PAGE = "result.json", "sweep.json", "page.html"


@dataclass(frozen=True, kw_only=True, slots=True)
class BacktestRequest:
    """What is asked for; `None` and empty stand for all that there is.

    `strategy` is a name, a TOML file or a class; `data` is `recorded`, `random-walk`, `alpaca` or a file, which may
    have other names for its `columns`; `actions` names a file with splits and dividends. `costs` are fields of `Costs`.
    `walks` random walks are the control, run by `workers` processes. `news` are `none`, `alpaca` or a file of
    headlines, on whose scores no more than `budget` dollars are spent.
    """

    strategy: str = "seed"
    data: str = "recorded"
    symbols: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    cash: Decimal | None = None
    costs: Mapping[str, Decimal] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    actions: str = ""
    seed: int = 1
    walks: int = 20
    workers: int = 1
    news: str = NO_NEWS
    budget: Decimal = Decimal(1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Researched:
    """A backtest with all that is said of it, and the bars that it stands on."""

    evaluation: Evaluation
    bars: BarHistory
    file: ClassVar[str] = RESULT

    @property
    def result(self) -> str:
        """The backtest as JSON."""
        return result_file.written(self.evaluation.backtest)


@dataclass(frozen=True, kw_only=True, slots=True)
class SweepPlan:
    """The variants that are asked for, each a strategy that is one."""

    asked: BacktestRequest
    strategy: Strategy
    ranges: Mapping[str, tuple[Decimal, ...]]
    variants: tuple[VariantOf, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Swept:
    """A sweep, and how it is kept."""

    sweep: Sweep
    file: ClassVar[str] = SWEEP

    @property
    def result(self) -> str:
        """The sweep as JSON, without what other sweeps have a part in: the count of tries, and what follows of it."""
        return result_file.written_sweep(self.sweep)


def backtest(
    asked: BacktestRequest, settings: Settings, progress: Progress, agree: Agree = lambda _estimate: None
) -> Researched:
    """Trade a strategy on bars of the past, and say how far that may be believed.

    `agree` is told what the news will cost before anything is spent, and raises where that is not to be. Raises
    SettingsInvalid and StrategyInvalid, whose line says what to do, MarketUnavailable, NewsUnavailable and OSError.
    """
    trial = _trial(asked, load(asked.strategy), settings)
    data = _data(asked, trial, settings, progress)
    trial = replace(trial, news=_news(asked, data.bars, settings, agree, progress))
    run = trial.on(data, partial(progress, "trades"))
    control = _control(trial, data.bars, run, asked, partial(progress, "control"))
    daily = sharpe(daily_returns(run.starts, run.equity, float(run.cash)), year=1)
    tried = TriedVariants(settings.place.data_dir).add(run.data_fingerprint, {_key_of(run): daily})
    check = _check_of(trial.strategy, asked, progress)
    return Researched(evaluation=evaluated(run, tried=tried, control=control, check=check), bars=data.bars)


def variant_key(strategy: str, settings: Mapping[str, str], first: date, cash: Decimal, costs: Costs) -> str:
    """Return a hash of all that decides what comes of the same data; whatever differs in it is another variant.

    `strategy` is its fingerprint, `settings` are the desk's as a result tells them, `first` the first day traded.
    """
    told = {"strategy": strategy, "settings": settings, "first": first, "cash": cash, "costs": costs}
    return sha256(json.dumps(plain(told), sort_keys=True).encode()).hexdigest()


def planned_sweep(asked: BacktestRequest, vary: Sequence[str]) -> SweepPlan:
    """Return the variants of a strategy's file, each `vary` as `rsi.low=25:40:5`, before anything is run.

    Raises SettingsInvalid and StrategyInvalid, whose line says what to do.
    """
    ranges, (text, file) = ranges_of(vary), strategy_text(asked.strategy)
    return SweepPlan(
        asked=asked, strategy=load(asked.strategy), ranges=ranges, variants=variants_of(text, file, ranges)
    )


def sweep(plan: SweepPlan, settings: Settings, progress: Progress, *, count: int = 4) -> Swept:
    """Run all variants, and judge what would have been chosen in `count` windows by what it did in later sessions.

    Each variant counts as tried on its data from then on. Raises as `backtest` does.
    """
    asked = plan.asked
    trial = _trial(asked, plan.strategy, settings)
    data = _data(asked, trial, settings, progress)
    sessions = traded_sessions(data.bars, asked.first)
    windows_of(sessions, count)
    progress("indicators", 0.0)
    work = Workload(trial, data, plan.variants)
    progress("indicators", 1.0)
    runs = in_order(work.run, range(work.count), asked.workers, partial(progress, "variants"))
    variants = tuple(run.variant for run in runs)
    walk = work.chosen_on(runs, asked.seed, count)
    told = told_settings(settings)
    keys = (variant_key(each.fingerprint, told, sessions[0], trial.cash, trial.costs) for each in variants)
    tried = TriedVariants(settings.place.data_dir).add(
        data.fingerprint, dict(zip(keys, (each.sharpe for each in variants), strict=True))
    )
    luck = luck_of(runs, tried)
    return Swept(
        sweep=Sweep(
            strategy=plan.strategy.name,
            data=data.label,
            data_fingerprint=data.fingerprint,
            version=version("trading-bot"),
            seed=asked.seed,
            symbols=data.bars.symbols,
            cash=trial.cash,
            costs=trial.costs,
            settings=told,
            ranges=plan.ranges,
            variants=variants,
            walk=judged(walk, luck, tried.variants),
            luck=luck,
            tried=tried.variants,
            walked=work.walked,
            notes=data.notes,
        )
    )


def lookahead(strategy: str, *, seed: int = 1, seconds: float = LONGEST_SECONDS) -> StrategyCheck:
    """Return what the look-ahead check finds of a strategy; raises StrategyInvalid for what is none."""
    return check_lookahead(strategy, seed=seed, seconds=seconds)


def refuse_unwritable(folder: Path) -> None:
    """Raise SettingsInvalid where no result could be kept in a folder."""
    try:
        result_file.refuse_unwritable(folder)
    except OSError as error:
        raise SettingsInvalid(f"--output {folder}: is no folder that can be written to ({error.strerror})") from error


def keep(folder: Path, researched: Researched | Swept, page: str) -> None:
    """Keep a result and its page in a folder, both or neither; raises SettingsInvalid where that fails."""
    try:
        result_file.keep(folder, {researched.file: researched.result, PAGE: page})
    except OSError as error:
        raise SettingsInvalid(
            f"--output {folder}: the result cannot be written ({error.strerror}); nothing was kept of it"
        ) from error


def _key_of(run: Backtest) -> str:
    news = {} if run.news is None else {"news": run.news.fingerprint}
    return variant_key(run.strategy_fingerprint, {**run.settings, **news}, run.first, run.cash, run.costs)


def _news(
    asked: BacktestRequest, bars: BarHistory, settings: Settings, agree: Agree, progress: Progress
) -> NewsPoints | None:
    if asked.news == NO_NEWS or not len(bars.starts):
        return None
    first = instant(int(bars.starts[0])) if asked.first is None else day_begin(asked.first)
    wanted = NewsRequest(source=asked.news, budget=asked.budget, first=first)
    return news_points(wanted, bars, settings, agree, partial(progress, "news"))


def _check_of(
    strategy: Strategy, asked: BacktestRequest, progress: Progress
) -> Callable[[], StrategyCheck | None] | None:
    """Return what looks whether a strategy looks ahead; None for numbers and for code of the desk, which is tested."""
    if isinstance(strategy, TechnicalStrategy) or asked.strategy in CLASSES:
        return None
    return partial(_looked_ahead, asked, progress)


def _looked_ahead(asked: BacktestRequest, progress: Progress) -> StrategyCheck | None:
    """Check a strategy for look-ahead; None in a process that may begin no other one, as the check needs its own."""
    if current_process().daemon:
        return None
    progress("lookahead", 0.0)
    found = lookahead(asked.strategy, seed=asked.seed)
    progress("lookahead", 1.0)
    return found


def _trial(asked: BacktestRequest, strategy: Strategy, settings: Settings) -> Trial:
    cash = settings.paper.paper_cash if asked.cash is None else asked.cash
    if not cash.is_finite() or not LEAST_CASH <= cash <= MOST_CASH:
        raise SettingsInvalid(f"--cash {cash}: expected dollars over 0, and a trillion at most, such as 100000")
    return Trial(
        strategy=strategy,
        settings=settings,
        costs=costs_of(settings, dict(asked.costs)),
        cash=cash,
        calendar=ExchangeCalendar(),
        seed=asked.seed,
        first=asked.first,
    )


def _data(asked: BacktestRequest, trial: Trial, settings: Settings, progress: Progress) -> MarketData:
    progress("data", 0.0)
    data = market_data(
        DataRequest(
            source=asked.data,
            symbols=asked.symbols,
            first=asked.first,
            last=asked.last,
            before=trial.strategy.warm_up_sessions,
            bar_seconds=settings.market.bar_seconds,
            seed=asked.seed,
            columns=asked.columns,
            actions=asked.actions,
        ),
        settings.alpaca,
        trial.calendar,
    )
    progress("data", 1.0)
    return data


def _control(
    trial: Trial, bars: BarHistory, actual: Backtest, asked: BacktestRequest, progress: Callable[[float], None]
) -> Control:
    """Run the strategy on random walks, by several processes where wanted."""
    numbers = range(asked.seed, asked.seed + asked.walks)
    following = iter(in_order(partial(_on_a_walk, trial, bars), numbers, asked.workers, progress))
    return controlled(lambda _bars: next(following), bars, actual=actual, walks=asked.walks, seed=asked.seed)


def _on_a_walk(trial: Trial, bars: BarHistory, seed: int) -> Backtest:
    return trial.on_bars(random_walk(bars, seed=seed))
