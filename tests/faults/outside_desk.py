"""The world of a desk in whose account other hands trade: a fake Alpaca, a clock, a database that can be put back."""

import atexit
import itertools
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Protocol

from engine.adapters.alpaca.broker import AlpacaBroker
from engine.adapters.desk_memory import FileMemory
from engine.adapters.factory import Adapters
from engine.adapters.keywords import KeywordScorer
from engine.adapters.sql.store import SqlStore, open_store
from engine.bootstrap import Engine, wire
from engine.model.desk import DeskState
from engine.model.trade import Entry, Order, OrderRole, Trade, TradeState
from engine.ports.broker import LastLook, nothing_more
from engine.settings import Settings
from tests.engine.adapters.alpaca.access import access_to
from tests.engine.backtest.parity import with_exits
from tests.faults.child_process import BOLD
from tests.support.databases import sqlite_at
from tests.support.fakes import worked_example
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.corporate_actions import FakeCorporateActions
from tests.support.fakes.market import FakeMarket
from tests.support.fakes.news import FakeNews
from tests.support.fakes.stream import FakePriceCache, FakeServer, FakeSignalStream
from tests.support.servers import Postgres, in_memory

PRICES: Final = {"AAPL": "150.25", "IBM": "190.75", "MSFT": "420.80", "NVDA": "120.55"}
CASH: Final = "300000"
NO_MORE: Final[Mapping[str, str]] = {}
PARTS: Final[Mapping[str, str]] = {"partial": "0.4", "trail": "0.02"}
"""Exits of which the target sells a part, and the rest is trailed."""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """Exits as they left for the broker: prices in dollars a share, and the market's then; `entry` is that they do."""

    at: datetime
    name: str
    symbol: str
    stop: Decimal | None
    target: Decimal | None
    market: Decimal
    desk: DeskState | None = None


class Databases(Protocol):
    """What makes, copies, names and drops databases."""

    def new(self) -> str:
        """Return the URL of a new one."""
        ...

    def copy(self, url: str) -> str:
        """Return the URL of a copy of one that nobody has open."""
        ...

    def drop(self, url: str) -> None:
        """Give back the room of one that nobody has open."""
        ...


class SqliteFiles:
    """Databases in files of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count()

    def new(self) -> str:
        return sqlite_at(self._file())

    def copy(self, url: str) -> str:
        file = self._file()
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as source, closing(sqlite3.connect(file)) as copy:
            source.backup(copy)
        return f"sqlite:///{file}"

    def drop(self, url: str) -> None:
        for end in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + end).unlink(missing_ok=True)

    def _file(self) -> Path:
        return self._folder / f"desk-{next(self._numbers)}.db"


class PostgresDatabases:
    """Databases of a running server."""

    def __init__(self, server: Postgres) -> None:
        self._server = server

    def new(self) -> str:
        return self._server.new_database()

    def copy(self, url: str) -> str:
        return self._server.copy_of(url)

    def drop(self, url: str) -> None:
        self._server.drop(url)


@cache
def server() -> Databases | None:
    """Return the PostgreSQL that DATABASE asks for, which runs until the tests end; None for SQLite."""
    if os.environ.get("DATABASE") != "postgresql":
        return None
    stack = ExitStack()
    atexit.register(stack.close)
    folder = Path(stack.enter_context(TemporaryDirectory(dir=in_memory(), ignore_cleanup_errors=True)))
    return PostgresDatabases(stack.enter_context(Postgres.running(folder)))


class WitnessBroker(AlpacaBroker):
    """The real adapter; what leaves by it is noted, with the market's price, and how the desk stood, at that moment."""

    world: "World"

    def submit(self, entry: Entry, last_look: Callable[[], None] = nothing_more) -> Order:
        order = super().submit(entry, last_look)
        self.world.note(entry.client_order_id, entry.symbol, entry.stop, entry.target, self.world.desk_state())
        return order

    def protect(
        self,
        client_order_id: str,
        symbol: str,
        shares: int,
        stop: Decimal,
        target: Decimal | None = None,
        last_look: LastLook = nothing_more,
    ) -> Order:
        self.world.note(client_order_id, symbol, stop, target)
        return super().protect(client_order_id, symbol, shares, stop, target, last_look)

    def replace(self, order: Order, price: Decimal, last_look: LastLook = nothing_more) -> Order:
        is_stop = order.role is OrderRole.STOP
        if order.symbol in self.world.prices:  # else it stands under the name that a company had before
            self.world.note(order.client_order_id, order.symbol, price if is_stop else None, None if is_stop else price)
        return super().replace(order, price, last_look)

    def listen(self, on_update: Callable[[str], None]) -> None:
        """Call nobody back: a thread of its own would make each game another one, and reconciling must do alone."""


class World:
    """A life of a desk after another, on one account."""

    def __init__(self, databases: Databases, folder: Path, exits: Mapping[str, str]) -> None:
        self.clock = ManualClock(worked_example.AT)
        self.calendar = WeekdayCalendar()
        self.fake = FakeAlpaca(self.clock, cash=CASH, strict=False)
        self.market = FakeMarket(self.clock)
        self.prices = {symbol: Decimal(price) for symbol, price in PRICES.items()}
        self.announced = FakeCorporateActions()
        self.sent: list[Sent] = []
        self.settings = Settings.read(
            watchlist=tuple(PRICES),
            timezone="UTC",
            risk_per_trade="0.003",
            max_price_age_seconds=900,
            strategy=str(with_exits(folder / "mine.toml", exits)),
            **BOLD,
        )
        self._databases = databases
        self._folder = folder
        self._stream = FakeServer()
        self.url = databases.new()
        self._urls = [self.url]
        self.store: SqlStore
        self.broker: WitnessBroker
        self.engine: Engine

    @classmethod
    @contextmanager
    def open(cls, databases: Databases | None = None, exits: Mapping[str, str] = NO_MORE) -> Iterator["World"]:
        """Open an account with a desk that has begun, whose strategy has other `exits` than the seed's."""
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory(dir=in_memory())))
            world = cls(databases or SqliteFiles(folder), folder, exits)
            stack.callback(world.drop_databases)
            stack.enter_context(world.fake)
            world.show_prices()
            world.begin_life()
            stack.callback(world.end_life)
            yield world

    def begin_life(self) -> None:
        """Let a process begin on the database as it is."""
        self.store = open_store(self.url)
        self.broker = WitnessBroker(access_to(self.fake), self.clock, self.calendar, patience=0.05)
        self.broker.world = self
        adapters = Adapters(
            clock=self.clock,
            calendar=self.calendar,
            market=self.market,
            news=FakeNews(self.clock),
            scorer=KeywordScorer(),
            broker=self.broker,
            corporate_actions=self.announced,
            store=self.store,
            cache=FakePriceCache(),
            stream=FakeSignalStream(self._stream, "engine"),
            memory=FileMemory(self._folder / "desk-state.json"),
        )
        self.engine = wire(self.settings, adapters)
        self.engine.jobs.start()

    def end_life(self) -> None:
        """Let the process end."""
        self.broker.stop()
        self.store.close()

    def copied(self) -> str:
        """Return the URL of a copy of the database as it is now; the process ends for it, and another begins."""
        self.end_life()
        copy = self._copied(self.url)
        self.begin_life()
        return copy

    def put_back(self, copy: str) -> None:
        """Let the process end, and another begin on a database of before."""
        self.end_life()
        self.url = self._copied(copy)
        self.begin_life()

    def drop_databases(self) -> None:
        """Give back the room of all that was ever open here: a long game makes thousands."""
        for url in self._urls:
            self._databases.drop(url)

    def _copied(self, url: str) -> str:
        self._urls.append(self._databases.copy(url))
        return self._urls[-1]

    def note(
        self, name: str, symbol: str, stop: Decimal | None, target: Decimal | None, desk: DeskState | None = None
    ) -> None:
        """Note what leaves for the broker."""
        self.sent.append(
            Sent(
                at=self.clock.now(),
                name=name,
                symbol=symbol,
                stop=stop,
                target=target,
                market=self.prices[symbol],
                desk=desk,
            )
        )

    def desk_state(self) -> DeskState:
        with self.store.reading() as reader:
            return reader.desk().state

    def trades(self, *states: TradeState) -> tuple[Trade, ...]:
        with self.store.reading() as reader:
            return reader.trades(states)

    def price(self, symbol: str, price: Decimal) -> None:
        """Let a symbol trade at a price."""
        self.prices[symbol] = price
        self.show_prices()

    def show_prices(self) -> None:
        """Let every symbol trade again at its price."""
        for symbol, price in self.prices.items():
            self.fake.price(symbol, str(price))
            self.market.price(symbol, price)

    def pass_time(self, seconds: float) -> None:
        """Let time pass at the same prices."""
        self.clock.advance(seconds)
        self.show_prices()

    def run_jobs(self) -> None:
        """Run each job of the timetable once."""
        for job in (
            self.engine.jobs.reconcile,
            self.engine.jobs.poll_unconfirmed,
            self.engine.jobs.housekeeping,
            self.engine.jobs.decide_proposals,
        ):
            job()

    def come_to_rest(self) -> None:
        """Let some time pass, and the jobs run, until nothing is on its way any more."""
        for seconds in (1, 3, 3, 31, 3, 3, 3):
            self.pass_time(seconds)
            self.run_jobs()
        self.engine.jobs.monitor_risk()
