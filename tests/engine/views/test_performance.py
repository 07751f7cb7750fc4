"""What /pnl says of how far its trades speak: by the measures of a backtest, from the desk's own store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from engine.adapters.calendar import ExchangeCalendar
from engine.backtest.bootstrap import SEED, mean_interval
from engine.backtest.measures import sharpe
from engine.model.account import Account
from engine.model.performance import Period, TradeResult
from engine.model.trade import ExitReason, TradeState
from engine.views.performance import PerformanceQuery, statistics
from tests.contracts.store.test_track_record import gone_to
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.trades import PROPOSED_AT

DAY = timedelta(days=1)


def results(*multiples: float) -> list[TradeResult]:
    return [TradeResult(result=each * 100, multiple=each) for each in multiples]


def test_statistics_are_the_measures_of_a_backtest() -> None:
    growth = np.cumprod(1 + np.random.default_rng(1).normal(0.001, 0.01, 30))
    found = statistics(results(*[2.0, -1, 0.5] * 12), growth.tolist())
    assert found.trades == 36
    assert found.profit_factor == pytest.approx(2.5)
    assert found.expectancy == mean_interval(np.array([2.0, -1, 0.5] * 12), seed=SEED)
    assert found.days == 29
    assert found.sharpe == pytest.approx(sharpe(growth[1:] / growth[:-1] - 1))
    assert found.has_enough_trades
    assert found.has_enough_days


@pytest.mark.parametrize(
    ("trades", "days", "enough"), [(29, 20, (False, True)), (30, 19, (True, False)), (0, 0, (False, False))]
)
def test_too_few_say_nothing(trades: int, days: int, enough: tuple[bool, bool]) -> None:
    found = statistics(results(*[1.0] * trades), [1.0] * (days + 1))
    assert (found.has_enough_trades, found.has_enough_days) == enough


def test_what_risked_nothing_counts_in_dollars_alone() -> None:
    found = statistics([*results(2, -1), TradeResult(result=50, multiple=None)], [])
    assert found.profit_factor == pytest.approx(2.5)
    assert (found.expectancy, found.days, found.sharpe) == (None, 0, None)


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[EngineHarness]:
    built = EngineHarness.build(tmp_path)
    yield built
    built.close()


def test_days_are_those_of_trading_and_trades_those_of_the_period(harness: EngineHarness) -> None:
    calendar = ExchangeCalendar()
    clock = ManualClock(PROPOSED_AT + 40 * DAY)
    account = Account(equity=Decimal(100_000), cash=Decimal(0), buying_power=Decimal(0), margin=False)
    with harness.store.writing() as transaction:
        for number in range(40):
            equity = Decimal(100_000 + 100 * (number % 7))
            transaction.save_equity(PROPOSED_AT + number * DAY, replace(account, equity=equity), Decimal(0))
    for number in range(3):
        gone_to(
            harness.store,
            TradeState.CLOSED,
            id=f"A{number}",
            filled_shares=10,
            fill_price=Decimal("150.25"),
            exit_shares=10,
            exit_price=Decimal(150 + number),
            exit_reason=ExitReason.TARGET,
            closed_at=PROPOSED_AT + (number * 19 + 1) * DAY,
        )
    query = PerformanceQuery(store=harness.store, market=harness.market, clock=clock, calendar=calendar)
    done = query.with_statistics(Period.ALL)
    sessions = [on for number in range(40) if calendar.day(on := (PROPOSED_AT + number * DAY).date())]
    assert done.statistics is not None
    assert done.statistics.days == len(sessions) - 1
    assert done.statistics.trades == done.trades == 3
    month = query.with_statistics(Period.MONTH)
    assert month.statistics is not None
    assert month.statistics.trades == month.trades < 3
    assert month.statistics.days == len([on for on in sessions if on >= first_of_month(clock.now())])


def first_of_month(now: datetime) -> date:
    return now.date().replace(day=1)
