"""What a strategy is worth before it trades: the facade by which the command line asks."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.tried_variants import TriedVariants
from engine.backtest import result_file
from engine.backtest.honesty import evaluated
from engine.backtest.lookahead import LONGEST_SECONDS, check_lookahead
from engine.backtest.measures import daily_returns, sharpe
from engine.backtest.random_walks import controlled, random_walk
from engine.backtest.run import Trial, costs_of
from engine.backtest.sources import DataRequest, market_data
from engine.errors import SettingsInvalid
from engine.model.backtest import Backtest
from engine.model.evaluation import Control, Evaluation
from engine.model.market import BarHistory
from engine.model.strategy_check import StrategyCheck
from engine.settings import Settings
from engine.strategies.loader import load

Progress = Callable[[str, float], None]
"""Is told what is being done ('data', 'trades', 'control') and the part of it that is done."""
RESULT, PAGE = "result.json", "page.html"


@dataclass(frozen=True, kw_only=True, slots=True)
class BacktestRequest:
    """What is asked for; `None` and empty stand for all that there is.

    `strategy` is a name, a TOML file or a class; `data` is `recorded`, `random-walk`, `alpaca` or a file, which may
    have other names for its `columns`; `actions` names a file with splits and dividends. `costs` are fields of `Costs`.
    `walks` random walks are the control, run by `workers` processes.
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Researched:
    """A backtest with all that is said of it, and the bars that it stands on."""

    evaluation: Evaluation
    bars: BarHistory

    @property
    def result(self) -> str:
        """The backtest as JSON."""
        return result_file.written(self.evaluation.backtest)


def backtest(asked: BacktestRequest, settings: Settings, progress: Progress) -> Researched:
    """Trade a strategy on bars of the past, and say how far that may be believed.

    Raises SettingsInvalid and StrategyInvalid, whose line says what to do, MarketUnavailable and OSError.
    """
    strategy, calendar = load(asked.strategy), ExchangeCalendar()
    cash = settings.paper.paper_cash if asked.cash is None else asked.cash
    if not cash.is_finite() or cash <= 0:
        raise SettingsInvalid(f"--cash {cash}: expected dollars over 0, such as 100000")
    costs = costs_of(settings, dict(asked.costs))
    progress("data", 0.0)
    data = market_data(
        DataRequest(
            source=asked.data,
            symbols=asked.symbols,
            first=asked.first,
            last=asked.last,
            before=strategy.warm_up_sessions,
            bar_seconds=settings.market.bar_seconds,
            seed=asked.seed,
            columns=asked.columns,
            actions=asked.actions,
        ),
        settings.alpaca,
        calendar,
    )
    progress("data", 1.0)
    trial = Trial(
        strategy=strategy,
        settings=settings,
        costs=costs,
        cash=cash,
        calendar=calendar,
        seed=asked.seed,
        first=asked.first,
    )
    run = trial.on(data, partial(progress, "trades"))
    control = _control(trial, data.bars, run, asked, partial(progress, "control")) if asked.walks else None
    daily = sharpe(daily_returns(run.starts, run.equity, float(run.cash)), year=1)
    variants = TriedVariants(settings.place.data_dir)
    tried = variants.add(run.data_fingerprint, {run.strategy_fingerprint: daily})
    return Researched(evaluation=evaluated(run, tried=tried, control=control), bars=data.bars)


def lookahead(strategy: str, *, seed: int = 1, seconds: float = LONGEST_SECONDS) -> StrategyCheck:
    """Return what the look-ahead check finds of a strategy; raises StrategyInvalid for what is none."""
    return check_lookahead(strategy, seed=seed, seconds=seconds)


def refuse_unwritable(folder: Path) -> None:
    """Raise SettingsInvalid where no result could be kept in a folder."""
    try:
        result_file.refuse_unwritable(folder)
    except OSError as error:
        raise SettingsInvalid(f"--output {folder}: is no folder that can be written to ({error.strerror})") from error


def keep(folder: Path, researched: Researched, page: str) -> None:
    """Keep a result and its page in a folder, both or neither; raises SettingsInvalid where that fails."""
    try:
        result_file.keep(folder, {RESULT: researched.result, PAGE: page})
    except OSError as error:
        raise SettingsInvalid(
            f"--output {folder}: the result cannot be written ({error.strerror}); nothing was kept of it"
        ) from error


def _control(
    trial: Trial, bars: BarHistory, actual: Backtest, asked: BacktestRequest, progress: Callable[[float], None]
) -> Control:
    """Run the strategy on random walks, by several processes where wanted; the result is the same by any number."""
    numbers = range(asked.seed, asked.seed + asked.walks)
    walked = partial(_on_a_walk, trial, bars)
    if asked.workers > 1:
        with ProcessPoolExecutor(asked.workers, mp_context=get_context("fork")) as pool:
            runs = _gathered(pool.map(walked, numbers), asked.walks, progress)
    else:
        runs = _gathered(map(walked, numbers), asked.walks, progress)
    following = iter(runs)
    return controlled(lambda _bars: next(following), bars, actual=actual, walks=asked.walks, seed=asked.seed)


def _on_a_walk(trial: Trial, bars: BarHistory, seed: int) -> Backtest:
    return trial.on_bars(random_walk(bars, seed=seed))


def _gathered(runs: Iterable[Backtest], count: int, progress: Callable[[float], None]) -> list[Backtest]:
    """Gather runs as they end, and tell how many have."""
    gathered = list[Backtest]()
    for run in runs:
        gathered.append(run)
        progress(len(gathered) / count)
    return gathered
