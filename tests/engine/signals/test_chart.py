from dataclasses import replace

import numpy as np
import pytest

from engine.model.technical_rules import BollingerRule, MacdRule, RsiRule, TechnicalRules
from engine.signals.board import board_of
from engine.signals.chart import SHOWN_BARS, bars_to_read, chart_of
from tests.support.fakes.charts import BAR_SECONDS, bars_of_aapl


def test_a_picture_shows_the_indicators_that_the_score_was_made_of() -> None:
    history = bars_of_aapl()
    scored, shown = board_of(history, bar_seconds=BAR_SECONDS).indicators(), chart_of(history)
    for name in ("rsi", "lower", "middle", "upper", "macd", "macd_signal"):
        assert getattr(shown, name)[-1] == pytest.approx(getattr(scored, name)[0])


def test_a_picture_shows_those_of_a_strategy_with_numbers_of_its_own() -> None:
    rules = TechnicalRules(
        rsi=RsiRule(bars=21, low=30, high=70),
        bollinger=BollingerRule(bars=30, width=2.5),
        macd=MacdRule(fast=8, slow=21, signal=5),
    )
    history = bars_of_aapl(bars_to_read(rules))
    scored = board_of(history, bar_seconds=BAR_SECONDS, rules=rules).indicators()
    shown = chart_of(history, rules)
    for name in ("rsi", "lower", "middle", "upper", "macd", "macd_signal"):
        assert getattr(shown, name)[-1] == pytest.approx(getattr(scored, name)[0], rel=1e-3)
    assert shown.rsi_limits == (30, 70)


def test_only_the_last_bars_are_shown_and_all_of_them_have_their_indicators() -> None:
    shown = chart_of(bars_of_aapl())
    assert (len(shown.close), shown.bar_seconds) == (SHOWN_BARS, BAR_SECONDS)
    assert all(np.isfinite(line).all() for line in (shown.lower, shown.rsi, shown.macd, shown.macd_signal))


def test_bars_that_are_missing_are_left_out() -> None:
    history = bars_of_aapl()
    close = history.close.copy()
    close[-3] = np.nan
    shown = chart_of(replace(history, close=close))
    assert history.starts[-3] not in shown.starts
    assert len(shown.close) == SHOWN_BARS


def test_too_few_bars_make_no_picture() -> None:
    with pytest.raises(ValueError, match="too few"):
        chart_of(bars_of_aapl(10))
