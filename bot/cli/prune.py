from pathlib import Path

import typer

from bot.cli.common import told_in_one_line
from bot.cli.env_file import take_in
from engine.audit_files import prune as move


def prune(months: int, folder: Path | None, env_file: Path | None) -> None:
    """Move what is older than so many whole months into files, while the bot runs or not."""
    with told_in_one_line():
        take_in(env_file)
        pruned = move(months, folder)
    if not pruned.files:
        typer.echo(f"nothing older than {months} months")
        return
    for path in pruned.files:
        typer.echo(path)
    typer.echo(f"moved {pruned.audit} audit rows and {pruned.notices} notices; keep these files")
