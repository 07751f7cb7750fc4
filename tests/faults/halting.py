"""Halts in the middle of the work: python -m tests.faults.halting --runs 200 --seed 1.

A desk trades as hard as it can while somebody types /halt, again and again: how long until the halt is committed, and
did the broker take any entry after that?
"""

import argparse
import logging
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from rich.console import Console

from engine.model.desk import DeskState, Request
from tests.faults.child_process import Victim
from tests.faults.halts_held import after_halt
from tests.faults.kill_points import Diary, Note
from tests.faults.simulated_market import World
from tests.support.servers import Valkey
from tests.support.waiting import until

HALTER = Request(by="U0HALTER", said="/halt")


@dataclass(frozen=True, kw_only=True)
class Halts:
    """What came of them: entries that the broker took, those it took too late, seconds from command to commit.

    `waits` are the seconds of these in which other writers had their turn at the database.
    """

    entries: int
    too_late: tuple[str, ...]
    seconds: tuple[float, ...]
    waits: tuple[float, ...]


def spread(seconds: Sequence[float]) -> str:
    """Write how long something took, in milliseconds."""
    ordered = sorted(seconds)
    parts = [ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000 for share in (0.5, 0.99, 1)]
    return "p50 {:.1f} ms, p99 {:.1f} ms, slowest {:.1f} ms".format(*parts)


def halts(folder: Path, runs: int, seed: int, *, is_quiet: bool = False) -> Halts:
    """Halt a desk so often, while it trades as hard as it can or, quiet, while only its timetable runs."""
    diary, seconds = Diary(folder / "diary.txt"), list[float]()
    database = f"sqlite:///{folder / 'desk.db'}"
    with Valkey(folder) as valkey, World.open(folder, database, valkey.url, seed) as world:
        victim = Victim(world.life())
        victim.begin()
        threads = victim.work(is_quiet=is_quiet)
        while len(seconds) < runs:
            taken = halt_once(world, victim, diary, is_quiet=is_quiet)
            if taken is not None:
                seconds.append(taken)
        victim.end(threads)
        entries = world.entries
        too_late = tuple(after_halt(entries, diary.read()))
    diary.close()
    return Halts(entries=len(entries), too_late=too_late, seconds=tuple(seconds), waits=tuple(victim.waits))


def halt_once(world: World, victim: Victim, diary: Diary, *, is_quiet: bool) -> float | None:
    """Halt once the broker has taken another entry; return the seconds, None when somebody else was quicker.

    In a quiet desk nobody buys, so it is halted as soon as it is active again.
    """
    before = len(world.entries)

    def works() -> bool:
        if victim.engine.queries.desk().state is not DeskState.ACTIVE:
            victim.engine.commands.resume(HALTER)
        return is_quiet or len(world.entries) > before

    until(works, 60)
    world.move()  # stops and targets end trades, so that there is always something to buy
    asked = world.clock.now()
    victim.engine.commands.halt(HALTER, "practice")
    committed = [note for note in switches(diary) if note.what == "halted" and note.at >= asked]
    desk = victim.engine.queries.desk()
    mine = bool(committed) and (desk.state is not DeskState.HALTED or desk.by == HALTER.by)
    return (committed[0].at - asked).total_seconds() if mine else None


def switches(diary: Diary) -> Sequence[Note]:
    """Return the halts and resumes so far."""
    return [note for note in diary.read() if note.what in {"halted", "resumed"}]


def main() -> int:
    """Print what was measured; 1 when an entry was taken too late."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    seed = random.SystemRandom().randrange(1_000_000) if given.seed is None else given.seed
    too_late = 0
    for is_quiet in (True, False):
        with tempfile.TemporaryDirectory() as folder:
            found = halts(Path(folder), given.runs, seed, is_quiet=is_quiet)
        too_late += len(found.too_late)
        Console().print(
            f"seed {seed}, {'quiet' if is_quiet else 'under load'}: {len(found.seconds)} halts, "
            f"{found.entries} entries, {len(found.too_late)} after a halt",
            f"  from command to commit: {spread(found.seconds)}",
            f"  of which waiting for the writers' turn: {spread(found.waits)}",
            *found.too_late,
            sep="\n",
        )
    return 1 if too_late else 0


if __name__ == "__main__":
    sys.exit(main())
