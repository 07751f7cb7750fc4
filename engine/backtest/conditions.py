"""What a strategy is tried under, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from engine.backtest.desk_rules import DeskRules
from engine.model.backtest import BacktestTrade, Costs
from engine.ports.calendar import Calendar

Dividends = Mapping[int, tuple[tuple[int, Decimal], ...]]
"""By the bar before whose open they are paid: the symbol's column, and dollars a share."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Conditions:
    """What a strategy is tried under.

    `first` is the first bar whose open may bring an entry, POSIX seconds; what is before it is there to look back on.
    """

    rules: DeskRules
    costs: Costs
    cash: Decimal
    calendar: Calendar
    first: int = 0
    bar_seconds: int = 300
    dividends: Dividends = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Simulated:
    """What came of it, from the first tradable bar on: `starts`, `equity`, `invested`, shape (bars,), as in a Backtest.

    `unfinished` are the trades that the end of the data ended, `delisted` the symbols whose bars ended earlier.
    """

    starts: NDArray[np.int64]
    equity: NDArray[np.float64]
    invested: NDArray[np.float64]
    trades: tuple[BacktestTrade, ...]
    refused: Mapping[str, int]
    unfinished: int = 0
    delisted: tuple[str, ...] = ()
