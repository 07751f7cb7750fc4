from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from bot.cli.common import told_in_one_line
from bot.cli.env_file import take_in
from engine.audit_files import Anchored, anchored, anchored_by, archive_fault, archive_folder
from engine.model.audit import PRUNED, AuditCheck, Mark
from engine.offline import open_reader


def verify(known: str, files: Sequence[Path], env_file: Path | None) -> None:
    """Go through the audit's chain of hashes; ends with 1 and the first break where it does not hold."""
    with told_in_one_line():
        take_in(env_file)
        places = (*anchored(), *map(anchored_by, files))
        anchors = {anchor.mark for place in places for anchor in place.anchors}
        with open_reader() as reader:
            checked = reader.check_audit(known, anchors)
    fault = checked.fault or next(_lost(places, checked), "")
    if fault:
        where = f"row {checked.broken_at}: " if checked.broken_at else ""
        typer.echo(f"BROKEN: {where}{fault} ({checked.count} rows before it are intact, through {checked.hash})")
    else:
        typer.echo(f"OK: {checked.count} rows, the last one {checked.hash}")
        typer.echo(f"{checked.trades} trades, with their orders and fills, match the audit log")
    for line in _held(places, checked, known):
        typer.echo(line)
    if fault:
        raise typer.Exit(1)
    if checked.has_archive:
        _tell_archive(checked, known, places)


def _lost(places: Sequence[Anchored], checked: AuditCheck) -> Iterator[str]:
    """Say what is wrong with the anchors themselves: one that cannot be read, one that the audit knows and nobody has.

    The chain holds when this is asked, so what it says of its anchors is true.
    """
    for place in places:
        if place.fault:
            yield f"{place.path} {place.fault}"
    kept = {anchor.mark for place in places for anchor in place.anchors}
    for mark in sorted(checked.noted - kept, key=lambda mark: mark.number):
        yield f"row {mark.number} was anchored, but no file has that anchor any more; name one that does with --anchors"


def _held(places: Sequence[Anchored], checked: AuditCheck, known: str) -> Iterator[str]:
    """Say from where to where the audit is anchored, and by what."""
    furthest = checked.begins_after
    for place in places:
        newest = max(place.anchors, key=lambda anchor: anchor.mark.number, default=None)
        if newest is None:
            yield f"not anchored: {place.path} {place.fault or 'does not exist'}"
            continue
        furthest = max(furthest, newest.mark.number)
        yield (
            f"anchored up to row {newest.mark.number}: {place.path} "
            f"({len(place.anchors)} anchors, the last of {newest.at:%Y-%m-%d %H:%M} UTC, {newest.by})"
        )
    if known and not checked.fault and checked.is_known:
        yield f"anchored by --head: {known} is in it"
    if furthest < checked.number:
        yield (
            f"rows {furthest + 1} to {checked.number} are newer than every anchor: if later rows were cut off,"
            " this check can't tell; compare with the hash in the end-of-day report (--head)"
        )


def _tell_archive(checked: AuditCheck, known: str, places: Sequence[Anchored]) -> None:
    """Say from where on the database has the chain, and whether the archive leads to it; ends with 1 if it does not."""
    typer.echo(
        f"The first {checked.archived} rows are archived: the chain in the database begins after {checked.begins_hash}"
    )
    with told_in_one_line():
        folder = archive_folder()
        if not any(folder.glob("audit-*.jsonl")):
            typer.echo(f"Their files are not in {folder}: put them there to verify them and their anchors too")
            fault = _unseen(checked, known, places)
        else:
            marks = {anchor.mark for place in places for anchor in place.anchors}
            fault = archive_fault(checked, "" if checked.is_known else known, marks)
    if fault:
        typer.echo(f"BROKEN: the archive in {folder}: {fault}")
        raise typer.Exit(1)
    if any(folder.glob("audit-*.jsonl")):
        typer.echo(f"OK: the archive in {folder} is an unbroken chain up to it")
        if not checked.is_known:
            typer.echo(f"anchored by --head: {known} is in it")


def _unseen(checked: AuditCheck, known: str, places: Sequence[Anchored]) -> str:
    """Say what is wrong where the archive is elsewhere: nobody wrote down that its end is one, or a hash is missing."""
    end = Mark(number=checked.begins_after, hash=checked.begins_hash)
    if not any(anchor.mark == end and anchor.by == PRUNED for place in places for anchor in place.anchors):
        return f"only the database says that rows up to {end.number} were archived (pass other files with --anchors)"
    return "" if checked.is_known else f"no row in the database has the hash {known}; an archived one may"
