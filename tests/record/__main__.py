"""Run the record from the command line: python -m tests.record --seed 7 --size 100 --results build/record.jsonl."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tests.record.campaigns import CAMPAIGNS
from tests.record.journal import Journal, RecordRefused
from tests.record.run import chosen, run, version

RESULTS = Path("docs/record.jsonl")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is missing, and write the page; 1 where a promise was broken, 2 where something given is wrong."""
    parser = argparse.ArgumentParser(prog="make record", allow_abbrev=False)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--size", type=int, default=100, help="percent of the whole record")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the page stands beside it")
    parser.add_argument("--only", default="", help="names of campaigns, with commas between")
    given = parser.parse_args(arguments)
    try:
        campaigns = chosen(given.only, seed=given.seed, percent=given.size)
        journal = Journal(file=given.results)
        journal.read()
    except RecordRefused as error:
        print(error, file=sys.stderr)  # noqa: T201 (a command line)
        return 2
    say = Console(highlight=False, soft_wrap=True).print
    return run(
        campaigns,
        CAMPAIGNS,
        journal,
        code_version=version(),
        seed=given.seed,
        percent=given.size,
        page_at=given.results.with_suffix(".md"),
        say=say,
    )


if __name__ == "__main__":
    sys.exit(main())
