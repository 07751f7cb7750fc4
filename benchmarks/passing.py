"""A pass after a bar's close: 10,000 symbols from the JSON of a local server to proposals, all stages."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks.desk import desk
from benchmarks.figure import Figure, seconds
from benchmarks.quotes import quotes
from benchmarks.universe import Universe
from engine.adapters.alpaca.client import AlpacaAccess
from engine.adapters.alpaca.market import AlpacaMarket
from engine.adapters.alpaca.rate_limiter import RateLimiter
from engine.adapters.factory import Adapters
from engine.model.market import BarHistory, Snapshot
from engine.ports.clock import Clock
from engine.ports.market import Market
from engine.signals.slots import instant
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.calendar import WeekdayCalendar

PASSES = 12
LATE = timedelta(seconds=305)
"""From a bar's start to the pass that reads it."""


class _Warm:
    """A market that has a warm-up's bars in memory already, where a server would take minutes for them."""

    label = "alpaca-iex"

    def __init__(self, market: Market, universe: Universe, clock: Clock) -> None:
        self._market = market
        self._clock = clock
        chunks = list(universe.chunks())
        self._windows = {symbol: chunk for chunk in chunks for symbol in chunk.symbols}
        self._ahead = np.concatenate([chunk.close[-1] for chunk in chunks]) - 100

    def snapshots(self, symbols: Sequence[str]) -> tuple[Snapshot, ...]:
        now = self._clock.now()  # the server's prices are of one instant
        return tuple(replace(seen, at=now, quoted_at=now, day=None) for seen in self._market.snapshots(symbols))

    def bars(self, symbols: Sequence[str], since: datetime) -> BarHistory:
        window = self._windows[symbols[0]]
        if window.starts[0] == since.timestamp():
            return window
        served = self._market.bars(symbols, since)
        values = served.stacked
        values[:4] += self._ahead  # the server knows nothing of the walk that led here
        return BarHistory.of(symbols, served.starts, values)

    def daily_bars(self, symbols: Sequence[str], since: date) -> BarHistory:
        return self._market.daily_bars(symbols, since)


def bar_pass() -> list[Figure]:
    """Time passes after a bar's close: bars in, every symbol scored, prices of those worth it, proposals."""
    universe = Universe()
    with quotes() as url, tempfile.TemporaryDirectory() as folder:
        access = AlpacaAccess(key="key", secret="secret", budget=RateLimiter(1_000_000), data_url=url)
        opened = list[AlpacaMarket]()

        def on(adapters: Adapters) -> Adapters:
            opened.append(AlpacaMarket(access, adapters.clock, WeekdayCalendar()))
            return replace(adapters, market=_Warm(opened[0], universe, adapters.clock))

        with desk(Path(folder), universe.names, on) as harness:
            first, *later = (int(start) for start in universe.day)
            harness.clock.set(instant(first) + LATE)
            harness.engine.jobs.start()
            samples = [_pass(harness, start) for start in later[: PASSES + 2]]
            flaws = harness.engine.queries.health(LATE).bar_flaws
        opened[0].stop()
    assert set(flaws) <= {"corrected"}
    note = "50 requests of 200 symbols and up to 4 bars each; the first two passes are the warm-up"
    return [Figure.of("bar_pass", samples[2:], unit="s", goal=1.5, note=note)]


def _pass(harness: EngineHarness, start: int) -> float:
    """Return the seconds of the pass that reads a bar."""
    harness.clock.set(instant(start) + LATE)
    return seconds(harness.engine.jobs.process_bars)
