"""The fast way and the live engine come to the same trades. A long campaign: make parity RUNS=200 SEED=1."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from benchmarks.control_paths import demo_paths
from engine.model.market import BarHistory
from tests.engine.backtest.parity import SESSION, Case, both_ways, case_of, fast_way


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


def test_recorded_prices_bring_the_same_trades_both_ways(tmp_path: Path) -> None:
    bars = recorded(date(2012, 6, 4), date(2012, 6, 15))
    found = both_ways(Case(bars=bars, first=SESSION * 7), tmp_path)
    assert found.differences == []
    assert {str(trade.reason) for trade in found.fast.trades} == {"desk", "signal", "target"}
