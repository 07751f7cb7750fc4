"""A bot that sleeps in the middle of an order while another one halts: python -m tests.faults.pauses --orders 200.

Two bots share one PostgreSQL. One of them is stopped (SIGSTOP, as a machine that is suspended) somewhere between the
approval and the first byte of the order; its session with the database is lost meanwhile, or not; the other one halts,
and perhaps resumes; then the first one wakes. No order of it may arrive after the halt.

The tool also measures what no look can guard: how long after the last look an order arrives at the broker.
"""

import argparse
import logging
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any, Final

import psycopg
import structlog
from rich.console import Console

from engine.adapters.alpaca.broker import AlpacaBroker
from engine.adapters.alpaca.client import AlpacaAccess
from engine.adapters.alpaca.rate_limiter import RateLimiter
from engine.adapters.desk_memory import FileMemory
from engine.adapters.factory import Adapters
from engine.adapters.keywords import KeywordScorer
from engine.adapters.sql.order_lock import ORDER_LOCK
from engine.adapters.sql.store import SqlStore
from engine.bootstrap import Engine, wire
from engine.errors import DeskError
from engine.model.desk import Request, Term
from engine.model.trade import Entry, Order, TradeState
from engine.pipeline.observe import Observation
from engine.ports.broker import LastLook, RequestGate, nothing_more, open_gate
from engine.settings import Settings
from tests.faults.child_process import BOLD, PRICES, propose_from
from tests.faults.clock import MovingClock
from tests.faults.simulated_market import FIRST_DAY
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.corporate_actions import FakeCorporateActions
from tests.support.fakes.market import FakeMarket
from tests.support.fakes.news import FakeNews
from tests.support.fakes.stream import FakePriceCache, FakeSignalStream
from tests.support.fakes.trades import a_signal
from tests.support.forks import fork, is_stopped
from tests.support.servers import Postgres
from tests.support.waiting import until

POINTS: Final = ("before the order lock", "under the order lock", "after the look", "before the first byte")
TRADER, ADMIN = Request(by="U0TRADER", said="/approve"), Request(by="U0ADMIN", said="/halt")
IMPATIENT: Final = 0.5
"""Seconds after which the bot that halts takes the lock over: shorter than in earnest, to be done sooner."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """Where a bot sleeps, what becomes of its lock meanwhile, and what the other one does."""

    point: str
    is_lost: bool
    resumes: bool

    def __str__(self) -> str:
        lock, after = "lost" if self.is_lost else "kept", ", then resume" if self.resumes else ""
        return f"{self.point}, lock {lock}, halt{after}"


CASES: Final = tuple(
    Case(point=point, is_lost=is_lost, resumes=resumes)
    for point, is_lost, resumes in product(POINTS, (False, True), (False, True))
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a bot finds what it shares with the other one, and what is its own."""

    folder: Path
    database: str
    broker: str
    keys: tuple[str, str]
    shift: timedelta


class Bed:
    """Lets a process sleep, once, at one point."""

    def __init__(self, point: str, flag: Path) -> None:
        self._point = point
        self._flag = flag

    def at(self, point: str) -> None:
        if point == self._point:
            self._point = ""
            self._flag.touch()
            os.kill(os.getpid(), signal.SIGSTOP)


class SleepyStore(SqlStore):
    """The database, with a bed on each side of its order lock."""

    def __init__(self, url: str, bed: Bed, patience: float) -> None:
        super().__init__(url, patience=patience)
        self._bed = bed

    @contextmanager
    def order_lock(self, *, urgent: bool = False) -> Iterator[Term]:
        self._bed.at("before the order lock")
        with super().order_lock(urgent=urgent) as term:
            self._bed.at("under the order lock")
            yield term


class SleepyBroker(AlpacaBroker):
    """The broker, with a bed on each side of what it does before an order leaves; `left` is when each one left."""

    def __init__(self, *given: Any, bed: Bed, left: list[float], **named: Any) -> None:
        super().__init__(*given, **named)
        self._bed = bed
        self._left = left

    def listen(self, on_update: Callable[[str], None]) -> None:
        """Call nobody back: the fake keeps one stream, and two bots would wait for each other's."""

    def submit(self, entry: Entry, last_look: Callable[[], None] = nothing_more) -> Order:
        self._bed.at("after the look")

        def look() -> None:
            self._bed.at("before the first byte")
            last_look()
            self._left.append(time.time())

        return super().submit(entry, look)

    def protect(
        self,
        client_order_id: str,
        symbol: str,
        shares: int,
        stop: Decimal,
        target: Decimal | None = None,
        last_look: LastLook = nothing_more,
    ) -> Order:
        def look() -> None:
            self._bed.at("before the first byte")
            last_look()

        return super().protect(client_order_id, symbol, shares, stop, target, look)

    def close(self, client_order_id: str, symbol: str, shares: int, gate: RequestGate = open_gate) -> Order:
        self._bed.at("before the request")
        requests = iter(("the cancel", "the sale", "more"))

        @contextmanager
        def slept_in() -> Iterator[LastLook]:
            with gate() as last_look:
                request = next(requests)
                self._bed.at(f"before {request}")

                def look() -> None:
                    self._bed.at(f"before the first byte of {request}")
                    last_look()

                yield look

        return super().close(client_order_id, symbol, shares, slept_in)


@dataclass(frozen=True, kw_only=True)
class Bot:
    """One bot; `left` has the instants at which its last looks ended."""

    engine: Engine
    store: SqlStore
    broker: AlpacaBroker
    clock: MovingClock
    market: FakeMarket
    left: list[float]

    def propose(self, symbol: str) -> str:
        """Let a symbol be proposed, and return the trade's id."""
        for name, price in PRICES.items():
            self.market.price(name, price)
        snapshots = {shot.symbol: shot for shot in self.market.snapshots(tuple(PRICES))}
        now = self.clock.now()
        signal_of_it = a_signal(symbol=symbol, at=now, price=snapshots[symbol].price)
        propose_from(self.engine, [signal_of_it], Observation(at=now, snapshots=snapshots))
        (trade,) = self.engine.queries.trades({TradeState.PROPOSED})
        return trade.id


def bot(place: Place, stack: ExitStack, bed: Bed, patience: float = 30.0) -> Bot:
    """Wire a bot, whose memory is its own: it runs on another machine."""
    clock, calendar, left = MovingClock(shift=place.shift), WeekdayCalendar(), list[float]()
    access = AlpacaAccess(
        key=place.keys[0], secret=place.keys[1], budget=RateLimiter(1_000_000), trading_url=place.broker
    )
    store, market = SleepyStore(place.database, bed, patience), FakeMarket(clock)
    broker = SleepyBroker(access, clock, calendar, bed=bed, left=left)
    stack.callback(store.close)
    stack.callback(broker.stop)
    for name, price in PRICES.items():
        market.price(name, price)
    adapters = Adapters(
        clock=clock,
        calendar=calendar,
        market=market,
        news=FakeNews(clock),
        scorer=KeywordScorer(),
        broker=broker,
        store=store,
        cache=FakePriceCache(),
        stream=FakeSignalStream(),
        corporate_actions=FakeCorporateActions(),
        memory=FileMemory(place.folder / "desk-state.json"),
    )
    settings = Settings.read(
        watchlist=tuple(PRICES), timezone="UTC", risk_per_trade="0.002", max_price_age_seconds=900, **BOLD
    )
    return Bot(engine=wire(settings, adapters), store=store, broker=broker, clock=clock, market=market, left=left)


def sleep_and_approve(place: Place, point: str, trade_id: str) -> None:
    """Approve a trade in a process of its own, and fall asleep at a point of it."""
    with ExitStack() as stack:
        sleeper = bot(place, stack, Bed(point, place.folder / "asleep"))
        try:
            sleeper.engine.commands.approve(trade_id, TRADER)
        except DeskError as error:
            sys.stdout.write(f"{type(error).__name__}: {error}")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a case: entries that arrived after the halt, seconds that the halt took, the trade's end."""

    late: tuple[str, ...]
    seconds: float
    said: str


@contextmanager
def places(folder: Path, database: str) -> Iterator[tuple[FakeAlpaca, Callable[[str], Place]]]:
    """Run a broker; gives it, and what makes a place for a bot by its name."""
    clock = MovingClock.starting(FIRST_DAY)
    with FakeAlpaca(clock, cash="1000000", strict=False) as alpaca:
        for symbol, price in PRICES.items():
            alpaca.price(symbol, price)

        def place(name: str) -> Place:
            (folder / name).mkdir()
            keys = alpaca.key, alpaca.secret
            return Place(
                folder=folder / name, database=database, broker=alpaca.trading_url, keys=keys, shift=clock.shift
            )

        yield alpaca, place


def play(case: Case, folder: Path, postgres: Postgres) -> Outcome:
    """Play one case."""
    database = postgres.new_database()
    with places(folder, database) as (alpaca, place), ExitStack() as stack:
        awake, asleep = bot(place("awake"), stack, Bed("", folder), IMPATIENT), place("asleep")
        trade_id = awake.propose("AAPL")
        sleeper = fork(folder / "log.txt", sleep_and_approve, asleep, case.point, trade_id)
        until((asleep.folder / "asleep").exists, 60)
        until(lambda: is_stopped(sleeper.pid or 0))
        if case.is_lost:
            lose_the_lock(database)
        began = time.monotonic()
        awake.engine.commands.halt(ADMIN, "stop now")
        took, halted_at = time.monotonic() - began, awake.clock.now()
        if case.resumes:
            awake.engine.commands.resume(ADMIN)
        os.kill(sleeper.pid or 0, signal.SIGCONT)
        sleeper.join(60)
        late = [taken.client_order_id for taken in alpaca.reader if taken.side == "buy" and taken.at > halted_at]
        said = (folder / "log.txt").read_text(encoding="utf-8").strip().rsplit("\n", 1)[-1]
        return Outcome(late=tuple(late), seconds=took, said=said)


def windows(folder: Path, postgres: Postgres, orders: int) -> list[float]:
    """Send orders one after the other, and return the seconds from each one's last look to its arrival."""
    with places(folder, postgres.new_database()) as (alpaca, place), ExitStack() as stack:
        alone = bot(place("alone"), stack, Bed("", folder))
        while len(alone.left) < orders:
            symbol = sorted(PRICES)[len(alone.left) % len(PRICES)]
            trade = alone.engine.commands.approve(alone.propose(symbol), TRADER)
            until(lambda: alone.engine.queries.trade(trade.id).state is TradeState.OPEN)  # noqa: B023 (called at once)
            alone.engine.commands.close(trade.id, TRADER)
            until(lambda: _is_closed(alone, trade.id))  # noqa: B023 (called at once)
            time.sleep(1)  # a symbol is proposed again after its quiet second
        bought = [taken.at - alone.clock.shift for taken in alpaca.reader if taken.side == "buy"]
        return sorted(at.timestamp() - left for at, left in zip(bought, alone.left, strict=True))


def _is_closed(alone: Bot, trade_id: str) -> bool:
    alone.engine.jobs.order_changed(trade_id)
    return alone.engine.queries.trade(trade_id).state is TradeState.CLOSED


def lose_the_lock(database: str) -> None:
    """End every session that holds the order lock, as a failover or a dead connection does."""
    holders = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND granted"
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(holders, [ORDER_LOCK])


def main() -> int:
    """Play every case, measure the window, print both; 1 where an order arrived after a halt."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=100)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    say, too_late = Console().print, 0
    with tempfile.TemporaryDirectory() as name, Postgres.running(Path(name)) as postgres:
        for number, case in enumerate(CASES):
            (folder := Path(name) / str(number)).mkdir()
            outcome = play(case, folder, postgres)
            too_late += len(outcome.late)
            say(f"{case}: {len(outcome.late)} orders after it; it took {outcome.seconds:.2f} s; {outcome.said}")
        (folder := Path(name) / "windows").mkdir()
        found = windows(folder, postgres, given.orders)
    parts = (f"{1000 * found[min(len(found) - 1, int(part * len(found)))]:.1f}" for part in (0.5, 0.99, 1))
    say("from the last look to the broker, p50 {} ms, p99 {} ms, slowest {} ms".format(*parts))
    return 1 if too_late else 0


if __name__ == "__main__":
    sys.exit(main())
