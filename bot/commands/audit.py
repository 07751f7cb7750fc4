from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from bot.commands.common import told_in_one_line
from bot.commands.env_file import take_in
from engine.checkup import Anchored, anchored, anchored_by, books
from engine.errors import SettingsInvalid
from engine.model.audit import BEGINNING, AuditCheck, Mark


def verify(known: str, files: Sequence[Path], after: str, env_file: Path | None) -> None:
    """Go through the audit's chain of hashes; ends with 1 and the first break where it does not hold."""
    with told_in_one_line():
        take_in(env_file)
        begins = _mark(after) if after else BEGINNING
        places = (*anchored(), *map(anchored_by, files))
        anchors = {anchor.mark for place in places for anchor in place.anchors}
        with books() as ledger:
            checked = ledger.check_audit(known, anchors, begins)
    fault = checked.fault or next(_lost(places, checked), "")
    if fault:
        where = f"row {checked.broken_at}: " if checked.broken_at else ""
        typer.echo(f"BROKEN: {where}{fault} ({checked.count} rows before hold, up to {checked.hash})")
    else:
        typer.echo(f"OK: {checked.count} rows, the last one {checked.hash}")
        typer.echo(f"{checked.trades} trades are, with their orders and fills, as the audit last saw them")
    for line in _held(places, checked, known, begins):
        typer.echo(line)
    if fault:
        raise typer.Exit(1)


def _mark(text: str) -> Mark:
    number, _, last = text.partition(":")
    if not (number.isdecimal() and last):
        raise SettingsInvalid("--after: expected the number and the hash of an archive's last row, such as 1200:5f1c…")
    return Mark(number=int(number), hash=last)


def _lost(places: Sequence[Anchored], checked: AuditCheck) -> Iterator[str]:
    """Say what is wrong with the anchors themselves: one that cannot be read, one that the audit knows and nobody has.

    The chain holds when this is asked, so what it says of its anchors is true.
    """
    for place in places:
        if place.fault:
            yield f"{place.path} {place.fault}"
    kept = {anchor.mark for place in places for anchor in place.anchors}
    for mark in sorted(checked.noted - kept, key=lambda mark: mark.number):
        yield f"row {mark.number} was anchored, and no file has that anchor any more; name those that do with --anchors"


def _held(places: Sequence[Anchored], checked: AuditCheck, known: str, begins: Mark) -> Iterator[str]:
    """Say from where to where the audit is anchored, and by what."""
    furthest = begins.number
    if begins != BEGINNING:
        yield f"begins after row {begins.number}, the last one of an archive"
    for place in places:
        newest = max(place.anchors, key=lambda anchor: anchor.mark.number, default=None)
        if newest is None:
            yield f"not anchored: {place.path} {place.fault or 'is not there'}"
            continue
        furthest = max(furthest, newest.mark.number)
        yield (
            f"anchored up to row {newest.mark.number}: {place.path} "
            f"({len(place.anchors)} anchors, the last of {newest.at:%Y-%m-%d %H:%M} UTC, {newest.by})"
        )
    if known and not checked.fault:
        yield f"anchored by --head: {known} is in it"
    if furthest < checked.number:
        yield (
            f"rows {furthest + 1} to {checked.number} are newer than every anchor: if rows after them were cut off,"
            " this cannot tell; compare with the hash in the day's report (--head)"
        )
