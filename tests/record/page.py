"""docs/record.md, from what is kept: nothing stands in it that no piece says."""

import os
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from tests.record.campaigns import Campaign
from tests.record.journal import UNJUDGED, Piece, held

ZEROS: Final = (
    "orders doubled",
    "trades lost",
    "buys that nobody allowed",
    "orders after a halt",
    "halts lost",
    "notices lost",
    "positions without a stop",
    "faults",
)
"""What a campaign that counts must have found none of."""

HEAD = """# The record

Every campaign of this project: `make record` runs them in pieces, each from a seed of its own, goes on where it was
interrupted, and writes this page. The pieces are kept beside it, in `record.jsonl`. A piece ran with the code of the
commit that it names, which later commits changed. A piece is broken where a promise was: an order doubled or lost, one
after a halt, a halt or a notice lost, a position without a stop, an input that did harm. What broke once stays here,
with its commit, counts for nothing of the whole, and is played again first. At its commit,
`make record ONLY=<campaign> SEED=<seed> SIZE=<percent> RESULTS=build/again.jsonl` repeats a piece.
"""

MEANING = """What happened is what was done to the desk, and what it did. "Lost" means there what a database that went
back some seconds forgot: a halt that it forgot still held, because it is kept elsewhere as well; a notice that it
forgot was told again, or stands in Slack alone, or had not been read by anybody. An id that was sent more than once is
a request that was repeated because nobody knew its answer; the broker keeps one order of an id."""


def page(campaigns: Sequence[Campaign], pieces: Sequence[Piece]) -> str:
    """Return the page: what each campaign did of its whole, how long that took, and which broke a promise."""
    rows = [_row(campaign, [piece for piece in pieces if piece.campaign == campaign.name]) for campaign in campaigns]
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    parts = [
        HEAD,
        f"{_summary(campaigns, pieces)} On {machine}.\n",
        "| campaign | held | of | run | pieces | time | with | broken |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        *rows,
    ]
    for campaign in campaigns:
        counts = Counter[str]()
        for piece in pieces:
            if piece.campaign == campaign.name:
                counts.update(piece.counts)
        if counts:
            seen = {name: count for name, count in counts.items() if name not in ZEROS}
            zeros = {name: counts[name] for name in ZEROS}
            parts += [
                "",
                f"**`{campaign.name}`**, what had to be 0: {_told(zeros)}.",
                "",
                f"What happened: {_told(seen)}.",
            ]
    if any(piece.counts for piece in pieces):
        parts += ["", MEANING]
    for piece in pieces:
        parts += ["", f"**`{piece.campaign}`, {_where(piece)}**: {piece.note}"] if piece.note else []
    return "\n".join(parts) + "\n"


def _summary(campaigns: Sequence[Campaign], pieces: Sequence[Piece]) -> str:
    """Say in a sentence how much of the whole was run, and how many pieces broke a promise."""
    whole = [campaign for campaign in campaigns if held(pieces, campaign.name) >= campaign.whole]
    broken = sum(piece.code not in (0, UNJUDGED) for piece in pieces)
    found = f"{broken:,} broke a promise" if broken else "none broke a promise"
    return f"{len(whole)} of {len(campaigns)} campaigns are done as a whole. Of {len(pieces):,} pieces {found}."


def _where(piece: Piece) -> str:
    return f"seed {piece.seed} at {piece.version}"


def _told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())


def _row(campaign: Campaign, pieces: Sequence[Piece]) -> str:
    broken = [_where(piece) for piece in pieces if piece.code not in (0, UNJUDGED)]
    unjudged = [_where(piece) for piece in pieces if piece.code == UNJUDGED]
    held_with = Counter[str]()
    for piece in pieces:
        if piece.code == 0:
            held_with[piece.version] += piece.size
    seconds = timedelta(seconds=round(sum(piece.seconds for piece in pieces)))
    cells = (
        f"`{campaign.name}`: {campaign.unit}",
        f"{held(pieces, campaign.name):,}",
        f"{campaign.whole:,}",
        f"{sum(piece.size for piece in pieces if piece.code != UNJUDGED):,}",
        f"{len(pieces):,}",
        str(seconds) if pieces else "",
        ", ".join(f"{version} ({size:,})" for version, size in held_with.items()),
        (", ".join(broken) or ("none" if pieces else "not run"))
        + (f"; ended before it was judged: {', '.join(unjudged)}" if unjudged else ""),
    )
    return "| " + " | ".join(cells) + " |"
