"""A campaign: a desk is killed again and again in the middle of its work, and every time the three promises must hold.

The dice of the victims, of the exchange and of the deaths come from the seed; how threads and processes interleave does
not, so a seed repeats a campaign in kind and not to the microsecond.
"""

import math
import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import Any, Final

from tests.faults.child_process import live
from tests.faults.judgement import Judgement, judge
from tests.faults.kill_points import AT_A_HALT, AT_THE_BROKER, COMMITS, ON_THE_STREAM, Diary
from tests.faults.rehearsal import DATABASE
from tests.faults.simulated_market import World
from tests.support.forks import CONTEXT, end_with_parent, fork, is_stopped, killed, preload
from tests.support.servers import Postgres, Valkey, in_memory
from tests.support.waiting import until

HALT_LOST: Final = 0.5
"""How often a halt that holds when its desk dies is lost: the database is put back to before it."""
AFTER_A_FALL: Final = 2.0
"""Seconds that a life goes on once its database fell back under it, unless it comes to its point before."""
ENDS: Final = (
    (AT_THE_BROKER, 6, 2.0),
    (COMMITS, 40, 2.0),
    (ON_THE_STREAM, 6, 3.0),
    (AT_A_HALT, 2, 3.0),
    ((), 1, 3.0),
)
"""At which points a victim ends, how often it passes one of them at most, and for how many seconds it works at most.

Without points it ends at any moment. Of 159 that were to die at the broker two came there in their third second.
"""
LOG: Final = "victim.log"


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """How many deaths, from which seed, on which database ('sqlite' or 'postgresql').

    `restores` is how often the database is put back between two lives, `falls` how often it falls back under one.
    After each `chapter` of kills it begins with an empty database, because the fake's memory is slow when full. `jobs`
    is how many processes play chapters, 0 for this one alone; what is found does not depend on it.
    """

    kills: int
    seed: int
    database: str
    restores: float = 0.1
    falls: float = 0.06
    chapter: int = 50
    jobs: int = 0
    say: Callable[[str], None] = lambda _: None

    def run(self) -> Judgement:
        """Run to the end, and return what was found."""
        found, done = Judgement(), 0
        with tempfile.TemporaryDirectory(dir=in_memory(), ignore_cleanup_errors=True) as name, ExitStack() as stack:
            folder = Path(name)
            new_database = stack.enter_context(databases(self.database, folder))
            chapters = [*self._chapters(folder, new_database)]
            judged: Iterator[Judgement] = map(play, chapters)
            if self.jobs:
                rehearsals = [new_database(_room(folder, f"rehearsal-{number}")) for number in range(self.jobs)]
                judged = stack.enter_context(workers(rehearsals)).map(play, chapters)
            for chapter, judgement in zip(chapters, judged, strict=True):
                found.add(judgement)
                done += chapter.kills
                self.say(f"{done} kills, {len(found.breaches)} breaches")
        return found

    def _chapters(self, folder: Path, new_database: Callable[[Path], str]) -> Iterator["Chapter"]:
        """Plan the chapters; each has its own dice, so what it throws depends on no other, nor on who plays it."""
        dice = random.Random(self.seed)  # noqa: S311 (a seed is the point of it)
        for number, first in enumerate(range(0, self.kills, self.chapter)):
            part = _room(folder, f"chapter-{number}")
            yield Chapter(
                folder=part,
                database=new_database(part),
                kills=min(self.chapter, self.kills - first),
                seed=dice.randrange(1_000_000),
                parts=not number % 2,
                restores=self.restores,
                falls=self.falls,
            )


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """The lives on one database, in a folder of its own; in one with `parts` a target sells a part of a trade."""

    folder: Path
    database: str
    kills: int
    seed: int
    parts: bool
    restores: float
    falls: float

    def play(self, world: World) -> Judgement:
        """Kill so often, let one life settle, and judge."""
        diary = Diary(world.folder / "diary.txt")
        # The world's own dice are thrown as often as time allows, so what they say of restores would hang on the load.
        restores = random.Random(world.dice.randrange(1_000_000))  # noqa: S311 (a seed is the point of it)
        touched = 0
        for _ in range(self.kills):
            before = len(world.alpaca.requests)
            one_death(world, diary, self.falls)
            touched += any(request.method != "GET" for request in world.alpaca.requests[before:])
            world.let_time_pass()
            world.watch(diary)
            if restores.random() < (HALT_LOST if world.halted else self.restores):
                world.put_back(before=world.halted)
        world.calm()
        settle(world)
        notes = diary.read()
        diary.close()
        found = judge(world, notes)
        points = [f"killed {note.detail}" for note in notes if note.what == "died"]
        found.seen.update(
            {"kills": self.kills, "lives that sent orders": touched, "kills anywhere": self.kills - len(points)}
        )
        found.seen.update(points)
        return found


def _room(folder: Path, name: str) -> Path:
    room = folder / name
    room.mkdir()
    return room


def play(chapter: Chapter) -> Judgement:
    """Play a chapter in a world of its own, of which nothing stays."""
    try:
        with (
            Valkey(chapter.folder) as valkey,
            World.open(chapter.folder, chapter.database, valkey.url, chapter.seed, parts=chapter.parts) as world,
        ):
            return chapter.play(world)
    finally:
        shutil.rmtree(chapter.folder, ignore_errors=True)


def workers(databases: Sequence[str]) -> ProcessPoolExecutor:
    """Return processes that play chapters side by side, and end with this one, however it ends.

    There are as many as databases, on each of which one rehearses.
    """
    rehearsed_on = CONTEXT.SimpleQueue()
    for database in databases:
        rehearsed_on.put(database)
    return ProcessPoolExecutor(len(databases), mp_context=CONTEXT, initializer=_prepare, initargs=(rehearsed_on,))


def _prepare(rehearsed_on: "SimpleQueue[str]") -> None:
    end_with_parent()
    os.environ[DATABASE] = rehearsed_on.get()
    preload("tests.faults.rehearsed")


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[Callable[[Path], str]]:
    """Give what makes a new database for a chapter."""
    if kind == "sqlite":
        yield lambda part: f"sqlite:///{part / 'desk.db'}"
        return
    with Postgres.running(folder) as server:
        yield lambda _: server.new_database()


def one_death(world: World, diary: Diary, chance: float) -> None:
    """Let a victim live until it is killed, by itself at its point or else by us, most often while it trades.

    `chance` is that its database falls back meanwhile, at once where the desk is halted.
    """
    points, most, longest = world.dice.choices(ENDS, (6, 2, 1, 1, 1))[0]
    world.copies.take(world.clock.now())  # from before whatever this life does, so there is one to put back
    process, works = begin(world, points=points, passes=world.dice.randint(1, most)), False
    if world.dice.random() < 0.9:  # the others may die while they read the database
        while process.is_alive() and not works:
            works = world.watch(diary)
            process.join(0.02)
    now = time.monotonic()
    ends = now + (longest if points else world.dice.uniform(0.01, longest))
    falls = now + world.dice.uniform(0.1, 1.5) if world.dice.random() < chance else math.inf
    while process.is_alive() and time.monotonic() < ends:
        if world.dice.random() < 0.1:
            world.move()
        if world.dice.random() < 0.04:
            world.copies.take(world.clock.now())
        works = world.watch(diary) or works
        if falls < math.inf and works and (world.halted or time.monotonic() > falls):
            fail_over(world, process)
            falls, ends = math.inf, time.monotonic() + AFTER_A_FALL  # it falls once
        process.join(0.02)
    killed(process, world.folder / LOG)
    until(lambda: not world.alpaca.is_listened_to)


def fail_over(world: World, process: ForkServerProcess) -> None:
    """Let the database fall back under a desk that runs.

    Another file comes into the place of SQLite's while the desk does nothing: to put it there beside one who writes
    would spoil both files. Of PostgreSQL another server takes over, and every connection is cut.
    """
    is_file = world.database.startswith("sqlite")
    if is_file and not _stopped(process):
        return
    try:
        world.put_back(before=world.halted, while_it_runs=True)
    finally:
        if is_file:
            _tell(process, signal.SIGCONT)


def _stopped(process: ForkServerProcess) -> bool:
    """Stop a process; False where it is dead."""
    _tell(process, signal.SIGSTOP)
    until(lambda: not process.is_alive() or is_stopped(process.pid or 0))
    return process.is_alive()


def _tell(process: ForkServerProcess, what: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(process.pid or 0, what)


def settle(world: World) -> None:
    """Let one life bring everything to rest."""
    process = begin(world, settles=True)
    process.join(120)
    if process.exitcode != 0:
        process.kill()
        raise RuntimeError(f"the last life did not settle ({process.exitcode}): {last_words(world)}")


def begin(world: World, **how: Any) -> ForkServerProcess:
    """Start a life."""
    return fork(world.folder / LOG, live, world.life(**how))


def last_words(world: World) -> str:
    """Return the end of what the victims logged."""
    return (world.folder / LOG).read_text(encoding="utf-8")[-2000:]
