"""Bars of AAPL up to the blueprint's proposal, that go up and down and end at its price."""

import numpy as np

from engine.model.chart import Chart
from engine.model.market import BarHistory
from engine.signals.chart import bars_to_read, chart_of
from tests.support.fakes.trades import PROPOSED_AT

BAR_SECONDS = 300


def bars_of_aapl(count: int = bars_to_read()) -> BarHistory:
    """Return so many bars of five minutes."""
    at = np.arange(count)
    close = 150.25 + 0.8 * (np.sin(at / 7) - np.sin((count - 1) / 7)) + 0.3 * np.cos(at * 1.7)
    close += 150.25 - close[-1]
    opened = np.concatenate([close[:1], close[:-1]])
    last = int(PROPOSED_AT.timestamp()) // BAR_SECONDS * BAR_SECONDS

    def column(
        values: np.ndarray[tuple[int], np.dtype[np.float64]],
    ) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        return values.reshape(-1, 1)

    return BarHistory(
        symbols=("AAPL",),
        starts=(last - BAR_SECONDS * at[::-1]).astype(np.int64),
        open=column(opened),
        high=column(np.maximum(opened, close) + 0.1),
        low=column(np.minimum(opened, close) - 0.1),
        close=column(close),
        volume=column(100_000.0 + 30_000 * np.cos(at)),
    )


def a_chart() -> Chart:
    """Return the bars with their indicators."""
    return chart_of(bars_of_aapl())
