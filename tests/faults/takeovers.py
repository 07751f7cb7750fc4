"""A leader that sleeps on its way to the broker while another process takes over: python -m tests.faults.takeovers.

Two processes share one PostgreSQL and one account. The one that leads is stopped (SIGSTOP) at a point of an order's
way, from the gate to the request; its session is cut, or not; its lease runs out, the other one leads in a later term,
takes over what was begun, and halts; then the first one wakes. Nothing of it may arrive from then on.
"""

import logging
import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from pathlib import Path
from typing import Final

import structlog
from rich.console import Console

from engine.adapters.sql.lease import SqlLease
from engine.errors import DeskError
from engine.model.trade import TradeState
from tests.faults.pauses import ADMIN, IMPATIENT, POINTS, TRADER, Bed, Bot, Place, bot, lose_the_lock, places
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.forks import fork, is_stopped
from tests.support.servers import Postgres
from tests.support.waiting import until

SHORT: Final = 0.3
"""Seconds of the sleeper's lease: shorter than in earnest, to be followed sooner."""
EVERYTHING: Final = 1_000_000
FOREIGN: Final = 1_000
"""Shares that come into the account while the sleeper sleeps: a late sale would find something to sell."""


class Errand(StrEnum):
    """What the leader is about to do."""

    ENTRY = "an entry"
    SALE = "a sale"
    STOP = "a stop"


WAY: Final = {
    Errand.ENTRY: POINTS,
    Errand.SALE: (
        "before the order lock",
        "under the order lock",
        "before the request",
        "before the cancel",
        "before the first byte of the cancel",
        "before the sale",
        "before the first byte of the sale",
    ),
    Errand.STOP: ("before the order lock", "under the order lock", "before the first byte"),
}
"""The points of each way to the broker at which the leader sleeps, in their order."""


@dataclass(frozen=True, kw_only=True)
class Takeover:
    """What the leader is about to do, where it sleeps, and whether its lock is lost meanwhile.

    The other process halts before an entry, or else sends it itself; what exits would sell, somebody sells by hand. So
    no id that is known already keeps them.
    """

    errand: Errand
    point: str
    is_lost: bool
    halts: bool = True

    def __str__(self) -> str:
        lock = "lost" if self.is_lost else "kept"
        return f"{self.errand}, {self.point}, lock {lock}{'' if self.halts else ', no halt'}"


TAKEOVERS: Final = (
    *(
        Takeover(errand=errand, point=point, is_lost=is_lost)
        for errand, points in WAY.items()
        for point, is_lost in product(points, (False, True))
    ),
    *(Takeover(errand=Errand.ENTRY, point=point, is_lost=True, halts=False) for point in POINTS),
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one: orders that arrived after the sleeper woke, how many bought, and shares held in the end."""

    late: tuple[str, ...]
    bought: int
    held: int
    live: tuple[str, ...]
    said: str


def lead_and_sleep(place: Place, case: Takeover, trade_id: str) -> None:
    """Lead, in a process of its own, and fall asleep at a point of an errand."""
    with ExitStack() as stack:
        leader = bot(place, stack, Bed(case.point, place.folder / "asleep"))
        lease = SqlLease(leader.store)
        taken = lease.take(SHORT)
        assert taken
        try:
            with lease.in_charge(taken.term):
                _run(leader, case.errand, trade_id)
        except DeskError as error:
            sys.stdout.write(f"{type(error).__name__}: {error}")


def _run(leader: Bot, errand: Errand, trade_id: str) -> None:
    if errand is Errand.ENTRY:
        leader.engine.commands.approve(trade_id, TRADER)
    elif errand is Errand.SALE:
        leader.engine.commands.close(trade_id, TRADER)
    else:
        leader.engine.jobs.protect()


def play(case: Takeover, folder: Path, postgres: Postgres) -> Outcome:
    """Play one takeover."""
    database = postgres.new_database()
    with places(folder, database) as (alpaca, place), ExitStack() as stack:
        other, asleep = bot(place("awake"), stack, Bed("", folder), IMPATIENT), place("asleep")
        trade_id = other.propose("AAPL")
        if case.errand is not Errand.ENTRY:
            _hold(other, trade_id, is_bare=case.errand is Errand.STOP)
        sleeper = fork(folder / "log.txt", lead_and_sleep, asleep, case, trade_id)
        until((asleep.folder / "asleep").exists, 60)
        until(lambda: is_stopped(sleeper.pid or 0))
        if case.is_lost:
            lose_the_lock(database)
        lease = SqlLease(other.store)
        taken = until(lambda: lease.take(600))
        assert taken
        with lease.in_charge(taken.term):
            _take_over(other, case, trade_id, alpaca)
        alpaca.hold("AAPL", FOREIGN, "150.25")
        woken_at = other.clock.now()
        os.kill(sleeper.pid or 0, signal.SIGCONT)
        sleeper.join(60)
        return _outcome(alpaca, woken_at.timestamp(), folder / "log.txt")


def _hold(other: Bot, trade_id: str, *, is_bare: bool) -> None:
    """Buy what a trade proposes, and where it is to be bare take its stop away."""
    other.engine.commands.approve(trade_id, TRADER)
    until(lambda: _state(other, trade_id) is TradeState.OPEN)
    if is_bare:
        for order in other.broker.orders():
            for part in order.parts:
                other.broker.cancel(part)


def _take_over(other: Bot, case: Takeover, trade_id: str, alpaca: FakeAlpaca) -> None:
    """Begin as a leader does; then halt, send the entry, or see that somebody sold by hand what was held."""
    if case.errand is not Errand.ENTRY:
        alpaca.leave_by_hand("AAPL", EVERYTHING)
    other.engine.jobs.start()
    if case.errand is not Errand.ENTRY:
        until(lambda: _is_over(other, trade_id), 15)
    elif case.halts:
        other.engine.commands.halt(ADMIN, "stop now")
    else:
        until(lambda: _state(other, trade_id) is TradeState.OPEN, 30)


def _is_over(other: Bot, trade_id: str) -> bool:
    other.engine.jobs.reconcile()
    return _state(other, trade_id) is TradeState.CLOSED


def _state(other: Bot, trade_id: str) -> TradeState:
    other.engine.jobs.poll_unconfirmed()
    other.engine.jobs.order_changed(trade_id)
    return other.engine.queries.trade(trade_id).state


def _outcome(alpaca: FakeAlpaca, woken_at: float, log: Path) -> Outcome:
    taken = alpaca.reader
    held = [int(position["qty"]) for position in alpaca.positions if position["symbol"] == "AAPL"]
    alive = {"new", "accepted", "held", "partially_filled", "pending_new"}
    return Outcome(
        late=tuple(order.client_order_id for order in taken if order.at.timestamp() > woken_at),
        bought=sum(order.side == "buy" for order in taken),
        held=sum(held),
        live=tuple(order["client_order_id"] for order in alpaca.orders if order["status"] in alive),
        said=log.read_text(encoding="utf-8").strip().rsplit("\n", 1)[-1],
    )


def main() -> int:
    """Play every takeover and print what came of it; 1 where anything arrived after the sleeper woke."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    say, too_late = Console(width=160).print, 0
    say("| errand | paused | lock | then | orders after it | bought |\n| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name, Postgres.running(Path(name)) as postgres:
        for number, case in enumerate(TAKEOVERS):
            (folder := Path(name) / str(number)).mkdir()
            found = play(case, folder, postgres)
            too_late += len(found.late)
            lock = "lost" if case.is_lost else "kept"
            then = "taken over, halted" if case.halts else "taken over"
            if case.errand is not Errand.ENTRY:
                then = "taken over, sold by hand"
            say(f"| {case.errand} | {case.point} | {lock} | {then} | {len(found.late)} | {found.bought} |")
    return 1 if too_late else 0


if __name__ == "__main__":
    sys.exit(main())
