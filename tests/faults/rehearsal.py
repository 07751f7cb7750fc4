"""A desk lives in the server that victims are forked from, so no victim pays for what a process makes only once.

That is, for one, what every statement became, for the kind of database that the campaign uses.
"""

from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.faults.child_process import Victim
from tests.faults.simulated_market import World
from tests.support.servers import Valkey, in_memory
from tests.support.waiting import until

DATABASE: Final = "REHEARSAL_DATABASE"
"""The variable that names the server's database."""
LIVES: Final = 3
"""Each but the first finds what the one before left, as victims do."""
ASKED: Final = 120
"""Requests to the broker in each."""
SEED: Final = 1


def rehearse(database: str) -> None:
    """Live some lives, which leave nothing but what they made this process know."""
    with TemporaryDirectory(dir=in_memory()) as name, Path(name, "log").open("w") as log, redirect_stdout(log):
        folder = Path(name)
        with Valkey(folder) as valkey, World.open(folder, database, valkey.url, SEED, parts=True) as world:
            for life in range(1, LIVES + 1):
                victim = Victim(world.life())
                victim.begin()
                threads = victim.work()
                until(partial(_has_asked, world, life * ASKED), 120)
                victim.end(threads)


def _has_asked(world: World, times: int) -> bool:
    if world.dice.random() < 0.05:
        world.move()
    return len(world.alpaca.requests) >= times
