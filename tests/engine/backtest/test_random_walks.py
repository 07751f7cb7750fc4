"""The control: walks that are as volatile as the data, and on which nothing can be won."""

import numpy as np
import pytest

from engine.backtest.random_walks import controlled, random_walk
from engine.model.backtest import Backtest
from engine.model.market import BarHistory
from tests.support.backtests import CASH, backtest, random_bars, trade


def steps(bars: BarHistory) -> np.ndarray:
    return np.diff(np.log(bars.close), axis=0)


def test_each_bar_of_a_walk_is_as_volatile_as_it_was() -> None:
    bars = random_bars(40)
    walk = random_walk(bars, seed=1)
    for name in ("open", "high", "low", "close"):
        assert getattr(walk, name).shape == bars.close.shape
    assert np.log(walk.high / walk.low) == pytest.approx(np.log(bars.high / bars.low), abs=1e-3)
    assert np.abs(np.log(walk.close / walk.open)) == pytest.approx(np.abs(np.log(bars.close / bars.open)), abs=1e-3)
    assert (walk.volume == bars.volume).all()
    assert (walk.starts == bars.starts).all()


def test_no_bar_of_a_walk_contradicts_itself() -> None:
    walk = random_walk(random_bars(40), seed=2)
    tiny = 1 + 1e-12
    assert (walk.low <= np.minimum(walk.open, walk.close) * tiny).all()
    assert (np.maximum(walk.open, walk.close) <= walk.high * tiny).all()


def test_symbols_that_went_together_go_together() -> None:
    bars = random_bars(60)
    twins = BarHistory.of(bars.symbols, bars.starts, np.repeat(bars.stacked[:, :, :1], 2, axis=2))
    walk = random_walk(twins, seed=3)
    assert walk.close[:, 0] == pytest.approx(walk.close[:, 1])


def test_a_trend_is_gone_and_the_price_is_a_fair_bet() -> None:
    bars = random_bars(20)
    values = bars.stacked
    values[:4] *= np.exp(np.arange(140) * 0.01)[:, None]
    rising = BarHistory.of(bars.symbols, bars.starts, values)
    assert (rising.close[-1] / rising.open[0]).min() > 3
    ends = np.array([random_walk(rising, seed=seed).close[-1] / rising.open[0] for seed in range(2_000)])
    error = ends.std(axis=0) / np.sqrt(len(ends))
    assert (np.abs(ends.mean(axis=0) - 1) < 3.5 * error).all()


def test_what_happened_says_nothing_about_what_comes() -> None:
    moves = steps(random_walk(random_bars(400), seed=4))[:, 0]
    assert abs(np.corrcoef(moves[1:], moves[:-1])[0, 1]) < 3 / np.sqrt(len(moves))


def test_gaps_in_the_data_stay_where_they_are() -> None:
    bars = random_bars(5)
    values = bars.stacked
    values[:, 3:6, 0] = values[:, :4, 1] = values[:, -1, 1] = np.nan
    walk = random_walk(BarHistory.of(bars.symbols, bars.starts, values), seed=5)
    assert (np.isnan(walk.close) == np.isnan(values[3])).all()
    assert walk.open[4, 1] == pytest.approx(values[0, 4, 1])


@pytest.mark.parametrize("days", [0, 1])
def test_a_history_of_few_bars_has_walks_too(days: int) -> None:
    assert len(random_walk(random_bars(days), seed=1).starts) == days * 7


def always_won(_: BarHistory) -> Backtest:
    multiples = [2.0, -0.5] * 20
    return backtest([float(CASH)] * 7, [trade(each, number=number) for number, each in enumerate(multiples)])


def by_the_last_move(bars: BarHistory) -> Backtest:
    """Buy after a bar that rose, and sell after the next: in multiples of one in a hundred."""
    moves = steps(bars)[:, 0]
    made = [
        trade(round(float(move) * 100, 6), number=number) for number, move in enumerate(moves[1:]) if moves[number] > 0
    ]
    return backtest([float(CASH)] * 7, made)


def test_what_wins_on_walks_too_is_found_out() -> None:
    bars = random_bars(20)
    control = controlled(always_won, bars, actual=always_won(bars), walks=9, seed=1)
    assert (control.edges, control.as_good) == (9, 1.0)


def test_an_honest_strategy_shows_an_edge_on_few_walks() -> None:
    bars = random_bars(30)
    control = controlled(by_the_last_move, bars, actual=by_the_last_move(bars), walks=60, seed=1)
    assert control.edges <= 6
    assert len(control.means) == 60
    assert control.as_good is not None
    assert control.as_good > 0.01


def test_a_real_edge_is_better_than_all_walks() -> None:
    bars = random_bars(30)
    control = controlled(by_the_last_move, bars, actual=always_won(bars), walks=19, seed=1)
    assert control.as_good == pytest.approx(1 / 20)


def test_a_strategy_without_trades_is_compared_with_nothing() -> None:
    quiet = backtest([float(CASH)] * 7)
    control = controlled(lambda _: quiet, random_bars(2), actual=quiet, walks=3, seed=1)
    assert (control.means, control.as_good) == ((), None)
