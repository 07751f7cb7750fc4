import typer

from bot.commands.common import told_in_one_line
from engine.checkup import books


def verify(known: str) -> None:
    """Go through the audit's chain of hashes; ends with 1 and the first break where it does not hold."""
    with told_in_one_line(), books() as ledger:
        checked = ledger.check_audit(known)
    if checked.fault:
        where = f"row {checked.broken_at}: " if checked.broken_at else ""
        typer.echo(f"BROKEN: {where}{checked.fault} ({checked.count} rows before hold, up to {checked.hash})")
        raise typer.Exit(1)
    typer.echo(f"OK: {checked.count} rows, the last one {checked.hash}")
