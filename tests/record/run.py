"""Runs the pieces that are missing, one after the other, and writes the page after each."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.record.campaigns import CAMPAIGNS, Campaign
from tests.record.journal import UNJUDGED, Journal, Piece, RecordRefused, held, to_repeat
from tests.record.page import page

BREACHES = re.compile(r"\b[1-9][\d,]* breaches")
"""What a campaign says as it goes, once a promise was broken."""
COUNT = re.compile(r"([a-z][A-Za-z ]*[a-z]) ([\d,]+)")
ROOT = Path(__file__).parents[2]
CODE = ("bot", "engine", "tests", "pyproject.toml")
"""What a campaign is of; the record and other documents change no version."""

OUTCOMES = {0: "held", UNJUDGED: "ended before it was judged"}


def chosen(only: str, *, seed: int, percent: int) -> tuple[Campaign, ...]:
    """Return the campaigns of some names, all where none is named. Raises RecordRefused, for seed and size as well."""
    if not 1 <= percent <= 100:
        raise RecordRefused(f"SIZE is {percent}; expected 1 to 100 percent of the record")
    if seed < 0:
        raise RecordRefused(f"SEED is {seed}; expected 0 or more")
    names = {name.strip() for name in only.split(",")} - {""}
    known = {campaign.name: campaign for campaign in CAMPAIGNS}
    if unknown := names - set(known):
        raise RecordRefused(f"ONLY: no campaign is called {min(unknown)}; there are {', '.join(known)}")
    return tuple(campaign for campaign in CAMPAIGNS if not names or campaign.name in names)


def version() -> str:
    """Return which code this is: the last commit that changed it, and whether it was changed since."""
    commit, changes = _git("log", "-1", "--format=%h", "--", *CODE), _git("status", "--porcelain", "--", *CODE)
    return f"{commit}-changed" if commit and changes else commit or "unknown"


def _git(*arguments: str) -> str:
    asked = ("git", *arguments)
    told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 (no input of others)
    return told.stdout.strip()


def run(
    campaigns: Sequence[Campaign],
    shown: Sequence[Campaign],
    journal: Journal,
    *,
    code_version: str,
    seed: int,
    percent: int,
    page_at: Path,
    say: Callable[[str], None],
) -> int:
    """Run what is missing of some campaigns, each until a piece of it broke a promise; 1 where one did not hold.

    Such a piece counts for nothing of the whole, and stays in sight; its seed is the first to be played the next time.
    """
    if kept := journal.read():
        say(f"going on: {len(kept)} pieces are kept in {journal.file}")
    for campaign in campaigns:
        while (left := campaign.size(percent) - held(journal.read(), campaign.name)) > 0:
            if again := to_repeat(journal.read(), campaign.name):
                piece = run_piece(campaign, code_version, again.seed, again.size)
            else:
                played = {piece.seed for piece in journal.read() if piece.campaign == campaign.name}
                piece = run_piece(campaign, code_version, seed + len(played), min(left, campaign.piece))
            journal.add(piece)
            page_at.write_text(page(shown, journal.read()), encoding="utf-8")
            outcome = OUTCOMES.get(piece.code, "BROKEN")
            say(f"{campaign.name}, seed {piece.seed}: {piece.size:,} {campaign.unit}, {piece.seconds:.0f} s: {outcome}")
            if piece.code == UNJUDGED:
                return 1  # the machine may be at fault: whoever looks after it decides whether to go on
            if piece.code:
                break
    return int(any(piece.code for piece in journal.read()))


def run_piece(campaign: Campaign, code_version: str, seed: int, size: int) -> Piece:
    """Run one piece in a process of its own, whose output is shown where it broke something."""
    command = campaign.command(seed, size)
    began = time.monotonic()
    ended = subprocess.run(  # noqa: S603 (our own modules)
        command.arguments,
        cwd=ROOT,
        env={**os.environ, **command.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - began
    counts = counted(ended.stdout) if campaign.counts else {}
    broke = BREACHES.search(ended.stdout)  # told as it goes, also by one that dies before it counts
    if ended.returncode:
        print(ended.stdout, ended.stderr, file=sys.stderr)  # noqa: T201 (what somebody must see to mend it)
    return Piece(
        version=code_version,
        campaign=campaign.name,
        seed=seed,
        size=size,
        seconds=round(seconds, 1),
        code=UNJUDGED if ended.returncode and campaign.counts and not (counts or broke) else ended.returncode,
        counts=counts,
    )


def counted(said: str) -> dict[str, int]:
    """Return what the last line with a colon and counts says."""
    lines = [line.rsplit(": ", 1)[1] for line in said.splitlines() if ": " in line and COUNT.search(line)]
    return {name: int(count.replace(",", "")) for name, count in COUNT.findall(lines[-1])} if lines else {}
