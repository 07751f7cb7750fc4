import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from engine.model.signal import Component, Part, Readings
from engine.signals.indicators import Indicators
from engine.signals.technical import components, readings, technical_scores
from tests.engine.signals.prices import A_DAY, after, walks


def indicators(
    *, rsi: float = 50, low: float = 99, high: float = 101, cross: int = 0, ratio: float = 1, valid: bool = True
) -> Indicators:
    """Return one symbol's indicators, with bands at 90 and 110."""
    return Indicators(
        rsi=np.array([rsi]),
        lower=np.array([90.0]),
        middle=np.array([100.0]),
        upper=np.array([110.0]),
        low=np.array([low]),
        high=np.array([high]),
        close=np.array([100.0]),
        macd=np.array([0.5]),
        macd_signal=np.array([0.4]),
        macd_cross=np.array([cross], np.int8),
        volume_ratio=np.array([ratio]),
        bar=np.array([1_755_614_400]),
        valid=np.array([valid]),
    )


def points(found: Indicators) -> tuple[int, ...]:
    """Return RSI, Bollinger, MACD, volume."""
    return tuple(component.tenths for component in components(technical_scores(found), 0))


@pytest.mark.parametrize(
    ("rsi", "tenths"),
    [
        (35, 3),
        (35.0000000001, 3),
        (35.00001, 0),
        (12, 3),
        (50, 0),
        (64.9999, 0),
        (64.9999999999, -3),
        (65, -3),
        (99, -3),
    ],
)
def test_rsi_counts_at_35_and_under_and_at_65_and_over(rsi: float, tenths: int) -> None:
    assert points(indicators(rsi=rsi)) == (tenths, 0, 0, 0)


@pytest.mark.parametrize(
    ("low", "high", "tenths"),
    [(90, 101, 2), (89, 101, 2), (90.01, 109.99, 0), (99, 110, -2), (99, 111, -2), (90, 110, 0), (80, 120, 0)],
)
def test_touching_one_band_counts_and_touching_both_does_not(low: float, high: float, tenths: int) -> None:
    assert points(indicators(low=low, high=high)) == (0, tenths, 0, 0)


@pytest.mark.parametrize("cross", [-1, 0, 1])
def test_a_cross_counts_four_tenths(cross: int) -> None:
    assert points(indicators(cross=cross)) == (0, 0, 4 * cross, 0)


@pytest.mark.parametrize(("ratio", "tenths"), [(1.2, 1), (1.1999999999, 1), (1.1999, 0), (0, 0), (30, 1)])
def test_volume_counts_from_120_percent(ratio: float, tenths: int) -> None:
    assert points(indicators(cross=1, ratio=ratio)) == (0, 0, 4, tenths)


@pytest.mark.parametrize(("rsi", "cross", "tenths"), [(30, 0, 1), (70, 0, -1), (30, -1, -1), (70, 1, 1), (50, 0, 0)])
def test_volume_follows_the_sum_of_the_other_three(rsi: float, cross: int, tenths: int) -> None:
    assert points(indicators(rsi=rsi, cross=cross, ratio=2))[3] == tenths


def test_volume_is_worth_nothing_without_another_point() -> None:
    assert points(indicators(low=90, high=110, ratio=2)) == (0, 0, 0, 0)


def test_all_four_parts_of_a_buy_make_ten_tenths() -> None:
    scores = technical_scores(indicators(rsi=35, low=90, cross=1, ratio=1.2))
    assert scores.total.tolist() == [10]
    assert scores.total.dtype == np.int8
    assert components(scores, 0) == (
        Component(part=Part.RSI, tenths=3),
        Component(part=Part.BOLLINGER, tenths=2),
        Component(part=Part.MACD, tenths=4),
        Component(part=Part.VOLUME, tenths=1),
    )


def test_all_four_parts_of_a_sell_make_minus_ten_tenths() -> None:
    assert technical_scores(indicators(rsi=65, high=110, cross=-1, ratio=1.2)).total.tolist() == [-10]


def test_a_symbol_without_valid_indicators_scores_nothing() -> None:
    scores = technical_scores(indicators(rsi=10, low=80, cross=1, ratio=5, valid=False))
    assert not scores.valid[0]
    assert scores.total.tolist() == [0]
    assert points(indicators(rsi=np.nan, ratio=np.nan, valid=False)) == (0, 0, 0, 0)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), bars=st.integers(1, 7 * A_DAY))
def test_scores_stay_in_their_range_and_add_up(seed: int, bars: int) -> None:
    scores = technical_scores(after(walks(bars, 20, seed=seed)))
    assert set(scores.rsi.tolist()) <= {-3, 0, 3}
    assert set(scores.bollinger.tolist()) <= {-2, 0, 2}
    assert set(scores.macd.tolist()) <= {-4, 0, 4}
    assert set(scores.volume.tolist()) <= {-1, 0, 1}
    assert (scores.total == scores.rsi + scores.bollinger + scores.macd + scores.volume).all()
    assert not scores.total[~scores.valid].any()


def test_readings_are_one_symbols_indicators() -> None:
    assert readings(indicators(rsi=35, cross=-1, ratio=1.2), 0) == Readings(
        rsi=35,
        lower=90,
        middle=100,
        upper=110,
        low=99,
        high=101,
        macd=0.5,
        macd_signal=0.4,
        macd_cross=-1,
        volume_ratio=1.2,
    )
