"""A campaign: a desk is killed again and again in the middle of its work, and every time the three promises must hold.

The dice of the victims, of the exchange and of the deaths come from the seed; how threads and processes interleave does
not, so a seed repeats a campaign in kind and not to the microsecond.
"""

import multiprocessing
import os
import random
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Final

from tests.faults import victim
from tests.faults.fate import POINTS, Diary
from tests.faults.judgement import Judgement, judge
from tests.faults.world import World
from tests.servers import Postgres, Valkey, until

CHAPTER: Final = 50
"""Kills on one set of books; the next chapter begins with empty ones, because the fake's memory is slow when full."""
LONGEST_LIFE: Final = 0.6
"""Seconds of work after which a victim that never came to its point is killed anyway."""

# The server from which victims are forked has everything imported: a life costs a fork, not a start of Python.
FORKS: Final = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([victim.__name__])


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """How many deaths, from which seed, on which database ('sqlite' or 'postgresql')."""

    kills: int
    seed: int
    database: str
    say: Callable[[str], None] = lambda _: None

    def run(self) -> Judgement:
        """Run to the end, and return what was found."""
        found, dice = Judgement(), random.Random(self.seed)  # noqa: S311 (a seed is the point of it)
        with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
            folder = Path(name)
            new_database = stack.enter_context(databases(self.database, folder))
            for first in range(0, self.kills, CHAPTER):
                kills = min(CHAPTER, self.kills - first)
                part = folder / f"chapter-{first}"
                part.mkdir()
                with (
                    Valkey(part) as valkey,
                    World.open(part, new_database(part), valkey.url, dice.randrange(1_000_000)) as world,
                ):
                    found.add(chapter(world, kills))
                self.say(f"{first + kills} kills, {len(found.breaches)} breaches")
        return found


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[Callable[[Path], str]]:
    """Give what makes a new database for a chapter."""
    if kind == "sqlite":
        yield lambda part: f"sqlite:///{part / 'desk.db'}"
        return
    with Postgres.running(folder) as server:
        yield lambda _: server.new_database()


def chapter(world: World, kills: int) -> Judgement:
    """Kill so often, let one life settle, and judge."""
    diary = Diary(world.folder / "diary.txt")
    points: list[str] = []
    for _ in range(kills):
        points.append(one_death(world))
        world.let_time_pass()
    world.calm()
    settle(world)
    notes = diary.read()
    diary.close()
    found = judge(world, notes)
    found.seen.update({"kills": kills, "kills at a point": sum(point != "" for point in points)})
    return found


def one_death(world: World) -> str:
    """Let a victim live until it is killed; return the point at which it was, empty for any moment."""
    point = world.dice.choice(POINTS) if world.dice.random() < 0.5 else ""
    process, working = begin(world.life(point=point, passes=world.dice.randrange(1, 4)))
    if world.dice.random() < 0.85:  # the others may die while they learn the truth
        while process.is_alive() and not working.wait(0.05):
            pass
    ends = time.monotonic() + (LONGEST_LIFE if point else world.dice.uniform(0.01, LONGEST_LIFE))
    while process.is_alive() and time.monotonic() < ends:
        if world.dice.random() < 0.04:
            world.move()
        process.join(0.02)
    was_alive = process.is_alive()
    with suppress(ProcessLookupError):
        os.kill(process.pid or 0, signal.SIGKILL)
    process.join(10)
    if process.exitcode != -signal.SIGKILL:
        raise RuntimeError(f"a victim ended by itself with {process.exitcode}: {last_words(world)}")
    until(lambda: not world.alpaca.is_listened_to)
    return "" if was_alive else point


def settle(world: World) -> None:
    """Let one life bring everything to rest."""
    process, _ = begin(world.life(settles=True))
    process.join(120)
    if process.exitcode != 0:
        process.kill()
        raise RuntimeError(f"the last life did not settle ({process.exitcode}): {last_words(world)}")


def begin(life: victim.Life) -> tuple[ForkServerProcess, Event]:
    """Start a life; the event is set once it trades."""
    working = FORKS.Event()
    process = FORKS.Process(target=victim.live, args=(life, working))
    process.start()
    return process, working


def last_words(world: World) -> str:
    """Return the end of what the victims logged."""
    return (world.folder / "victim.log").read_text(encoding="utf-8")[-2000:]
