"""What may be said of a backtest: no edge is shown with few trades, nor where the interval holds nought."""

from decimal import Decimal

import numpy as np
import pytest

from engine.backtest.honesty import evaluated
from engine.model.backtest import BacktestTrade
from engine.model.evaluation import Tried, Verdict
from tests.support.backtests import CASH, backtest, by_days, trade


def trades(*multiples: float) -> list[BacktestTrade]:
    return [trade(each, number=number) for number, each in enumerate(multiples)]


@pytest.mark.parametrize(
    ("multiples", "verdict"),
    [
        ([], Verdict.TOO_FEW),
        ([2.0] * 14 + [1.5] * 15, Verdict.TOO_FEW),
        ([2.0, -1, -1] * 20, Verdict.NO_EDGE),
        ([0.5] * 40, Verdict.NO_EDGE),  # all alike: nobody knows how far they may vary
        ([-1.0, -1, -1, 1] * 20, Verdict.LOSES),
        ([2.0, -1] * 40, Verdict.EDGE),
    ],
    ids=["none", "29 that won", "nought", "all alike", "lost", "won"],
)
def test_the_verdict_is_by_trades_and_interval(multiples: list[float], verdict: Verdict) -> None:
    assert evaluated(backtest([float(CASH)] * 7, trades(*multiples))).verdict is verdict


def test_trades_without_a_risk_do_not_count_as_evidence() -> None:
    riskless = [trade(1, number=100 + number, stop=Decimal(100)) for number in range(40)]
    assert evaluated(backtest([float(CASH)] * 7, [*trades(*[2.0, -1] * 14), *riskless])).verdict is Verdict.TOO_FEW


def test_an_edge_found_among_many_variants_is_none() -> None:
    returns = np.random.default_rng(6).normal(0.0009, 0.01, 250)
    done = by_days(returns, trades=tuple(trades(*[2.0, -1] * 40)))
    ratios = tuple(np.random.default_rng(9).normal(0, 0.1, 500))
    assert evaluated(done).verdict is Verdict.EDGE
    assert evaluated(done, tried=Tried(variants=500, sharpes=ratios)).verdict is Verdict.TRIED_TOO_OFTEN


def test_the_worst_gap_is_the_farthest_beyond_its_stop() -> None:
    made = [
        trade(-1),
        trade(-1.5, number=1),
        trade(-4, number=2, symbol="MSFT"),
        trade(2, number=3),
    ]
    worst = evaluated(backtest([float(CASH)] * 7, made)).worst_gap
    assert worst is not None
    assert (worst.symbol, worst.at) == ("MSFT", made[2].exited_at)
    assert worst.beyond == pytest.approx(3 / 99)
    assert worst.multiple == pytest.approx(-4)
    assert evaluated(backtest([float(CASH)] * 7, [trade(-1), trade(2, number=1)])).worst_gap is None


def test_it_stands_beside_buying_and_holding() -> None:
    equity = np.full(7, float(CASH))
    done = evaluated(backtest(equity, holding=equity * 1.1, spy=equity * 0.9))
    assert done.holding == pytest.approx(0.1)
    assert done.spy == pytest.approx(-0.1)
    assert evaluated(backtest(equity)).spy is None


def test_the_order_of_trades_in_a_backtest_changes_nothing() -> None:
    made = [
        trade(multiple, number=number % 7, symbol=f"S{number}") for number, multiple in enumerate([2.0, -1, 0.3] * 20)
    ]
    one, other = (backtest([float(CASH)] * 7, order) for order in (made, made[::-1]))
    assert evaluated(one).interval == evaluated(other).interval


def test_the_same_backtest_gives_the_same_evaluation() -> None:
    done = by_days(np.random.default_rng(1).normal(0, 0.01, 40), trades=tuple(trades(*[2.0, -1, 0.5] * 20)))
    first, second = evaluated(done), evaluated(done)
    assert first == second
    assert first.interval is not None
