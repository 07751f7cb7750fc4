"""What a desk holds depends on the bars alone: not on when it was started, nor how often, nor where they came from."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from engine.adapters.alpaca.market import AlpacaMarket
from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.replay import ReplayMarket
from engine.adapters.sql.store import SqlStore, open_store
from engine.common.service_health import ServiceHealth
from engine.common.universe import Universe
from engine.model.market import BarHistory
from engine.pipeline.bars import Bars
from engine.ports.market import Market
from engine.signals.indicators import Indicators
from engine.signals.slots import SESSIONS, Slots, instant
from tests.engine.adapters.alpaca.access import access_to
from tests.engine.signals.prices import assert_as_ta, assert_equal
from tests.support.databases import sqlite_at
from tests.support.fakes.alpaca.market import Bar
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.clock import ManualClock

Source = Callable[[ManualClock, BarHistory], AbstractContextManager[Market]]

CALENDAR = ExchangeCalendar()
SLOTS = Slots(CALENDAR, 300)
SYMBOLS = ("AAPL", "IBM", "MSFT")
PRE, END = datetime(2012, 9, 5, 8, 0, tzinfo=UTC), datetime(2012, 9, 6, 15, 0, 5, tzinfo=UTC)
"""From before one session to the middle of the next."""
BAR, DELAY = timedelta(minutes=5), timedelta(seconds=5)
LOOK = timedelta(seconds=305)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    store = open_store(sqlite_at(tmp_path_factory.mktemp("desk") / "desk.db"))
    yield store
    store.close()


@pytest.fixture(scope="module")
def recorded() -> BarHistory:
    """Every bar that any desk here may read."""
    since = SLOTS.opened(int(PRE.timestamp()), SESSIONS + 2)
    return ReplayMarket(ManualClock(END), CALENDAR).bars(SYMBOLS, since)


@contextmanager
def replay(clock: ManualClock, recorded: BarHistory) -> Iterator[Market]:
    del recorded
    yield ReplayMarket(clock, CALENDAR)


@contextmanager
def alpaca(clock: ManualClock, recorded: BarHistory) -> Iterator[Market]:
    with FakeAlpaca(clock, strict=False) as fake:
        for column, symbol in enumerate(recorded.symbols):
            rows = zip(recorded.starts, recorded.stacked[:, :, column].T, strict=True)
            fake.bars(symbol, [_bar(int(start), *values) for start, values in rows])
        market = AlpacaMarket(access_to(fake), clock, CALENDAR)
        yield market
        market.stop()


def _bar(start: int, *values: float) -> Bar:
    opened, high, low, close, volume = map(float, values)
    return Bar(at=instant(start), open=opened, high=high, low=low, close=close, volume=int(volume))


class Desk:
    """What a desk knows of its bars; a restart forgets it all."""

    def __init__(self, market: Market, clock: ManualClock, store: SqlStore) -> None:
        self._market, self._clock, self._store = market, clock, store
        self.restart()

    def restart(self) -> None:
        self._watched = Universe(SYMBOLS, bar_seconds=300)
        self._bars = Bars(
            market=self._market,
            universe=self._watched,
            store=self._store,
            slots=SLOTS,
            clock=self._clock,
            services=ServiceHealth(store=self._store, clock=self._clock),
            delay=DELAY,
        )
        self._bars.warm_up()

    def look(self) -> Indicators:
        self._bars()
        return self._watched.board.indicators()


def looks(start: datetime) -> Iterator[datetime]:
    """Yield when a desk looks: a few seconds after the close of every bar from an instant on."""
    for slot in SLOTS.between(start - BAR, END):
        yield instant(int(slot)) + LOOK


@pytest.fixture(scope="module")
def whole(recorded: BarHistory, store: SqlStore) -> dict[datetime, Indicators]:
    """What a desk that runs from the first instant on holds after each bar: that, and what `ta` says of its window."""
    clock, found = ManualClock(PRE), dict[datetime, Indicators]()
    desk = Desk(ReplayMarket(clock, CALENDAR), clock, store)
    for at in looks(PRE):
        clock.set(at)
        found[at] = desk.look()
        last = SLOTS.last(at) or 0
        is_in_it = (recorded.starts >= SLOTS.opened(last, SESSIONS).timestamp()) & (recorded.starts <= last)
        for column in range(len(SYMBOLS)):
            assert_as_ta(found[at], column, recorded.close[is_in_it, column])
    return found


@pytest.mark.parametrize("source", [replay, alpaca])
def test_desks_that_start_at_any_instant_and_start_again_hold_the_same_after_their_first_bar(
    source: Source, recorded: BarHistory, whole: dict[datetime, Indicators], store: SqlStore
) -> None:
    random, seconds = np.random.default_rng(14), int((END - PRE).total_seconds())
    for begun in random.integers(0, seconds - 7_200, 20).tolist():
        clock = ManualClock(PRE + timedelta(seconds=begun))
        with source(clock, recorded) as market:
            desk, bars = Desk(market, clock, store), list(looks(clock.now()))[:25]
            again = {bars[place] for place in random.integers(0, len(bars), 2)}
            for at in bars:
                if at in again:
                    clock.set(at - timedelta(seconds=100))
                    desk.restart()
                clock.set(at)
                assert_equal(desk.look(), whole[at])
