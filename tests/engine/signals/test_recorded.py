"""The indicators against the `ta` package on the recorded prices, at two hundred instants drawn at random."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.replay import ReplayMarket
from engine.model.market import BarHistory, Session
from engine.signals.indicators import PriceBoard
from tests.engine.signals.prices import assert_as_ta
from tests.fakes.clock import ManualClock

FIRST, LAST = datetime(2012, 6, 4, tzinfo=UTC), datetime(2013, 2, 28, tzinfo=UTC)
SECONDS = int((LAST - FIRST).total_seconds())
INSTANTS, CHUNKS = 200, 4
BARS = 150


def instants(chunk: int, calendar: ExchangeCalendar) -> list[datetime]:
    """Return instants of regular trading, every symbol recorded; each chunk draws its own."""
    random = np.random.default_rng(chunk)
    found: list[datetime] = []
    while len(found) < INSTANTS // CHUNKS:
        at = FIRST + timedelta(seconds=int(random.integers(SECONDS)))
        if calendar.session(at) is Session.REGULAR:
            found.append(at)
    return found


def assert_all_as_ta(board: PriceBoard, closes: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> None:
    indicators = board.indicators()
    for row in range(len(board.symbols)):
        assert_as_ta(indicators, row, closes[:, row])


def tick(board: PriceBoard, market: ReplayMarket) -> list[float]:
    snapshots = market.snapshots(board.symbols)
    assert len(snapshots) == len(board.symbols)
    board.tick(
        rows=board.rows_of([snapshot.symbol for snapshot in snapshots]),
        times=np.array([int(snapshot.at.timestamp() * 1_000_000) for snapshot in snapshots]),
        prices=np.array([float(snapshot.price) for snapshot in snapshots]),
        volumes=np.array([snapshot.volume for snapshot in snapshots]),
        spreads=np.array([snapshot.spread_bp for snapshot in snapshots], np.int32),
    )
    return [float(snapshot.price) for snapshot in snapshots]


def starts_a_bar(history: BarHistory, at: datetime) -> bool:
    return int(at.timestamp()) // 300 * 300 > int(history.starts[-1])


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_recorded_symbol_has_the_indicators_of_ta_closed_and_provisional(chunk: int) -> None:
    calendar = ExchangeCalendar()
    clock = ManualClock(FIRST)
    market = ReplayMarket(clock, calendar)
    for at in instants(chunk, calendar):
        clock.set(at)
        board = PriceBoard(market.symbols())
        history = market.history(board.symbols, BARS)
        board.warm(history)
        assert_all_as_ta(board, history.close)
        prices = tick(board, market)
        closed = history.close if starts_a_bar(history, at) else history.close[:-1]
        assert_all_as_ta(board, np.vstack([closed, prices]))
