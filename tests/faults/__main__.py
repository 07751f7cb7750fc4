"""Run a campaign from the command line: python -m tests.faults --kills 200 --seed 1 --database sqlite.

It stands here and in no module of a name, because every victim would import that one again.
"""

import argparse
import math
import os
import random
import sys
import time
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.faults.campaign import Campaign
from tests.faults.judgement import Judgement

JOBS: Final = math.ceil(1.5 * (os.cpu_count() or 1))
"""Half as many again as there are cores: a victim waits a third of its time."""


def promises(found: Judgement) -> dict[str, int]:
    """Count what must be zero."""
    rows = {
        "orders doubled": found.doubled,
        "trades lost": found.lost,
        "buys that nobody allowed": found.not_allowed,
        "orders after a halt": found.after_halt,
        "halts lost": found.halts_lost,
        "notices lost": found.notices_lost,
        "positions without a stop": found.unprotected,
        "faults": found.faults,
    }
    return {name: len(lines) for name, lines in rows.items()}


def table(campaign: Campaign, found: Judgement, seconds: float) -> Table:
    """Show what was found."""
    shown = Table(title=f"{campaign.database}, seed {campaign.seed}, {seconds:.0f} s", show_header=False)
    for name, count in found.seen.items():
        shown.add_row(name, f"{count:,}")
    shown.add_section()
    for name, count in promises(found).items():
        shown.add_row(name, f"[{'red' if count else 'green'}]{count}[/]")
    return shown


def line(campaign: Campaign, found: Judgement, seconds: float) -> str:
    """Write all of it in one line, but for the points at which it was killed."""
    counts = {name: count for name, count in found.seen.items() if not name.startswith("killed ")} | promises(found)
    told = ", ".join(f"{name} {count:,}" for name, count in counts.items())
    return f"{campaign.database}, seed {campaign.seed}, {seconds:.0f} s: {told}"


def conclusion(campaign: Campaign, found: Judgement, seconds: float) -> list[str]:
    """Tell the breaches, and last the counts, which the record reads there."""
    return [*found.breaches[:50], line(campaign, found, seconds)]


def main() -> int:
    """Run a campaign from the command line; 1 when a promise was broken."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--jobs", type=int, default=JOBS, help="chapters at once")
    given = parser.parse_args()
    seed = random.SystemRandom().randrange(1_000_000) if given.seed is None else given.seed
    console = Console()
    console.print(f"seed {seed}")
    campaign = Campaign(kills=given.kills, seed=seed, database=given.database, jobs=given.jobs, say=console.print)
    began = time.monotonic()
    found = campaign.run()
    seconds = time.monotonic() - began
    console.print(table(campaign, found, seconds))
    for told in conclusion(campaign, found, seconds):
        console.print(told, markup=False, soft_wrap=True)
    return 1 if found.breaches else 0


if __name__ == "__main__":
    sys.exit(main())
