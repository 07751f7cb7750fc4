"""The two ways of a backtest beside each other: python -m tests.engine.backtest.parity --runs 200 --seed 1.

Each run is a market out of dice, a desk with other settings, and other costs. The live engine is stepped through it,
the simulation walks it, and every trade must be the same one, and the account the same at every close.
"""

import argparse
import logging
import random
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

import structlog

from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.keywords import KeywordScorer
from engine.backtest.conditions import Conditions, Simulated
from engine.backtest.desk_rules import DeskRules
from engine.backtest.news_points import NewsPoints
from engine.backtest.simulate import simulate
from engine.model.backtest import BacktestNews, BacktestTrade, Costs
from engine.model.fees import NO_FEES
from engine.model.market import BarHistory, Headline
from engine.strategies.contract import Strategy
from tests.support.board_strategy import BoardStrategy
from tests.support.generated_market import generated
from tests.support.stepped_desk import Stepped, stepped_desk

CASH = Decimal(100_000)
HALF_A_CENT = 0.005
SESSION = 78


@dataclass(frozen=True, kw_only=True)
class Case:
    """A market, from which bar on it is traded, costs, the desk's settings by their names, the strategy's exits."""

    bars: BarHistory
    first: int
    costs: Costs = field(default_factory=Costs)
    given: Mapping[str, Any] = field(default_factory=dict)
    exits: Mapping[str, Any] = field(default_factory=dict)
    headlines: tuple[Headline, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BothWays:
    fast: Simulated
    slow: Stepped
    rules: DeskRules

    @property
    def differences(self) -> list[str]:
        """Say what is not the same, in the order of time; nothing where all is."""
        fast, slow = [_facts(each) for each in self.fast.trades], [_facts(each) for each in self.slow.trades]
        found = [f"only fast: {each}" for each in fast if each not in slow]
        found += [f"only slow: {each}" for each in slow if each not in fast]
        # With its last bar the simulation sells what is left; until then the accounts are the same.
        for number, (ours, theirs) in enumerate(zip(self.fast.equity[:-1], self.slow.equity[:-1], strict=True)):
            if abs(ours - float(theirs)) > HALF_A_CENT:
                return [*found, f"equity after bar {number}: fast {ours:.2f}, slow {theirs}"]
        return found


def both_ways(case: Case, folder: Path) -> BothWays:
    """Run a case both ways."""
    given = dict(case.given)
    if case.exits:
        given["strategy"] = str(with_exits(folder / "mine.toml", case.exits))
    with stepped_desk(folder, case.bars, costs=case.costs, cash=CASH, headlines=case.headlines, **given) as (
        desk,
        rules,
    ):
        slow = desk.run(case.first)
    return BothWays(fast=fast_way(case, rules), slow=slow, rules=rules)


def with_exits(file: Path, exits: Mapping[str, Any]) -> Path:
    """Write the seed's strategy with other exits into a file."""
    seed = (resources.files("engine.strategies") / "seed.toml").read_text(encoding="utf-8")
    lines = "\n".join(f"{name} = {value}" for name, value in exits.items())
    file.write_text(seed.replace("[hours]", f"{lines}\n\n[hours]"), encoding="utf-8")
    return file


def following(case: Case, seed: int) -> Case:
    """Return a case in which stops follow closes, trades are sold after some bars, or targets sell a part."""
    dice = random.Random(f"exits {seed}")  # noqa: S311 (no secret)
    choices: tuple[dict[str, Any], ...] = (
        {"trail": dice.choice(["0.004", "0.008", "0.015"])},
        {"trail_atr": dice.choice(["1.5", "3", "6"])},
        {"breakeven": dice.choice(["0.3", "0.7", "1"])},
        {"longest_bars": dice.choice([3, 20, 90])},
    )
    exits = dict[str, Any]()
    for choice in choices:
        if _happens(dice, 0.5):
            exits |= choice
    exits = exits or choices[0]
    if _happens(dice, 0.5):
        exits = {"trail": "0.01"} | exits | {"partial": dice.choice(["0.01", "0.3", "0.5", "0.99"])}
    return replace(case, exits=exits)


def fast_way(case: Case, rules: DeskRules, strategy: Strategy | None = None) -> Simulated:
    """Run the simulation alone, by the seed's strategy or another one."""
    first = int(case.bars.starts[case.first])
    given = Conditions(rules=rules, costs=case.costs, cash=CASH, calendar=ExchangeCalendar(), first=first)
    strategy = strategy or BoardStrategy()
    scores = news_of(case).added(strategy.scores(case.bars), case.bars, strategy) if case.headlines else None
    return simulate(case.bars, strategy, given, scores=scores)


def news_of(case: Case) -> NewsPoints:
    """Return the headlines of a case as the keywords score them."""
    findings = {
        symbol: tuple(sorted(KeywordScorer().findings(symbol, case.headlines), key=lambda each: each.at))
        for symbol in case.bars.symbols
    }
    about = BacktestNews(source="", scorer="keywords", headlines=len(case.headlines), unscored=0, fingerprint="")
    return NewsPoints(about=about, findings=findings, window=timedelta(hours=24), after_start=timedelta(seconds=305))


def case_of(seed: int) -> Case:
    """Return the case of a seed: calm and wild markets, thin ones, ones with holes, strict desks and loose ones."""
    dice = random.Random(seed)  # noqa: S311 (no secret)
    bars = generated(
        seed=seed,
        symbols=dice.choice([6, 9, 12]),
        sessions=dice.choice([8, 10]),
        volatility=dice.choice([0.02, 0.04, 0.08]),
        night=dice.choice([0, 0.01, 0.04]),
        missing=dice.choice([0, 0.01, 0.1]),
        volume=dice.choice([300, 3_000, 20_000, 1_000_000]),
    )
    costs = Costs(
        spread_bp=Decimal(dice.choice([0, 2, 20, 40])),
        slippage_bp=Decimal(dice.choice([0, 2, 10])),
        participation=Decimal(dice.choice(["0.1", "0.02", "1"])),
    )
    free = Costs(spread_bp=Decimal(0), slippage_bp=Decimal(0), fees=NO_FEES)
    return Case(bars=bars, first=SESSION * 6, costs=free if _happens(dice, 0.2) else costs, given=_settings(dice))


def _settings(dice: random.Random) -> dict[str, Any]:
    groups: tuple[dict[str, Any], ...] = (
        {"paper_margin": False},
        {"flatten_before_close_minutes": dice.choice([5, 10, 15, 30])},
        {"hold_overnight": False},
        {"longest_hold_days": dice.choice([1, 2])},
        {"losing_streak": 0, "stop_cooldown_seconds": 0, "quiet_seconds": dice.choice([1, 600])},
        {"max_trades_a_day": 3},
        {"max_open_positions": 2},
        {"max_daily_loss": "0.006"},
        {"max_drawdown": "0.012"},
        {"max_exposure": "0.2"},
        {"risk_per_trade": "0.002"},
        {"risk_ceiling": "0.05", "risk_warning": "0.04", "risk_per_trade": "0.02"},
        {"stop_distance": "0.005", "target_distance": "0.008"},
        {"stop_distance": "0.1", "target_distance": "0.2", "risk_ceiling": "0.05", "risk_warning": "0.04"},
    )
    given = dict[str, Any]()
    for group in groups:
        if _happens(dice, 0.3):
            given |= group
    return given


def _happens(dice: random.Random, often: float) -> bool:
    return dice.random() < often


def _facts(trade: BacktestTrade) -> tuple[Any, ...]:
    """Return what must be the same of a trade; averages are divided in another order, in the 28th figure."""
    return (
        trade.symbol,
        f"{trade.bar:%Y-%m-%d %H:%M}",
        trade.tenths,
        f"{trade.entered_at:%Y-%m-%d %H:%M}",
        trade.shares,
        str(trade.planned),
        f"{trade.entry:.8f}",
        str(trade.stop),
        str(trade.last_stop or trade.stop),
        str(trade.target),
        f"{trade.exited_at:%Y-%m-%d %H:%M}",
        f"{trade.exit:.8f}",
        str(trade.reason),
    )


def main() -> int:
    """Run as many cases as asked for; 1 where any differs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    trades = bad = 0
    for seed in range(given.seed, given.seed + given.runs):
        with tempfile.TemporaryDirectory() as folder:
            case = case_of(seed)
            found = both_ways(following(case, seed) if seed % 2 else case, Path(folder))
        trades += len(found.fast.trades)
        bad += bool(found.differences)
        for line in found.differences[:4]:
            sys.stdout.write(f"seed {seed}: {line}\n")
        sys.stdout.write(f"seed {seed}: {len(found.fast.trades)} trades\n")
        sys.stdout.flush()
    sys.stdout.write(f"{given.runs} markets, {trades:,} trades, {bad} markets in which the two ways differ\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
