"""The scores on the recorded prices: as the `ta` package has them, never repainted, and with no look ahead."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.recorded.files import recorded_days
from engine.adapters.replay import ReplayMarket
from engine.model.market import BarHistory
from engine.signals.board import board_of
from engine.signals.indicators import Indicators
from engine.signals.sift import sifted
from engine.signals.slots import SESSIONS, Slots
from engine.signals.technical import technical_scores
from tests.engine.signals.prices import assert_as_ta, changed, part
from tests.support.fakes.clock import ManualClock

CALENDAR = ExchangeCalendar()
SLOTS = Slots(CALENDAR, 300)
FIRST, LAST = date(2012, 6, 25), date(2013, 2, 27)
CHUNKS = 4


def recorded(last: date) -> BarHistory:
    """Return every bar of a session and of the 20 before it, as the market serves them after its close."""
    starts = SLOTS.of(last)
    market = ReplayMarket(ManualClock(datetime.fromtimestamp(int(starts[-1]) + 305, UTC)), CALENDAR)
    history, _ = sifted(market.bars(market.symbols(), SLOTS.opened(int(starts[0]), SESSIONS)))
    return history


def sessions(chunk: int, count: int) -> list[date]:
    """Return sessions drawn at random; each chunk draws its own."""
    random = np.random.default_rng(chunk)
    found: list[date] = []
    while len(found) < count:
        day = FIRST + timedelta(days=int(random.integers((LAST - FIRST).days)))
        if len(SLOTS.of(day)) and all(day in days for days in recorded_days().values()):
            found.append(day)
    return found


def today(history: BarHistory) -> int:
    """Return how many bars the last session of a history has."""
    return int((history.starts >= SLOTS.opened(int(history.starts[-1])).timestamp()).sum())


def tenths(indicators: Indicators) -> list[list[int]]:
    scores = technical_scores(indicators)
    parts = (scores.rsi, scores.bollinger, scores.macd, scores.volume, scores.valid)
    return [part.astype(int).tolist() for part in parts]


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_recorded_symbol_has_the_indicators_of_ta_after_every_bar_of_a_session(chunk: int) -> None:
    for day in sessions(chunk, 2):
        history = recorded(day)
        first = len(history.starts) - today(history)
        board = board_of(part(history, slice(first + 1)))
        for bars in range(first + 1, len(history.starts) + 1, 11):
            board.take(part(history, slice(max(0, bars - 12), bars)))
            indicators = board.indicators()
            for row in range(len(history.symbols)):
                assert_as_ta(indicators, row, history.close[:bars, row])


def test_no_signal_at_a_bars_close_differs_when_the_same_bar_is_looked_at_later() -> None:
    signals = 0
    for day in sessions(9, 5):
        history = recorded(day)
        first = len(history.starts) - today(history)
        board = board_of(part(history, slice(first + 1)))
        for bar in range(first + 1, len(history.starts)):
            board.take(part(history, slice(bar - 3, bar + 1)))
            at_the_close = tenths(board.indicators())
            signals += int((np.abs(technical_scores(board.indicators()).total) >= 7).sum())
            assert tenths(board_of(part(history, slice(bar + 1))).indicators()) == at_the_close
    assert signals > 0


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_what_comes_after_a_bar_changes_no_score_up_to_it(chunk: int) -> None:
    random = np.random.default_rng(100 + chunk)
    for day in sessions(20 + chunk, 5):
        history = recorded(day)
        first = len(history.starts) - today(history)
        for bar in random.integers(first, len(history.starts) - 1, 10):
            late = random.uniform(0.5, 2, (5, len(history.starts), len(history.symbols)))
            late[:, : bar + 1] = 1
            opened, high, low, close, volume = history.stacked * late
            other = changed(history, open=opened, high=high, low=low, close=close, volume=np.rint(volume))
            board, told = board_of(part(other, slice(bar + 1))), board_of(part(history, slice(bar + 1)))
            assert tenths(board.indicators()) == tenths(told.indicators())
            board.take(part(other, slice(bar + 1, None)))  # and the bars that differ come to other scores
            told.take(part(history, slice(bar + 1, None)))
            assert board.indicators().rsi.tolist() != told.indicators().rsi.tolist()
