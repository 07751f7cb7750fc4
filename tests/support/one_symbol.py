"""A few bars of one symbol that a test writes down, and what the simulation makes of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from engine.adapters.calendar import ExchangeCalendar
from engine.backtest.conditions import Conditions, Dividends, Simulated
from engine.backtest.desk_rules import DeskRules
from engine.backtest.simulate import simulate
from engine.model.backtest import Costs
from engine.model.fees import NO_FEES
from engine.model.market import BarHistory
from engine.risk.limits import Limits
from engine.signals.slots import Slots
from engine.strategies.contract import Exits
from tests.support.board_strategy import GivenScores

DAY = date(2025, 8, 19)
FREE = Costs(spread_bp=Decimal(0), slippage_bp=Decimal(0), fees=NO_FEES, participation=Decimal(1))
FLAT = (100.0, 100.0, 100.0, 100.0)


def bars_of(*days: Mapping[int, Sequence[float]], volume: float = 1e6, others: int = 0) -> BarHistory:
    """Return days of flat bars at $100 but for those that are given, by their place in the day: open, high, low, close.

    One that is given empty is missing. `others` are symbols beside it that stay at $100.
    """
    slots, calendar, starts, values = Slots(ExchangeCalendar(), 300), ExchangeCalendar(), [], []
    on = DAY.toordinal()
    for day in days:
        while calendar.day(date.fromordinal(on)) is None:
            on += 1
        starts.append(slots.of(date.fromordinal(on)))
        on += 1
        whole = np.array([[*FLAT, volume]] * len(starts[-1]))
        for place, prices in day.items():
            whole[place] = (*prices, volume) if prices else np.nan
        values.append(whole)
    one = np.concatenate(values).T
    stacked = np.stack([one, *[np.tile([[100.0]] * 4 + [[volume]], one.shape[1])] * others], axis=2)
    return BarHistory.of(tuple(f"S{number}" for number in range(1 + others)), np.concatenate(starts), stacked)


def simulated(
    bars: BarHistory,
    scores: Mapping[int, int],
    *,
    costs: Costs = FREE,
    exits: Exits | None = None,
    limits: Limits | None = None,
    dividends: Dividends | None = None,
    stops: dict[int, float] | None = None,
    **rules: Any,
) -> Simulated:
    """Trade the first symbol by tenths, by the place of the bar that they close with."""
    tenths = np.zeros(bars.close.shape, np.int64)
    for place, score in scores.items():
        tenths[place, 0] = score
    stop = np.full(bars.close.shape, np.nan)
    for place, distance in (stops or {}).items():
        stop[place, 0] = distance
    exits = exits or Exits()
    given = DeskRules(
        limits=replace(limits or Limits(), stop_distance=exits.stop, target_distance=exits.target or Decimal("0.03")),
        has_target=exits.target is not None,
        longest_bars=exits.longest_bars,
        plan=exits.plan,
        **rules,
    )
    conditions = Conditions(
        rules=given, costs=costs, cash=Decimal(100_000), calendar=ExchangeCalendar(), dividends=dividends or {}
    )
    return simulate(bars, GivenScores(tenths=tenths, stop=stop, exits=exits), conditions)
