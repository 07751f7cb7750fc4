import typer

from bot.commands.common import told_in_one_line
from engine.checkup import archive_fault, archive_folder, books
from engine.model.desk import AuditCheck


def verify(known: str) -> None:
    """Go through the audit's chain of hashes; ends with 1 and the first break where it does not hold."""
    with told_in_one_line(), books() as ledger:
        checked = ledger.check_audit(known)
    if checked.fault:
        where = f"row {checked.broken_at}: " if checked.broken_at else ""
        typer.echo(f"BROKEN: {where}{checked.fault} ({checked.count} rows before hold, up to {checked.hash})")
        raise typer.Exit(1)
    typer.echo(f"OK: {checked.count} rows, the last one {checked.hash}")
    if checked.archived:
        _tell_archive(checked)


def _tell_archive(checked: AuditCheck) -> None:
    """Say from where on the books have the chain, and whether the archive leads to it; ends with 1 if it does not."""
    typer.echo(f"The first {checked.archived} rows are archived: the chain in the books begins after {checked.anchor}")
    with told_in_one_line():
        folder = archive_folder()
        if not any(folder.glob("audit-*.jsonl")):
            typer.echo(f"Their files are not in {folder}: put them there to have them verified too")
            return
        fault = archive_fault(checked)
    if fault:
        typer.echo(f"BROKEN: the archive in {folder}: {fault}")
        raise typer.Exit(1)
    typer.echo(f"OK: the archive in {folder} leads to it without a break")
