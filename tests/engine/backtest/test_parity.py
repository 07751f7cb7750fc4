"""The fast way and the live engine come to the same trades. A long campaign: make parity RUNS=200 SEED=1."""

import random
from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from benchmarks.control_paths import demo_paths
from engine.adapters.strategies.processes import StrategyProcesses
from engine.model.market import BarHistory, Headline
from engine.signals.slots import instant
from tests.engine.backtest.parity import CASH, SESSION, BothWays, Case, both_ways, case_of, fast_way
from tests.support.code_strategies import Bounces
from tests.support.generated_market import generated
from tests.support.stepped_desk import stepped_desk


def recorded(first: date, last: date) -> BarHistory:
    """Return the demo's own bars of some days."""
    paths = demo_paths(first, last)
    there = np.isfinite(paths.bars[3]).any(axis=0)
    symbols = tuple(symbol for symbol, is_there in zip(paths.symbols, there, strict=True) if is_there)
    return BarHistory.of(symbols, paths.starts, np.ascontiguousarray(paths.bars[:, :, there]))


# Of the campaign's cases: a cash account that is flat before the close and lacks buying power in a thin market, a desk
# that holds for a day at most on bars of which it gets 2 %, and one whose wide stops leave sales to signals.
@pytest.mark.parametrize("seed", [28, 29, 45])
def test_a_generated_market_brings_the_same_trades_both_ways(tmp_path: Path, seed: int) -> None:
    case = case_of(seed)
    found = both_ways(case, tmp_path)
    assert found.differences == []
    assert len(found.fast.trades) >= 5
    dearer = replace(case, costs=replace(case.costs, slippage_bp=case.costs.slippage_bp + 7))
    assert replace(found, fast=fast_way(dearer, found.rules)).differences, "what the comparison is worth"


@pytest.mark.parametrize(
    ("seed", "exits"),
    [(28, {"trail": "0.006"}), (45, {"trail_atr": "2", "breakeven": "0.3"})],
    ids=["percent", "ATR and breakeven"],
)
def test_stops_that_follow_closes_bring_the_same_trades_both_ways(
    tmp_path: Path, seed: int, exits: dict[str, str]
) -> None:
    found = both_ways(replace(case_of(seed), exits=exits), tmp_path)
    assert found.differences == []
    assert [trade for trade in found.fast.trades if trade.last_stop is not None]


@pytest.mark.parametrize(("seed", "part"), [(28, "0.5"), (45, "0.3")])
def test_a_target_that_sells_a_part_brings_the_same_trades_both_ways(tmp_path: Path, seed: int, part: str) -> None:
    case = replace(case_of(seed), exits={"partial": part, "trail_atr": "3"})
    case = replace(case, given=dict(case.given) | {"stop_distance": "0.005", "target_distance": "0.006"})
    found = both_ways(case, tmp_path)
    assert found.differences == []
    whole = fast_way(case, replace(found.rules, plan=replace(found.rules.plan, partial=None)))
    assert replace(found, fast=whole).differences, "what the comparison is worth"


def test_a_strategy_that_sells_after_some_bars_does_so_live_as_well(tmp_path: Path) -> None:
    found = both_ways(replace(case_of(29), exits={"longest_bars": 4}), tmp_path)
    assert found.differences == []
    assert {str(trade.reason) for trade in found.fast.trades} & {"longest_hold"}


def test_a_strategy_in_python_with_stops_of_its_own_brings_the_same_trades_both_ways(tmp_path: Path) -> None:
    bars = generated(seed=28, symbols=4, sessions=4, volatility=0.05)
    place, case = "tests.support.code_strategies:Bounces", Case(bars=bars, first=SESSION * 2)
    with closing(StrategyProcesses()) as processes:
        with stepped_desk(tmp_path, case.bars, costs=case.costs, cash=CASH, strategies=processes, strategy=place) as (
            desk,
            rules,
        ):
            slow = desk.run(case.first)
        found = BothWays(fast=fast_way(case, rules, Bounces()), slow=slow, rules=rules)
    assert found.differences == []
    assert len(found.fast.trades) >= 5
    assert len({1 - trade.stop / trade.planned for trade in found.fast.trades}) > 3
    assert {str(trade.reason) for trade in found.fast.trades} >= {"stop", "signal"}


def test_news_bring_the_same_trades_both_ways(tmp_path: Path) -> None:
    case, dice = case_of(28), random.Random(9)  # noqa: S311 (no secret)
    first, last = int(case.bars.starts[case.first]), int(case.bars.starts[-1])
    said = ("beats estimates", "misses estimates", "upgraded", "downgraded", "wins contract", "sued", "soars")
    headlines = tuple(
        Headline(
            id=f"h{number}",
            at=instant(dice.randrange(first // 300, last // 300) * 300 + dice.randrange(-200, -60)),
            symbols=(dice.choice(case.bars.symbols),),
            text=f"Number {number} {dice.choice(said)} by {number * 13}",
            source="dice",
        )
        for number in range(80)
    )
    found = both_ways(replace(case, headlines=headlines), tmp_path)
    assert found.differences == []
    assert len(found.fast.trades) >= 5
    silent = replace(found, fast=fast_way(case, found.rules))
    assert silent.differences, "what the news changed"


def waits(case: Case, folder: Path, *, factor: float) -> Case:
    """Return a case in which the first entry gets no share in its bar, and its price has moved by the next."""
    with stepped_desk(folder, case.bars, costs=case.costs, cash=CASH, **case.given) as (_, rules):
        trade = fast_way(case, rules).trades[0]
    bar = int(np.searchsorted(case.bars.starts, trade.entered_at.timestamp()))
    column, values = case.bars.symbols.index(trade.symbol), case.bars.stacked
    values[4, bar, column] = 1
    values[:4, bar + 1 :, column] = np.round(values[:4, bar + 1 :, column] * factor, 2)
    return replace(case, bars=BarHistory.of(case.bars.symbols, case.bars.starts, values))


@pytest.mark.parametrize(("factor", "reason"), [(0.9, "stop"), (1.02, "target")])
def test_an_entry_that_waited_beyond_its_stop_or_target_ends_alike(tmp_path: Path, factor: float, reason: str) -> None:
    case = case_of(28)
    case = replace(case, costs=replace(case.costs, participation=Decimal("0.1")))
    (tmp_path / "before").mkdir()
    found = both_ways(waits(case, tmp_path / "before", factor=factor), tmp_path)
    assert found.differences == []
    first = found.fast.trades[0]
    assert (first.entered_at, str(first.reason)) == (first.exited_at, reason)


def test_recorded_prices_bring_the_same_trades_both_ways(tmp_path: Path) -> None:
    bars = recorded(date(2012, 6, 4), date(2012, 6, 15))
    found = both_ways(Case(bars=bars, first=SESSION * 7), tmp_path)
    assert found.differences == []
    assert {str(trade.reason) for trade in found.fast.trades} == {"desk", "signal", "target"}
