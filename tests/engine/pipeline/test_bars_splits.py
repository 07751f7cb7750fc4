"""A split during a replayed desk: no score differs from that on the history as it is adjusted for good."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.replay import ReplayMarket
from engine.adapters.sql.store import SqlStore, open_store
from engine.common.service_health import ServiceHealth
from engine.common.universe import Universe
from engine.model.market import BarHistory, Snapshot, exchange_date
from engine.pipeline.bars import Bars
from engine.signals.board import board_of
from engine.signals.sift import sifted
from engine.signals.slots import SESSIONS, Slots, instant
from engine.signals.technical import technical_scores
from tests.engine.signals.prices import assert_equal
from tests.support.databases import sqlite_at
from tests.support.fakes.clock import ManualClock

CALENDAR = ExchangeCalendar()
SLOTS = Slots(CALENDAR, 300)
SYMBOLS = ("AAPL", "IBM", "MSFT")
EX_DATE = datetime(2012, 9, 6, tzinfo=UTC).date()
FIRST, LAST = datetime(2012, 9, 5, 18, 0, 5, tzinfo=UTC), datetime(2012, 9, 7, 15, 0, 5, tzinfo=UTC)


class SplitMarket:
    """A replay in which AAPL splits: from the ex-date on all its bars are told as if it had always been so."""

    label = "replay"

    def __init__(self, clock: ManualClock, ratio: float) -> None:
        self._clock = clock
        self._ratio = ratio
        self._real = ReplayMarket(clock, CALENDAR)

    def snapshots(self, symbols: Sequence[str]) -> tuple[Snapshot, ...]:
        return self._real.snapshots(symbols)

    def bars(self, symbols: Sequence[str], since: datetime) -> BarHistory:
        """Before the ex-date the old shares trade, `ratio` times as dear as those of the record."""
        history = self._real.bars(symbols, since)
        values = history.stacked
        if "AAPL" in symbols and exchange_date(self._clock.now()) < EX_DATE:
            column = symbols.index("AAPL")
            values[:4, :, column] *= self._ratio
            values[4, :, column] = np.rint(values[4, :, column] / self._ratio)
        elif "AAPL" in symbols:
            column = symbols.index("AAPL")
            values[4, :, column] = np.rint(np.rint(values[4, :, column] / self._ratio) * self._ratio)
        return BarHistory.of(symbols, history.starts, values)

    def daily_bars(self, symbols: Sequence[str], since: date) -> BarHistory:
        return self._real.daily_bars(symbols, since)


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    store = open_store(sqlite_at(tmp_path_factory.mktemp("desk") / "desk.db"))
    yield store
    store.close()


@pytest.mark.parametrize("ratio", [2.0, 0.1], ids=["2 for 1", "1 for 10"])
def test_no_score_differs_from_that_on_adjusted_history(store: SqlStore, ratio: float) -> None:
    clock = ManualClock(FIRST)
    market, watched = SplitMarket(clock, ratio), Universe(SYMBOLS, bar_seconds=300)
    bars = Bars(
        market=market,
        universe=watched,
        store=store,
        slots=SLOTS,
        clock=clock,
        services=ServiceHealth(store=store, clock=clock),
        delay=timedelta(seconds=5),
    )
    for start in SLOTS.between(FIRST, LAST):
        clock.set(instant(int(start)) + timedelta(seconds=305))
        assert bars() == instant(int(start))
        adjusted, _ = sifted(market.bars(SYMBOLS, SLOTS.opened(int(start), SESSIONS)))
        expected, found = board_of(adjusted).indicators(), watched.board.indicators()
        assert_equal(found, expected)
        assert technical_scores(found).total.tolist() == technical_scores(expected).total.tolist()
        assert found.valid.all()
