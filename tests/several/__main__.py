"""Kill several bots on one database: python -m tests.several --notices 500 --seed 7.

It stands here and in no module of a name, because every bot would import that one again.
"""

import argparse
import logging
import random
import sys
import tempfile
from itertools import product
from pathlib import Path

import structlog
from rich.console import Console

from tests.several.campaign import Campaign, Delivered
from tests.support.servers import Postgres


def line(campaign: Campaign, kind: str, found: Delivered) -> str:
    """Write what came of a campaign."""
    doubled = sum(times > 1 for times in found.posts.values())
    lost = len(set(campaign.keys) - set(found.posts))
    return (
        f"{campaign.bots} bots, {kind}: {campaign.notices} notices, {found.kills} kills, {found.recognised} in doubt "
        f"recognised, {doubled} doubled, {lost} lost, {len(found.disordered)} out of order, {found.seconds:.0f} s"
    )


def main() -> int:
    """Let two and three bots deliver, on both databases; 1 where a notice was lost, doubled or out of order."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--notices", type=int, default=500)
    parser.add_argument("--seed", type=int, default=None)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    seed = random.SystemRandom().randrange(1_000_000) if given.seed is None else given.seed
    say, breaches = Console().print, list[str]()
    say(f"seed {seed}")
    with tempfile.TemporaryDirectory() as name, Postgres.running(Path(name)) as postgres:
        for kind, bots in product(("sqlite", "postgresql"), (2, 3)):
            (folder := Path(name) / f"{kind}-{bots}").mkdir()
            database = postgres.new_database() if kind == "postgresql" else f"sqlite:///{folder / 'desk.db'}"
            campaign = Campaign(bots=bots, notices=given.notices, seed=seed, database=database, folder=folder)
            found = campaign.run()
            say(line(campaign, kind, found), soft_wrap=True)
            breaches += found.breaches(campaign.keys)
    for breach in breaches[:50]:
        say(breach, markup=False)
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
