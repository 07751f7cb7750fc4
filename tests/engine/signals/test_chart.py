from dataclasses import replace

import numpy as np
import pytest

from engine.signals.board import board_of
from engine.signals.chart import SHOWN_BARS, chart_of
from tests.support.fakes.charts import BAR_SECONDS, bars_of_aapl


def test_a_picture_shows_the_indicators_that_the_score_was_made_of() -> None:
    history = bars_of_aapl()
    scored, shown = board_of(history, bar_seconds=BAR_SECONDS).indicators(), chart_of(history)
    for name in ("rsi", "lower", "middle", "upper", "macd", "macd_signal"):
        assert getattr(shown, name)[-1] == pytest.approx(getattr(scored, name)[0])


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
