"""Kill desks while the first line is silent: python -m tests.calling --proposals 1000 --seed 7 --database both.

It stands here and in no module of a name, because every desk would import that one again.
"""

import argparse
import logging
import random
import sys
import tempfile
from pathlib import Path

import structlog
from rich.console import Console

from tests.calling.campaign import Campaign
from tests.support.servers import Postgres


def main() -> int:
    """Run a campaign on each database, or on one; 1 where somebody was not called, or called twice or for nothing."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--proposals", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    seed = random.SystemRandom().randrange(1_000_000) if given.seed is None else given.seed
    say, breaches = Console().print, list[str]()
    say(f"seed {seed}")
    kinds = ("sqlite", "postgresql") if given.database == "both" else (given.database,)
    with tempfile.TemporaryDirectory() as name, Postgres.running(Path(name)) as postgres:
        for kind in kinds:
            (folder := Path(name) / kind).mkdir()
            database = postgres.new_database() if kind == "postgresql" else f"sqlite:///{folder / 'desk.db'}"
            found = Campaign(proposals=given.proposals, seed=seed, database=database, folder=folder).run()
            say(found.line(kind), soft_wrap=True)
            breaches += found.breaches
    for breach in breaches[:50]:
        say(breach, markup=False)
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
