"""docs/record.md, from what is kept: nothing stands in it that no piece says."""

import os
import platform
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from tests.record.campaigns import Campaign
from tests.record.journal import Piece, done

HEAD = """# The record

Every campaign of this project: `make record` runs them in pieces, each from a seed of its own, goes on where it was
interrupted, and writes this page. The pieces are kept beside it, in `record.jsonl`. A piece ran with the code of the
commit that it names, which later commits changed; what broke once stays here, with its commit. A piece is broken where
a promise was: an order doubled or lost, one after a halt, a halt or a notice lost, a position without a stop, an input
that did harm. `make record ONLY=<campaign> SEED=<seed> RESULTS=build/again.jsonl` repeats one.
"""


def page(campaigns: Sequence[Campaign], pieces: Sequence[Piece]) -> str:
    """Return the page: what each campaign did of its whole, how long that took, and which broke a promise."""
    rows = [_row(campaign, [piece for piece in pieces if piece.campaign == campaign.name]) for campaign in campaigns]
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    parts = [
        HEAD,
        f"On {machine}.\n",
        "| campaign | done | of | pieces | time | with | broken |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *rows,
    ]
    for campaign in campaigns:
        counts = Counter[str]()
        for piece in pieces:
            if piece.campaign == campaign.name:
                counts.update(piece.counts)
        if counts:
            told = ", ".join(f"{name} {count:,}" for name, count in counts.items())
            parts += ["", f"`{campaign.name}`: {told}."]
    return "\n".join(parts) + "\n"


def _row(campaign: Campaign, pieces: Sequence[Piece]) -> str:
    broken = [f"seed {piece.seed} at {piece.version}" for piece in pieces if piece.code]
    done_by = Counter[str]()
    for piece in pieces:
        done_by[piece.version] += piece.size
    seconds = timedelta(seconds=round(sum(piece.seconds for piece in pieces)))
    cells = (
        f"`{campaign.name}`: {campaign.unit}",
        f"{done(pieces, campaign.name):,}",
        f"{campaign.whole:,}",
        f"{len(pieces):,}",
        str(seconds) if pieces else "",
        ", ".join(f"{version} ({size:,})" for version, size in done_by.items()),
        ", ".join(broken) or ("none" if pieces else "not run"),
    )
    return "| " + " | ".join(cells) + " |"
