"""The measures of a backtest, beside two libraries that know nothing of each other, and where nothing is defined."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite, sqrt

import empyrical
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from numpy.typing import NDArray

from engine.backtest.measures import (
    annual_growth,
    daily_returns,
    exchange_days,
    max_drawdown,
    measured,
    profit_factor,
    sharpe,
    sortino,
)
from engine.model.evaluation import Measures
from tests.support.backtests import CASH, backtest, by_days, starts_of, trade, weekdays

with mpl.rc_context():  # it gives all pictures of the process another look as it is imported
    import quantstats.stats as quantstats

CLOSE = 1e-9
Numbers = NDArray[np.float64]
NAMES = ("total_return", "growth", "volatility", "sharpe", "sortino", "calmar", "max_drawdown")


def by_empyrical(returns: Numbers) -> dict[str, float]:
    return {
        "total_return": empyrical.cum_returns_final(returns),
        "growth": empyrical.cagr(returns),
        "volatility": empyrical.annual_volatility(returns),
        "sharpe": empyrical.sharpe_ratio(returns),
        "sortino": empyrical.sortino_ratio(returns),
        "calmar": empyrical.calmar_ratio(returns),
        "max_drawdown": -empyrical.max_drawdown(returns),
    }


def by_quantstats(returns: Numbers) -> dict[str, float]:
    series = pd.Series(returns, index=pd.bdate_range("2024-01-01", periods=len(returns)))
    return {
        "total_return": float(quantstats.comp(series)),
        "growth": quantstats.cagr(series),
        "volatility": quantstats.volatility(series),
        "sharpe": quantstats.sharpe(series),
        "sortino": quantstats.sortino(series),
        "calmar": quantstats.calmar(series),
        "max_drawdown": -quantstats.max_drawdown(series),
    }


@pytest.mark.parametrize("library", [by_empyrical, by_quantstats])
@pytest.mark.parametrize("seed", range(8))
def test_the_measures_of_returns_are_those_of_a_library(
    library: Callable[[Numbers], dict[str, float]], seed: int
) -> None:
    random = np.random.default_rng(seed)
    returns = random.standard_t(4, 40 + 60 * seed) * 0.01 + random.normal(0, 0.002)
    ours, theirs = measured(by_days(returns)), library(returns)
    for name in NAMES:
        value = getattr(ours, name)
        assert value == pytest.approx(theirs[name], rel=CLOSE, abs=CLOSE), name


@given(st.lists(st.floats(-5_000, 5_000, allow_nan=False), min_size=2, max_size=60))
def test_the_profit_factor_is_that_of_a_library(results: list[float]) -> None:
    whole = [round(result) + 0.5 for result in results]
    ours, theirs = profit_factor(whole), quantstats.profit_factor(pd.Series(whole), prepare_returns=False)
    if min(whole) < 0:
        assert ours == pytest.approx(theirs, rel=CLOSE)
    else:
        assert ours is None


def test_the_measures_are_those_of_the_formulas_written_out() -> None:
    returns = np.array([0.01, -0.02, 0.03, 0.0])
    mean = 0.005
    assert sharpe(returns) == pytest.approx(mean / sqrt((0.005**2 * 2 + 0.025**2 * 2) / 3) * sqrt(252))
    assert sortino(returns) == pytest.approx(mean / sqrt(0.02**2 / 4) * sqrt(252))
    assert max_drawdown(returns) == pytest.approx(0.02)
    assert annual_growth(returns) == pytest.approx((1.01 * 0.98 * 1.03) ** 63 - 1)


def test_a_fall_from_what_the_account_began_with_is_a_drawdown() -> None:
    assert max_drawdown(np.array([-0.1, 0.05])) == pytest.approx(0.1)


def test_trades_are_measured_after_fees_and_against_their_risk() -> None:
    trades = [
        trade(2, fees=Decimal(10)),  # $190 of $100
        trade(-1, number=1, fees=Decimal(10)),  # -$110
        trade(0.1, number=2, fees=Decimal(10)),  # $0: neither won nor lost
        trade(1, number=3, stop=Decimal(100)),  # $100, with nothing at risk
    ]
    done = measured(backtest([100_000.0] * 7, trades))
    assert done.trades == 4
    assert done.hit_rate == 0.5
    assert done.profit_factor == pytest.approx(290 / 110)
    assert done.expectancy == pytest.approx((1.9 - 1.1 + 0) / 3)


def test_exposure_and_turnover_are_of_the_account() -> None:
    equity = np.full(14, 100_000.0)
    invested = np.array([0.0] * 7 + [50_000.0] * 7)
    done = measured(replace(backtest(equity, [trade(shares=500)]), invested=invested))
    assert done.exposure == pytest.approx(0.25)
    assert done.time_invested == pytest.approx(0.5)
    assert done.turnover == pytest.approx(0.5 * 252 / 2)


def test_a_day_is_new_yorks_on_both_sides_of_the_night_on_which_the_clock_is_put_forward() -> None:
    days = [
        datetime(2025, 3, 7, 20, 59, tzinfo=UTC),
        datetime(2025, 3, 8, 4, 59, tzinfo=UTC),  # 23:59 on the 7th
        datetime(2025, 3, 8, 5, 0, tzinfo=UTC),
        datetime(2025, 3, 10, 3, 59, tzinfo=UTC),  # 23:59 on the 9th: the clock is an hour further
        datetime(2025, 3, 10, 4, 0, tzinfo=UTC),
    ]
    found = exchange_days(np.array([int(day.timestamp()) for day in days]))
    assert [date.fromordinal(int(day) + date(1970, 1, 1).toordinal()).day for day in found] == [7, 7, 8, 9, 10]


def test_returns_are_from_close_to_close_of_whole_days() -> None:
    starts = starts_of(weekdays(2), bars=2)
    returns = daily_returns(starts, np.array([50.0, 110.0, 300.0, 99.0]), 100.0)
    assert returns == pytest.approx([0.1, -0.1])


@pytest.mark.parametrize(
    ("equity", "undefined"),
    [
        ([], {"total_return", "growth", "volatility", "sharpe", "sortino", "calmar", "max_drawdown", "exposure"}),
        ([100_000.0] * 70, {"sharpe", "sortino", "calmar"}),
        ([100_000.0 * 1.001**day for day in range(1, 11) for _ in range(7)], {"sharpe", "sortino", "calmar"}),
        ([101_000.0] * 7, {"volatility", "sharpe", "sortino", "calmar"}),
        ([90_000.0] * 7 + [-1.0] * 7, {"growth", "volatility", "sharpe", "sortino", "calmar", "max_drawdown"}),
    ],
    ids=["no bars", "still", "the same each day", "one day", "wiped out"],
)
def test_what_is_not_defined_is_none(equity: list[float], undefined: set[str]) -> None:
    done = measured(backtest(equity))
    of_trades = {"hit_rate", "profit_factor", "expectancy"}
    found = {field.name for field in fields(Measures) if getattr(done, field.name) is None}
    assert found - {"time_invested", "turnover"} == undefined | of_trades


@given(
    st.lists(st.floats(-1e7, 1e9, allow_nan=False), max_size=40),
    st.lists(st.floats(-3, 50, allow_nan=False).map(lambda value: round(value, 4)), max_size=10),
)
def test_no_measure_is_ever_infinite_or_no_number(equity: list[float], multiples: list[float]) -> None:
    trades = [trade(each, number=number) for number, each in enumerate(multiples)]
    done = measured(backtest(equity, trades))
    assert [field.name for field in fields(Measures) if not isfinite(getattr(done, field.name) or 0)] == []


def test_an_account_that_is_no_number_somewhere_is_refused() -> None:
    with pytest.raises(ValueError, match="not a number"):
        measured(backtest([float(CASH), float("nan")]))
