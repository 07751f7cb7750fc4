from pathlib import Path

import typer

from bot.commands.common import told_in_one_line
from bot.export import check, export as write
from engine.checkup import books


def export(table: str, path: Path) -> None:
    """Write a table of the books into a file, while the bot runs or not."""
    with told_in_one_line():
        check(table, path)
        with books() as ledger:
            typer.echo(f"{path}: {write(table, ledger.rows(table), path)} rows of {table}")
