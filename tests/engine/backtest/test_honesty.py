"""What may be said of a backtest: no edge is shown with few trades, nor where the interval holds nought."""

from decimal import Decimal

import numpy as np
import pytest

from engine.backtest.honesty import evaluated
from engine.model.backtest import BacktestTrade
from engine.model.evaluation import Control, Tried, Verdict
from engine.model.strategy_check import StrategyCheck, StrategyFault, StrategyFinding
from tests.support.backtests import CASH, backtest, by_days, trade

AHEAD = StrategyFinding(fault=StrategyFault.LOOKS_AHEAD, text="it moved")


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


def won(**given: object) -> Verdict:
    returns = np.random.default_rng(6).normal(0.0009, 0.01, 250)
    return evaluated(by_days(returns, trades=tuple(trades(*[2.0, -1] * 40))), **given).verdict  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("means", "edges", "verdict"),
    [
        ([-0.1] * 20, 2, Verdict.EDGE),
        ([-0.1] * 20, 3, Verdict.CONTROL),  # it wins where nothing can be won
        ([-0.1] * 19 + [0.9], 0, Verdict.CONTROL),  # chance does as well on 1 of 20
        ([-0.1] * 5, 0, Verdict.CONTROL),  # so few walks can show nothing
        ([], 0, Verdict.CONTROL),
    ],
)
def test_no_edge_is_shown_that_the_control_does_not_bear_out(means: list[float], edges: int, verdict: Verdict) -> None:
    assert won(control=Control(walks=len(means), means=tuple(means), edges=edges, actual=0.5)) is verdict


@pytest.mark.parametrize(("findings", "verdict"), [((), Verdict.EDGE), ((AHEAD,), Verdict.LOOKS_AHEAD)])
def test_no_edge_is_shown_by_code_that_looks_ahead(findings: tuple[StrategyFinding, ...], verdict: Verdict) -> None:
    check = StrategyCheck(strategy="peek", fingerprint="f", bars=9, trials=9, scored=9, findings=findings)
    assert won(check=lambda: check) is verdict


def test_no_edge_is_shown_by_code_that_cannot_be_checked() -> None:
    assert won(check=lambda: None) is Verdict.UNCHECKED


@pytest.mark.parametrize(
    "tried", [Tried(variants=2, sharpes=()), Tried(variants=1_000, sharpes=(0.3,))], ids=["none known", "one known"]
)
def test_among_variants_whose_luck_is_not_known_no_edge_is_shown(tried: Tried) -> None:
    assert won(tried=tried) is Verdict.TRIED_TOO_OFTEN


def test_among_variants_few_days_show_no_edge() -> None:
    done = by_days(np.random.default_rng(6).normal(0.002, 0.005, 15), trades=tuple(trades(*[2.0, -1] * 40)))
    assert evaluated(done).verdict is Verdict.EDGE
    assert evaluated(done, tried=Tried(variants=2, sharpes=(0.1, 0.2))).verdict is Verdict.TRIED_TOO_OFTEN


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
