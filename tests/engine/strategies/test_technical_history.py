"""What a backtest scores in one go is what the live price board says after each bar, bit for bit."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from engine.model.market import BarHistory
from engine.model.technical_rules import SEED_RULES, BollingerRule, MacdRule, RsiRule, TechnicalRules, VolumeRule
from engine.strategies.technical import SharedIndicators, technical_history, technical_known
from tests.engine.strategies.markets import Market, as_the_board_knows, as_the_board_says, generated

OTHER_RULES = TechnicalRules(
    rsi=RsiRule(bars=5, low=40.0, high=60.0, tenths=2),
    bollinger=BollingerRule(bars=7, width=1.5, tenths=3),
    macd=MacdRule(fast=4, slow=9, signal=3, within=2, tenths=5),
    volume=VolumeRule(least=1.0, tenths=2),
)
"""Short lengths: what was at the beginning is forgotten within a session."""


def assert_as_the_board(bars: BarHistory, rules: TechnicalRules = SEED_RULES) -> None:
    np.testing.assert_array_equal(technical_history(bars, rules), as_the_board_says(bars, rules))


@settings(max_examples=15, deadline=None)
@given(
    missing=st.sampled_from([0.0, 0.1, 0.5, 0.9]),
    flat=st.sampled_from([0.0, 0.3, 0.97]),
    jumps=st.sampled_from([0.0, 0.01]),
    cents=st.sampled_from([1, 5, 100]),
    cheapest=st.sampled_from([0.02, 3.0]),
    late=st.booleans(),
    seed=st.integers(0, 2**32),
)
def test_bars_of_half_an_hour_are_scored_as_the_board_scores_them(
    missing: float, flat: float, jumps: float, cents: int, cheapest: float, late: bool, seed: int
) -> None:
    market = Market(sessions=30, missing=missing, flat=flat, jumps=jumps, cents=cents, cheapest=cheapest, late=late)
    assert_as_the_board(generated(replace(market, seed=seed)))


@pytest.mark.parametrize("missing", [0.0, 0.4, 0.85])
@pytest.mark.parametrize("flat", [0.0, 0.9])
def test_bars_of_five_minutes_are_scored_as_the_board_scores_them(missing: float, flat: float) -> None:
    market = Market(sessions=34, symbols=5, bar_seconds=300, missing=missing, flat=flat, late=missing > 0, seed=7)
    assert_as_the_board(generated(market))


@settings(max_examples=8, deadline=None)
@given(missing=st.sampled_from([0.0, 0.3]), flat=st.sampled_from([0.0, 0.9]), seed=st.integers(0, 2**32))
def test_other_numbers_are_scored_as_the_board_scores_them(missing: float, flat: float, seed: int) -> None:
    assert_as_the_board(generated(Market(sessions=26, missing=missing, flat=flat, seed=seed)), OTHER_RULES)


@pytest.mark.parametrize("rules", [SEED_RULES, OTHER_RULES])
@pytest.mark.parametrize(("missing", "flat"), [(0.0, 0.0), (0.4, 0.9), (0.9, 0.97)])
def test_where_there_is_no_score_is_told_as_by_the_board(missing: float, flat: float, rules: TechnicalRules) -> None:
    bars = generated(Market(sessions=24, missing=missing, flat=flat, late=missing > 0, seed=13))
    known = technical_known(bars, rules)
    assert known.any()
    assert not known[np.isfinite(bars.close)].all()
    np.testing.assert_array_equal(known, as_the_board_knows(bars, rules))


@pytest.mark.parametrize("sessions", [1, 5, 6])
def test_a_history_that_is_shorter_than_a_window_is_scored_too(sessions: int) -> None:
    assert_as_the_board(generated(Market(sessions=sessions, bar_seconds=300, half_days=0, seed=3)))


def test_a_market_in_which_nothing_ever_moves_has_no_score() -> None:
    bars = generated(Market(sessions=25, seed=1))
    still = BarHistory.of(bars.symbols, bars.starts, np.ones_like(bars.stacked))
    assert not technical_history(still, SEED_RULES).any()


def test_no_bars_have_no_scores() -> None:
    nothing = BarHistory.of(("A", "B"), np.empty(0, np.int64), np.empty((5, 0, 2)))
    assert technical_history(nothing, SEED_RULES).shape == (0, 2)


def test_a_symbol_without_a_bar_has_no_score_and_disturbs_no_other() -> None:
    bars = generated(Market(sessions=22, seed=2))
    values = bars.stacked
    values[:, :, 1] = np.nan
    without = BarHistory.of(bars.symbols, bars.starts, values)
    scores = technical_history(without, SEED_RULES)
    assert not scores[:, 1].any()
    np.testing.assert_array_equal(np.delete(scores, 1, 1), np.delete(technical_history(bars, SEED_RULES), 1, 1))


@pytest.mark.parametrize("at_once", [1, 700])
def test_a_history_scored_in_parts_has_the_same_scores(at_once: int) -> None:
    bars = generated(Market(sessions=22, missing=0.2, seed=5))
    whole = technical_history(bars, SEED_RULES)
    np.testing.assert_array_equal(technical_history(bars, SEED_RULES, at_once=at_once), whole)


LONG_BANDS = replace(OTHER_RULES, bollinger=BollingerRule(bars=400, width=1.0, tenths=3))
"""Bands that are longer than its averages remember."""


def test_bands_longer_than_the_averages_remember_are_scored_as_the_board_scores_them() -> None:
    assert_as_the_board(generated(Market(sessions=34, symbols=2, bar_seconds=300, seed=5)), LONG_BANDS)


@pytest.mark.parametrize(("missing", "flat"), [(0.0, 0.0), (0.4, 0.3), (0.9, 0.97)])
def test_rules_that_share_their_indicators_score_as_each_does_alone(missing: float, flat: float) -> None:
    bars = generated(Market(sessions=30, symbols=4, missing=missing, flat=flat, late=missing > 0, seed=11))
    rules = [
        SEED_RULES,
        OTHER_RULES,
        LONG_BANDS,
        replace(SEED_RULES, rsi=OTHER_RULES.rsi),
        replace(SEED_RULES, rsi=replace(SEED_RULES.rsi, tenths=0), volume=OTHER_RULES.volume),
        replace(SEED_RULES, bollinger=replace(SEED_RULES.bollinger, tenths=0)),
    ]
    shared = SharedIndicators(bars, rules)
    assert shared.walked == 2 + 3 + 2
    for each in rules:
        np.testing.assert_array_equal(shared.scores(each), technical_history(bars, each))
