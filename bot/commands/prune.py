from pathlib import Path

import typer

from bot.commands.common import told_in_one_line
from engine.checkup import prune as move


def prune(months: int, folder: Path | None) -> None:
    """Move what is older than so many whole months into files, while the bot runs or not."""
    with told_in_one_line():
        pruned = move(months, folder)
    if not pruned.files:
        typer.echo(f"nothing is older than {months} months")
        return
    for path in pruned.files:
        typer.echo(path)
    typer.echo(f"moved {pruned.audit} rows of the audit and {pruned.notices} notices; keep these files")
