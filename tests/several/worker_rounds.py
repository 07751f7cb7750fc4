"""Workers killed, stopped and cut off from their broker again and again, while a desk asks: every answer comes once.

`python -m tests.several.worker_rounds --rounds 30 --seed 7`.
"""

import argparse
import logging
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Final

import structlog

from tests.several.steps import SHORT
from tests.several.workplace import Workplace
from tests.support.servers import Postgres, Valkey, in_memory

STEPS: Final = 12
"""Tasks that are asked for in each round; some of them hang for the first who tries."""
LONGEST: Final = 90.0
"""Seconds within which a round's answers must be there."""


@dataclass(kw_only=True)
class Rounds:
    """What came of it: what was done to the workers, how many answers came from whom, and what went wrong."""

    did: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    tries: int = 0
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)


def play(workplace: Workplace, valkey: Valkey, *, rounds: int, seed: int) -> Rounds:
    """Ask for tasks, so many times, and do something to who does them meanwhile."""
    dice, found = random.Random(seed), Rounds()  # noqa: S311 (a seed is the point of it)
    deeds: dict[str, Callable[[], None]] = {
        "a process killed": lambda: _kill_a_child(workplace, dice),
        "a worker killed": workplace.kill,
        "a worker stopped": lambda: _stop_for(workplace, dice.uniform(0.5, 4)),
        "the broker restarted": lambda: _restart(valkey, dice.uniform(0, 2)),
        "nothing": lambda: None,
    }
    for number in range(rounds):
        workplace.start()
        steps = [workplace.step(how=dice.choice(("answer", "answer", "answer", "hang"))) for _ in range(STEPS)]
        name = dice.choice(list(deeds))
        found.did[name] += 1
        began = time.monotonic()
        with _beside(dice.uniform(0, 1), deeds[name]):
            done = workplace.ask(*steps, kind=SHORT, patience=3.0)
        found.slowest = max(found.slowest, took := time.monotonic() - began)
        found.tries += sum(len(step.begun()) for step in steps)
        found.answers.update("who asked" if each.pid == os.getpid() else "workers" for each in done)
        sys.stderr.write(f"{number} {name}: {took:.1f} s\n")
        if {each.name for each in done} != {step.name for step in steps} or took > LONGEST:
            found.wrong.append(f"round {number}, {name}: {len(done)} of {STEPS} answers after {took:.1f} s")
        if stray := [step.name for step, each in zip(steps, done, strict=False) if each.pid not in step.begun()]:
            found.wrong.append(f"round {number}, {name}: answers of nobody who began: {stray}")
    return found


def _kill_a_child(workplace: Workplace, dice: random.Random) -> None:
    if workplace.process is None:
        return
    pid = workplace.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    if children:
        os.kill(int(dice.choice(children)), signal.SIGKILL)


def _stop_for(workplace: Workplace, seconds: float) -> None:
    workplace.signal(signal.SIGSTOP)
    time.sleep(seconds)
    workplace.signal(signal.SIGCONT)


def _restart(valkey: Valkey, seconds: float) -> None:
    valkey.stop()
    time.sleep(seconds)
    valkey.start()


@contextmanager
def _beside(wait: float, act: Callable[[], None]) -> Iterator[None]:
    def later() -> None:
        time.sleep(wait)
        act()

    thread = Thread(target=later)
    thread.start()
    yield
    thread.join()


def main() -> int:
    """Print what came of it; 1 where an answer is missing."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--seed", type=int, default=None)
    given = parser.parse_args()
    seed = random.SystemRandom().randrange(1_000_000) if given.seed is None else given.seed
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with (
        tempfile.TemporaryDirectory(dir=in_memory(), ignore_cleanup_errors=True) as name,
        Postgres.running(Path(name)) as postgres,
        Valkey(Path(name)) as valkey,
        Workplace.open(Path(name), postgres.new_database(), valkey.url) as workplace,
    ):
        found = play(workplace, valkey, rounds=given.rounds, seed=seed)
        counts = workplace.rows.counts()
    did = ", ".join(f"{name} {count}" for name, count in sorted(found.did.items()))
    sys.stdout.write(
        f"seed {seed}: {did}; {sum(found.answers.values())} answers, by {dict(found.answers)}, {found.tries} tries;"
        f" slowest round {found.slowest:.1f} s; set aside {counts.set_aside}, refused {counts.refused};"
        f" wrong {len(found.wrong)}\n"
    )
    for each in found.wrong:
        sys.stdout.write(f"{each}\n")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
