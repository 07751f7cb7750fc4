"""The simulation, and a loop over every bar that shares no code with it, come to the same trades."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from engine.adapters.calendar import ExchangeCalendar
from engine.backtest.conditions import Conditions
from engine.backtest.desk_rules import DeskRules
from engine.backtest.simulate import simulate
from engine.model.backtest import Costs
from engine.model.market import BarHistory
from engine.risk.limits import Limits
from engine.strategies.contract import Exits
from tests.engine.backtest.plain_loop import PlainLoop
from tests.support.board_strategy import GivenScores
from tests.support.generated_market import generated

CASH = Decimal(100_000)
UNPROTECTED = Limits(daily_loss=None, drawdown=None, losing_streak=None, trades_a_day=None, open_positions=None)


def rules_of(exits: Exits) -> DeskRules:
    limits = replace(UNPROTECTED, target_distance=exits.target or UNPROTECTED.target_distance)
    flat = timedelta(minutes=exits.before_close_minutes) if exits.before_close_minutes else None
    has_target = exits.target is not None
    return DeskRules(limits=limits, has_target=has_target, flat_before=flat, longest_bars=exits.longest_bars)


def by_the_simulation(bars: BarHistory, strategy: GivenScores) -> list[tuple[Any, ...]]:
    given = Conditions(
        rules=rules_of(strategy.exits),
        costs=Costs(participation=Decimal(1)),
        cash=CASH,
        calendar=ExchangeCalendar(),
    )
    places = {start: place for place, start in enumerate(bars.starts.tolist())}
    return sorted(
        (
            places[int(each.entered_at.timestamp())], each.symbol, each.shares, each.planned, each.entry, each.stop,
            each.target, places[int(each.exited_at.timestamp())], each.exit, str(each.reason), each.fees,
        )
        for each in simulate(bars, strategy, given).trades
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_random_scores_bring_the_same_trades(seed: int) -> None:
    dice = np.random.default_rng(seed)
    bars = generated(seed=seed, sessions=6, volatility=0.05, night=0.02, missing=0.02, volume=1e7)
    gone = dice.integers(100, 300)
    values = bars.stacked
    values[:, gone:, 0] = np.nan  # one is delisted
    bars = BarHistory.of(bars.symbols, bars.starts, values)
    tenths = np.where(dice.random(bars.close.shape) < 0.03, dice.integers(-9, 13, bars.close.shape), 0)
    stops = np.where(dice.random(bars.close.shape) < 0.5, dice.uniform(0.004, 0.04, bars.close.shape), np.nan)
    exits = Exits(
        target=Decimal("0.02") if seed % 3 else None,
        longest_bars=40 if seed % 2 else None,
        before_close_minutes=15 if seed % 4 == 1 else None,
    )
    found = by_the_simulation(bars, GivenScores(tenths=tenths, stop=stops, exits=exits))
    plain = PlainLoop(
        bars=bars, tenths=tenths, stops=stops, cash=CASH, target=exits.target, longest=exits.longest_bars,
        flat_bars=3 if exits.before_close_minutes else 0,
    )  # fmt: skip
    assert found == plain.run()
    assert len(found) > 8
