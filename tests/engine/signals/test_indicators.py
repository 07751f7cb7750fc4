"""The indicators against the `ta` package, closed and provisional."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from ta.trend import MACD

from engine.model.market import BarHistory
from engine.signals.indicators import MINIMUM_BARS, Indicators, PriceBoard
from tests.engine.signals.prices import BAR, TOLERANCE, assert_as_ta, history_of, part, play, tick, walks, warmed

HISTORIES = {"random walks": walks(260, 6), "long random walks": walks(1200, 3, seed=11)}
NOTHING = np.zeros(1, np.int64)


def assert_same(one: Indicators, other: Indicators) -> None:
    assert one.valid.any()
    for name in Indicators.__slots__:
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=0, atol=TOLERANCE, err_msg=name)


@pytest.mark.parametrize("name", HISTORIES)
@pytest.mark.parametrize("bars", [MINIMUM_BARS, 36, 37, 50, 150, 260])
def test_closed_bars_give_what_ta_gives(name: str, bars: int) -> None:
    history = part(HISTORIES[name], slice(bars))
    indicators = warmed(history).indicators()
    for row in range(len(history.symbols)):
        assert_as_ta(indicators, row, history.close[:, row])


@pytest.mark.parametrize("name", HISTORIES)
def test_at_any_instant_the_forming_bar_counts_as_the_last_one(name: str) -> None:
    history = HISTORIES[name]
    random = np.random.default_rng(3)
    for bars in random.integers(MINIMUM_BARS, 250, 3):
        board = warmed(part(history, slice(bars)))
        closes = history.close[:bars]
        forming = bars
        for second in np.sort(random.integers(0, 6 * BAR, 10)):
            prices = np.round(closes[-1] * random.uniform(0.99, 1.01, len(history.symbols)), 2)
            tick(board, bars * BAR + second, prices)
            opened = bars + second // BAR
            closes = np.vstack([closes if opened > forming or len(closes) == bars else closes[:-1], prices])
            forming = opened
            indicators = board.indicators()
            for row in range(len(history.symbols)):
                assert_as_ta(indicators, row, closes[:, row])


def test_many_closed_bars_bring_no_drift() -> None:
    history = walks(900, 4, seed=5)
    board = warmed(part(history, slice(40)))
    play(board, history, range(40, 900), np.zeros(4, np.int64))
    indicators = board.indicators()
    for row in range(4):
        assert_as_ta(indicators, row, history.close[:, row])


def test_a_board_that_was_never_warmed_comes_to_the_same_indicators() -> None:
    history = walks(60, 3)
    board = PriceBoard(history.symbols)
    play(board, history, range(60), np.zeros(3, np.int64))
    assert_same(board.indicators(), warmed(history).indicators())


@settings(max_examples=25, deadline=None)
@given(bars=st.integers(36, 90), fed=st.integers(1, 50), seed=st.integers(0, 10_000))
def test_warming_with_some_bars_and_ticking_the_rest_is_warming_with_all(bars: int, fed: int, seed: int) -> None:
    history = walks(bars, 3, seed=seed)
    first = max(1, bars - fed)
    board = warmed(part(history, slice(first)))
    tick(board, first * BAR - 1, history.close[first - 1])
    play(board, history, range(first, bars), np.zeros(3, np.int64))
    assert_same(board.indicators(), warmed(history).indicators())


@settings(max_examples=25, deadline=None)
@given(order=st.permutations([99.0, 101.5, 100.25, 98.75, 100.0]))
def test_inside_a_bar_only_the_last_price_and_the_extremes_count(order: list[float]) -> None:
    history = walks(80, 1)
    boards = warmed(history), warmed(history)
    for board, prices in zip(boards, ([98.75, 99.0, 100.0, 100.25, 101.5], order), strict=True):
        for second, price in enumerate([*prices, 100.1]):
            tick(board, 80 * BAR + second, [price], volume=1000 + 10 * second)
    assert_same(boards[0].indicators(), boards[1].indicators())
    assert boards[1].indicators().low[0] == 98.75
    assert boards[1].indicators().high[0] == 101.5


def test_a_symbol_with_gaps_is_read_as_if_its_missing_bars_were_not_there() -> None:
    history = walks(120, 3)
    close = history.close.copy()
    close[::7, 1] = np.nan
    close[:60, 2] = np.nan
    indicators = warmed(history_of(history.symbols, close)).indicators()
    for row in range(3):
        assert_as_ta(indicators, row, close[np.isfinite(close[:, row]), row])


@pytest.mark.parametrize("field", ["high", "low", "close", "volume"])
def test_a_bar_that_is_not_all_numbers_is_skipped(field: str) -> None:
    whole = walks(80, 1)
    values = {name: getattr(whole, name).copy() for name in ("open", "high", "low", "close", "volume")}
    values[field][50, 0] = np.nan
    broken = BarHistory(symbols=whole.symbols, starts=whole.starts, **values)
    assert_as_ta(warmed(broken).indicators(), 0, np.delete(whole.close[:, 0], 50))


def test_a_symbol_has_no_score_until_it_has_enough_bars() -> None:
    history = walks(MINIMUM_BARS - 1, 2)
    board = warmed(history)
    assert not board.indicators().valid.any()
    tick(board, (MINIMUM_BARS - 1) * BAR, history.close[-1] * 1.01)
    assert board.indicators().valid.all()


@pytest.mark.parametrize("price", [0.01, 33.33, 150.1, 98_765.43])
def test_a_flat_series_has_no_score(price: float) -> None:
    assert not warmed(history_of(["A"], np.full((120, 1), price))).indicators().valid[0]


def test_a_halted_symbol_loses_its_score_once_the_last_20_closes_are_the_same() -> None:
    moving = walks(100, 1).close
    for still, valid in ((18, True), (19, False), (40, False)):
        close = np.vstack([moving, np.repeat(moving[-1:], still, axis=0)])
        assert warmed(history_of(["A"], close)).indicators().valid[0] == valid


def test_a_symbol_that_did_not_trade_in_20_bars_has_no_score() -> None:
    history = walks(80, 1)
    board = warmed(history_of(["A"], history.close, volume=np.zeros((80, 1))))
    assert not board.indicators().valid[0]


def test_prices_that_only_rise_have_an_rsi_of_100() -> None:
    rising = np.arange(100.0, 160.0)[:, np.newaxis]
    assert warmed(history_of(["A"], rising)).indicators().rsi[0] == 100


def test_the_volume_ratio_is_over_the_20_bars_before_the_current_one() -> None:
    volume = np.full((60, 1), 100.0)
    volume[38], volume[39], volume[59] = 1e9, 2100, 120
    indicators = warmed(history_of(["A"], walks(60, 1).close, volume=volume)).indicators()
    assert indicators.volume_ratio[0] == pytest.approx(120 / 200)


def test_a_cross_counts_for_three_bars_and_not_for_a_fourth() -> None:
    falling, rising = np.linspace(120, 100, 60), np.linspace(100, 110, 20)
    close = np.concatenate([falling, rising])
    histogram = MACD(pd.Series(close)).macd_diff().to_numpy()
    first = next(bar for bar in range(60, 80) if histogram[bar - 1] <= 0 < histogram[bar])
    crosses = [
        int(warmed(history_of(["A"], close[: bar + 1, np.newaxis])).indicators().macd_cross[0])
        for bar in range(first - 1, first + 5)
    ]
    assert crosses == [0, 1, 1, 1, 0, 0]


def test_crosses_are_those_of_ta_in_both_directions() -> None:
    history = walks(400, 1, seed=21)
    histogram = MACD(pd.Series(history.close[:, 0])).macd_diff().to_numpy()
    board = warmed(part(history, slice(40)))
    volume, seen = NOTHING, set()
    for bar in range(40, 400):
        volume = play(board, history, range(bar, bar + 1), volume)
        last, before = histogram[bar], histogram[bar - 3 : bar]
        expected = int(last > 0 and before.min() <= 0) - int(last < 0 and before.max() >= 0)
        assert board.indicators().macd_cross[0] == expected
        seen.add(expected)
    assert seen == {-1, 0, 1}


def test_a_result_does_not_change_with_later_ticks() -> None:
    history = walks(60, 1)
    board = warmed(history)
    before = board.indicators()
    low, high = float(before.low[0]), float(before.high[0])
    tick(board, 60 * BAR - 1, [high * 2])
    tick(board, 60 * BAR, [low / 2])
    assert (before.low[0], before.high[0]) == (low, high)
