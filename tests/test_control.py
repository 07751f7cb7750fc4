"""The control in short: it passes a market on which nothing can be won, and fails one that pays."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks import control
from benchmarks.control import Check, beside, on_the_demo, on_walks
from benchmarks.control_paths import Paths, demo_paths, ratio_of, walks
from benchmarks.control_trades import LEFT, SESSIONS, Trades, at_random, buys, traded


@pytest.fixture(scope="module")
def walk() -> Paths:
    return walks(20, SESSIONS + 30 + LEFT, seed=1)


@pytest.fixture(scope="module")
def wanted(walk: Paths) -> NDArray[np.bool_]:
    return buys(walk)


def entries(paths: Paths, *bars: int) -> NDArray[np.bool_]:
    """Want the first symbol after some bars."""
    wanted = np.zeros((len(paths.starts), len(paths.symbols)), bool)
    wanted[list(bars), 0] = True
    return wanted


def market(*price: float) -> Paths:
    """Make a market of one symbol whose first bar is followed by these looks."""
    looks = np.array([[100.0] * 10 + list(price) + [price[-1]] * (-len(price) % 10)])
    bars = len(looks[0]) // 10
    return Paths(
        symbols=("W0",),
        starts=300 * np.arange(bars),
        session=np.zeros(bars, np.int64),
        bars=np.full((5, bars, 1), 100.0),
        price=looks,
    )


def test_nothing_is_won_on_random_walks(walk: Paths) -> None:
    checks = on_walks(walk)
    assert all(check.holds for check in checks), checks


def test_a_strategy_that_sees_the_next_hour_is_found_out(walk: Paths) -> None:
    close = walk.bars[3]
    ahead = np.zeros(close.shape, bool)
    ahead[:-12] = close[12:] > close[:-12] * 1.01
    ahead[: 78 * SESSIONS] = False
    trades = traded(walk, ahead)
    assert trades.mean > 2 * trades.error
    assert trades.hits > 1 / 3 + 2 * trades.hits_error


def test_the_demos_paths_pay_the_strategy_no_more_than_other_free_paths_between_the_same_opens_and_closes() -> None:
    """Where paths turned at the recorded low and high, the same days made 50 % more than on a free bridge."""
    played = demo_paths(date(2012, 5, 1), date(2012, 9, 28))
    other = bridged(played, seed=1)
    ours, theirs = traded(played, buys(played)), traded(other, buys(other))
    assert beside(ours, theirs).holds


def bridged(paths: Paths, *, seed: int) -> Paths:
    """Put a free Brownian bridge between the first and the last price of each session, as volatile as the path."""
    dice, price = np.random.default_rng(seed), paths.price.copy()
    session = np.repeat(paths.session, 10)
    for number in range(int(session[-1]) + 1):
        at = np.flatnonzero(session == number)
        path = np.log(price[:, at])
        steps = dice.standard_normal((len(price), len(at) - 1)) * np.diff(path).std(axis=1, keepdims=True)
        walk = np.concatenate([np.zeros((len(price), 1)), np.cumsum(steps, axis=1)], axis=1)
        line = np.linspace(0, 1, len(at))
        price[:, at] = np.exp(path[:, :1] + walk + (path[:, -1:] - path[:, :1] - walk[:, -1:]) * line)
    looks = np.round(price, 2).reshape(len(price), -1, 10)
    values = np.stack([looks[:, :, 0], looks.max(axis=2), looks.min(axis=2), looks[:, :, -1]])
    return replace(paths, price=np.round(price, 2), bars=np.concatenate([values.transpose(0, 2, 1), paths.bars[4:]]))


def folded(paths: Paths, span: float) -> Paths:
    """Turn each price back at some bounds around where its session began, as the demo's paths once were."""
    bars = paths.bars.copy()
    for number in range(int(paths.session[-1]) + 1):
        at = np.flatnonzero(paths.session == number)
        move = np.log(bars[:4, at] / bars[0, at[0]])
        bars[:4, at] = bars[0, at[0]] * np.exp(span - np.abs((move + span) % (4 * span) - 2 * span))
    return replace(paths, bars=bars)


def test_paths_that_turn_at_bounds_are_found_out_by_their_variance_ratio(walk: Paths) -> None:
    assert 0.8 < np.mean([ratio_of(walk, symbol) for symbol in range(20)]) < 1.2
    assert all(ratio_of(folded(walk, 0.004), symbol) < 0.9 for symbol in range(20))


def test_every_recorded_symbol_is_measured_and_the_strategy_held_against_chance() -> None:
    checks = on_the_demo(demo_paths(date(2012, 5, 1), date(2012, 8, 31)))
    assert [check.name.split()[-5] for check in checks[:5]] == ["AAPL,", "FB,", "GOOG,", "IBM,", "MSFT,"]
    assert checks[-1].holds


def test_a_stop_is_sold_at_the_look_after_the_one_that_hit_it() -> None:
    trades = traded(market(100, 98.4, 97.0, 103.0), entries(market(100), 0))
    assert trades.gross.tolist() == pytest.approx([-0.03])


def test_a_target_gets_its_price_or_better() -> None:
    trades = traded(market(100, 102.9, 103.5, 90), entries(market(100), 0))
    assert trades.gross.tolist() == pytest.approx([0.035])


def test_a_symbol_is_held_once_at_a_time() -> None:
    paths = market(*[100.0] * 15, 97.0, 97.0, *[97.0] * 13)
    assert traded(paths, entries(paths, 0, 1, 2)).count == 2


def test_random_entries_are_as_many_as_the_strategys_and_the_same_for_a_seed(
    walk: Paths, wanted: NDArray[np.bool_]
) -> None:
    first, again, other = (at_random(walk, wanted, seed=seed) for seed in (1, 1, 2))
    assert first.sum(axis=0).tolist() == wanted.sum(axis=0).tolist()
    assert (first == again).all()
    assert (first != other).any()


def test_costs_are_spread_slippage_and_fee(walk: Paths, wanted: NDArray[np.bool_]) -> None:
    trades = traded(walk, wanted)
    assert (trades.gross - trades.net).min() > 0.0006
    assert (trades.gross - trades.net).max() < 0.001


@pytest.mark.parametrize("value", [float("nan"), 0.11, -0.11])
def test_what_is_out_of_bounds_or_no_number_does_not_hold(value: float) -> None:
    assert not Check(name="won", value=value, low=-0.1, high=0.1, words="").holds


def test_the_figures_are_written_into_the_page_between_their_marks(tmp_path: Path) -> None:
    page = tmp_path / "honesty.md"
    page.write_text(f"before\n{control.BEGIN}\nlast year's\n{control.END}\nafter\n", encoding="utf-8")
    control.write([Check(name="walks: won", value=0.33, low=0.3, high=0.36, words="9 trades")], page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{control.BEGIN}\n")
    assert text.endswith(f"{control.END}\nafter\n")
    assert "| walks: won | 33.0% | 30.0% to 36.0% | holds | 9 trades |" in text
    assert "last year's" not in text


def test_trades_that_stand_still_have_an_error_of_none() -> None:
    assert Trades(gross=np.zeros(2), net=np.zeros(2)).error == 0
