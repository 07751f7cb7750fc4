"""A replay's clock is fast: between two readings of it the market may have gone on by more than clocks ever differ."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.replay import DEMO_START, ReplayMarket
from engine.adapters.sql.store import open_store
from engine.common.service_health import ServiceHealth
from engine.common.universe import Universe
from engine.pipeline.observe import Observe
from tests.support.databases import sqlite_at
from tests.support.fakes.stream import FakePriceCache


class HastyClock:
    """A clock that runs on by some seconds with each reading."""

    speed = 10_000.0

    def __init__(self, seconds: float) -> None:
        self._now = DEMO_START
        self._seconds = seconds

    def now(self) -> datetime:
        self._now += timedelta(seconds=self._seconds)
        return self._now

    def steady(self) -> float:
        return 0.0


@pytest.mark.parametrize("seconds", [0.5, 6, 30, 80])
def test_no_price_of_a_replay_is_refused_because_its_clock_went_on_meanwhile(tmp_path: Path, seconds: float) -> None:
    clock, store = HastyClock(seconds), open_store(sqlite_at(tmp_path / "desk.db"))
    market = ReplayMarket(clock, ExchangeCalendar())
    observe = Observe(
        market=market,
        cache=FakePriceCache(),
        universe=Universe(market.symbols(), bar_seconds=300),
        clock=clock,
        services=ServiceHealth(store=store, clock=clock),
        oldest=timedelta(seconds=90),
    )
    for _ in range(20):
        assert len(observe(clock.now()).snapshots) == 5
        assert observe.price("AAPL", clock.now()) is not None
    assert not observe.refused
    store.close()
