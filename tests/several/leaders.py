"""Several processes that may lead, killed and paused again and again: never two lead, and one soon does.

`python -m tests.several.leaders --rounds 100 --seed 7`. Each process writes when it led, on the machine's own clock,
every few milliseconds, and only straight after it found that it does.
"""

import argparse
import os
import random
import signal
import struct
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Final

from engine.adapters.clock import SystemClock
from engine.adapters.sql.lease import SqlLease
from engine.adapters.sql.store import open_store
from engine.control.leadership import LEASE_SECONDS, Leadership
from tests.support.forks import fork
from tests.support.servers import Postgres

ROW: Final = struct.Struct("<Qd")
"""A term, and when it led (seconds of the machine's clock)."""
STEP: Final = 0.005
RENEWED: Final = 1.0
PROCESSES: Final = 3
PAUSES: Final = (2.0, 12.0)
"""Seconds of a pause: some are shorter than a lease and some longer."""
FOLLOWED_WITHIN: Final = 10.0


def lead(database: str, marks: Path) -> None:
    """Ask for the lease every second, and write down when this process leads, until it is killed."""
    clock = SystemClock()
    with closing(open_store(database)) as store, marks.open("ab", buffering=0) as file:
        leadership, due = Leadership(lease=SqlLease(store), clock=clock), 0.0
        while True:
            if clock.steady() >= due:
                leadership.renew()
                due = clock.steady() + RENEWED
            if leadership.leads():
                file.write(ROW.pack(leadership.term, clock.steady()))
            time.sleep(STEP)


@dataclass(frozen=True, kw_only=True)
class Led:
    """What came of it: how often somebody died or was paused, and after how many seconds another led each time."""

    kills: int
    pauses: int
    followed: Sequence[float]
    breaches: Sequence[str]


def campaign(database: str, folder: Path, *, rounds: int, seed: int) -> Led:
    """Kill or pause who leads, so many times."""
    dice, clock = random.Random(seed), SystemClock()  # noqa: S311 (a seed is the point of it)
    with closing(open_store(database)) as store:
        lease = SqlLease(store, me="a witness")
        running = dict(start(database, folder, number) for number in range(PROCESSES))
        kills = pauses = 0
        followed, number = list[float](), PROCESSES
        try:
            for _ in range(rounds):
                before, victim = leader(lease, running)
                began = clock.steady()
                if dice.random() < 0.5:
                    kills += 1
                    os.kill(victim, signal.SIGKILL)
                    running.pop(victim).join()
                    running |= [start(database, folder, number)]
                    number += 1
                else:
                    pauses += 1
                    os.kill(victim, signal.SIGSTOP)
                    time.sleep(dice.uniform(*PAUSES))
                    os.kill(victim, signal.SIGCONT)
                after, _ = leader(lease, running)
                if after != before:
                    followed.append(first_of(folder, after) - began)
        finally:
            for process in running.values():
                process.kill()
                process.join()
    late = [f"followed after {seconds:.1f} s" for seconds in followed if seconds > max(FOLLOWED_WITHIN, PAUSES[1])]
    return Led(kills=kills, pauses=pauses, followed=sorted(followed), breaches=[*overlaps(folder), *late])


def start(database: str, folder: Path, number: int) -> tuple[int, ForkServerProcess]:
    process = fork(folder / "leaders.log", lead, database, folder / f"{number}.led")
    assert process.pid
    return process.pid, process


def leader(lease: SqlLease, running: dict[int, ForkServerProcess]) -> tuple[int, int]:
    """Return the term that is now, and who leads in it, once somebody does."""
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        held = lease.held()
        pid = int(held.holder.split("/")[1]) if held and held.seconds > 0 and "/" in held.holder else 0
        if held and pid in running:
            return held.term, pid
        time.sleep(STEP)
    raise TimeoutError("nobody leads")


def first_of(folder: Path, term: int) -> float:
    """Return when a term's holder first led."""
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        if found := [at for marks in folder.glob("*.led") for known, at in rows(marks) if known == term]:
            return min(found)
        time.sleep(STEP)
    raise TimeoutError(f"nobody led in term {term}")


def rows(marks: Path) -> list[tuple[int, float]]:
    data = marks.read_bytes()
    return list(ROW.iter_unpack(data[: len(data) // ROW.size * ROW.size]))


def overlaps(folder: Path) -> list[str]:
    """Name every instant at which one led although another had begun to, in a later term."""
    led = sorted((at, term, marks.name) for marks in folder.glob("*.led") for term, at in rows(marks))
    found, newest = list[str](), 0
    for at, term, name in led:
        if term < newest:
            found.append(f"{name} led in term {term} at {at:.3f}, when term {newest} had begun")
        newest = max(newest, term)
    return found


def main() -> int:
    """Print what came of a campaign; 1 where two led at once, or nobody for too long."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=None)
    given = parser.parse_args()
    seed = random.SystemRandom().randrange(1_000_000) if given.seed is None else given.seed
    with tempfile.TemporaryDirectory() as name, Postgres.running(Path(name)) as postgres:
        (folder := Path(name) / "led").mkdir()
        found = campaign(postgres.new_database(), folder, rounds=given.rounds, seed=seed)
    half, last = found.followed[len(found.followed) // 2], found.followed[-1]
    sys.stdout.write(
        f"seed {seed}: {found.kills} kills, {found.pauses} pauses of {PAUSES[0]:.0f} to {PAUSES[1]:.0f} s, a lease of"
        f" {LEASE_SECONDS:.0f} s; another led {len(found.followed)} times, after {half:.2f} s (half),"
        f" {last:.2f} s (last);"
        f" two at once {len(found.breaches)}\n"
    )
    for breach in found.breaches[:20]:
        sys.stdout.write(f"{breach}\n")
    return 1 if found.breaches else 0


if __name__ == "__main__":
    sys.exit(main())
