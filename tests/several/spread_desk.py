"""A desk of several processes on real servers, each of which can be killed, paused, and started again."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Final, Self

from sqlalchemy import text

from bot.local_slack.launch import ADMIN, CHANNEL, TRADER
from bot.local_slack.people import Person
from bot.local_slack.rules import UNHURRIED
from bot.local_slack.seed import Json
from bot.local_slack.server import LocalSlack
from bot.runtime import ProcessRole
from engine.adapters.sql.lease import SqlLease
from engine.adapters.sql.store import SqlStore, open_store
from engine.errors import StoreUnavailable
from tests.faults.copies import Loss
from tests.scenarios.grown import at_alpaca, bars_of
from tests.several.role import serve
from tests.several.shared_clock import SharedClock
from tests.support.environment import NAMES, in_workspace
from tests.support.fakes import worked_example
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.forks import fork, is_stopped
from tests.support.servers import Postgres, Valkey
from tests.support.slack_harness import QUICK, workspace
from tests.support.waiting import until

ROOT: Final = Path(__file__).parents[2]
SPEED: Final = 10.0
"""Market seconds a real second: a pause of 5 to 120 s of the desk's takes 0.5 to 12 s."""
PRICE: Final = "150.25"
SYMBOLS: Final = (
    *("AAPL", "AMD", "AMZN", "CAT", "CSCO", "DIS"),
    *("GOOG", "IBM", "INTC", "KO", "META", "NVDA"),
)
"""One of them has the example's bars at each round. Who takes over reads the bars of all: few are read soon."""
APART: Final = timedelta(minutes=15)
"""Market time between two signals."""
ROLES: Final = (*("api",) * 2, *("worker",) * 3, *("scheduler",) * 2)
BOLD: Final = {
    "MAX_DAILY_LOSS": "0",
    "MAX_DRAWDOWN": "0",
    "LOSING_STREAK": "0",
    "MAX_TRADES_A_DAY": "0",
    "MAX_PRICE_AGE_SECONDS": "900",
    "BAR_DELAY_SECONDS": "1",
    "ALPACA_REQUESTS": "100000",
    "BREAKER_SECONDS": "2",
}
"""Nothing but its ceiling keeps the desk from trading; a circuit breaker that opened closes within seconds."""
EARLY: Final = timedelta(minutes=15)
"""Market time before the first signal at which the processes start."""
HEADLINE_BEFORE: Final = timedelta(minutes=3)
LOOK: Final = 0.02
ALIVE: Final = text(
    "SELECT count(*) FROM leases WHERE name LIKE :names AND expires_at > extract(epoch FROM clock_timestamp())"
)


@dataclass
class Member:
    """One process of the desk; the same again once it was killed."""

    name: str
    role: str
    process: ForkServerProcess | subprocess.Popen[bytes]
    code: Path | None = None

    @property
    def pid(self) -> int:
        assert self.process.pid
        return self.process.pid

    def tell(self, what: signal.Signals) -> None:
        """Send a signal to it, and to the processes that it has."""
        with suppress(ProcessLookupError):
            if isinstance(self.process, subprocess.Popen):
                os.killpg(self.pid, what)
            else:
                os.kill(self.pid, what)

    def wait(self, seconds: float = 10.0) -> int | None:
        """Wait until it has ended, and return its exit code; None while it has not."""
        if isinstance(self.process, subprocess.Popen):
            return self.process.wait(seconds)
        self.process.join(seconds)
        return self.process.exitcode

    @property
    def has_ended(self) -> bool:
        """Whether it ended by itself."""
        if isinstance(self.process, subprocess.Popen):
            return self.process.poll() is not None
        return not self.process.is_alive()


@dataclass(frozen=True, kw_only=True)
class Begun:
    """Since when (real, monotonic) a term of the lease goes on, and in which process."""

    term: int
    pid: int
    at: float


@dataclass(kw_only=True)
class SpreadDesk:
    """The desk of the example on `task_broker`, and all that outlives its processes."""

    folder: Path
    clock: SharedClock
    alpaca: FakeAlpaca
    slack: LocalSlack
    store: SqlStore
    environment: Mapping[str, str]
    plan: Mapping[str, datetime]
    members: dict[str, Member] = field(default_factory=dict)
    terms: list[Begun] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    prices: dict[str, str] = field(default_factory=dict)
    _ends: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)
    _killing: Lock = field(default_factory=Lock)

    @classmethod
    @contextmanager
    def open(
        cls,
        folder: Path,
        postgres: Postgres,
        valkey: Valkey,
        task_broker: str,
        *,
        symbols: tuple[str, ...] = SYMBOLS,
        roles: tuple[str, ...] = ROLES,
    ) -> Iterator[Self]:
        """Start a process of each of these roles, and wait until one leads."""
        database = postgres.new_database()
        clock = SharedClock.begin(folder / "clock", worked_example.AT - EARLY, SPEED)
        cash = str(worked_example.CASH)
        with ExitStack() as stack:
            alpaca = stack.enter_context(FakeAlpaca(clock, cash=cash, slippage_bp="2", strict=False))
            slack = stack.enter_context(workspace(replace(QUICK, tiers=UNHURRIED)))
            store = stack.enter_context(closing(open_store(database)))
            environment = {
                **in_workspace(slack),
                **{name.upper(): value for name, value in at_alpaca(alpaca).items()},
                **BOLD,
                "TRADERS": TRADER.id,
                "WATCHLIST": ",".join((*symbols, "MSFT", "TSLA")),
                "TIMEZONE": "Asia/Seoul",
                "DATABASE_URL": database,
                "REDIS_URL": valkey.url,
                "CELERY_BROKER_URL": task_broker,
                "HTTP_PORT": "0",
                "LOG_FORMAT": "json",
            }
            plan = {symbol: worked_example.AT + number * APART for number, symbol in enumerate(symbols)}
            desk = cls(
                folder=folder,
                clock=clock,
                alpaca=alpaca,
                slack=slack,
                store=store,
                environment=environment,
                plan=plan,
            )
            desk._set_the_scene()
            stack.callback(desk._end)
            for number, role in enumerate(roles):
                desk.start(f"{role}-{number}", role)
            for watch in (desk._watch_the_lease, desk._show_prices):
                Thread(target=watch, daemon=True).start()
            until(lambda: desk.terms or not roles, 90)
            yield desk

    def _set_the_scene(self) -> None:
        """Let the market have its bars, the account MSFT and TSLA, and the database their trades."""
        worked_example.hold_msft_and_tsla(self.store)
        for symbol, shares, price in worked_example.PRICES:
            self.alpaca.hold(symbol, shares, price)
            self.prices[symbol] = price
        for symbol, over in self.plan.items():
            self.alpaca.bars(symbol, bars_of(worked_example.history(over)))
            self.alpaca.news(worked_example.HEADLINE.text, symbol, at=over - HEADLINE_BEFORE)
            self.prices[symbol] = PRICE
        self._show()

    def _show(self) -> None:
        for symbol, price in dict(self.prices).items():
            self.alpaca.price(symbol, price)

    def _show_prices(self) -> None:
        while not self._ends.wait(1.0):
            with self._lock:
                self._show()

    def push(self, symbol: str, price: str) -> None:
        """Let a symbol trade at a price from now on."""
        with self._lock:
            self.prices[symbol] = price
            self.alpaca.price(symbol, price)

    # Processes

    def start(self, name: str, role: str, code: Path | None = None) -> Member:
        """Start a process, or start it again; `code` is where its version of the program is, this one unless told."""
        own = {"DATA_DIR": str(self.folder / name)} | ({"SLACK_APP_TOKEN": ""} if role == "scheduler" else {})
        given = {**self.environment, **own}
        log = self.folder / f"{name}.log"
        process: ForkServerProcess | subprocess.Popen[bytes]
        if role == "worker" or code:
            kept = {key: value for key, value in os.environ.items() if key.upper() not in NAMES}
            clock = self.clock
            time_of = [str(clock.file), clock.start.isoformat(), str(clock.began), str(clock.speed)]
            program = ["bot", "worker"] if role == "worker" else ["tests.several.role", role, *time_of]
            with log.open("ab") as out:
                process = subprocess.Popen(  # noqa: S603 (our own)
                    [sys.executable, "-m", *program],
                    cwd=self.folder,
                    env={**kept, "HOME": str(self.folder), "PYTHONPATH": str(code or ROOT), **given},
                    stdout=out,
                    stderr=out,
                    start_new_session=True,
                )
        else:
            process = fork(log, serve, ProcessRole(role), given, self.clock)
        self.members[name] = Member(name=name, role=role, process=process, code=code)
        return self.members[name]

    def stop(self, name: str) -> None:
        """Let a process end in order."""
        member = self.members.pop(name)
        member.tell(signal.SIGTERM)
        member.wait(60)

    def kill(self, name: str) -> None:
        """Kill a process and start it again; one after the other, so that of two kills no second one is started."""
        with self._killing:
            member = self.members[name]
            member.tell(signal.SIGKILL)
            member.wait()
            self.start(name, member.role, member.code)

    def pause(self, name: str, seconds: float) -> None:
        """Stop a process for so many real seconds."""
        member = self.members[name]
        member.tell(signal.SIGSTOP)
        until(lambda: is_stopped(member.pid) or member.has_ended)
        time.sleep(seconds)
        member.tell(signal.SIGCONT)

    def leader(self) -> str:
        """Name the process that leads, '' while the one that led last is gone."""
        pid = self.terms[-1].pid
        return next((member.name for member in self.members.values() if member.pid == pid), "")

    def alive(self, role: str) -> int:
        """Count the processes of a role that said lately that they are there."""
        with self.store.apart() as connection:
            return int(connection.execute(ALIVE, {"names": f"process:{role}:%"}).scalar_one())

    def victim(self, dice: random.Random) -> str:
        """Name a process: the leader most often."""
        leader = self.leader()
        is_leader = leader and dice.random() < 0.4
        return leader if is_leader else dice.choice([name for name in self.members if name != leader])

    def _watch_the_lease(self) -> None:
        lease = SqlLease(self.store, me="a witness")
        while not self._ends.wait(LOOK):
            with suppress(StoreUnavailable):
                held = lease.held()
                if held and held.holder and (not self.terms or held.term != self.terms[-1].term):
                    pid = int(held.holder.split("/")[1])
                    self.terms.append(Begun(term=held.term, pid=pid, at=time.monotonic()))

    def _end(self) -> None:
        self._ends.set()
        for member in self.members.values():
            member.tell(signal.SIGKILL)
            member.wait()
        time.sleep(2 * LOOK)  # who watches ends before the database is closed

    # People

    @property
    def trader(self) -> Person:
        return Person(self.slack.url, TRADER.id)

    @property
    def admin(self) -> Person:
        return Person(self.slack.url, ADMIN.id)

    def messages(self) -> list[Json]:
        """Return what the whole channel can read, threads included."""
        channel = self.trader.messages(CHANNEL.id)
        threads = [self.trader.messages(CHANNEL.id, each["ts"]) for each in channel if each["reply_count"]]
        everything = {each["ts"]: each for part in (channel, *threads) for each in part}
        return [each for each in everything.values() if not each["ephemeral"]]
