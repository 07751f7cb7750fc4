from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import typer

from bot.cli.common import told_in_one_line
from bot.cli.env_file import take_in
from bot.cli.table_files import check, export as write, whole
from engine.model.audit import BEGINNING, Anchor, Mark
from engine.offline import open_reader, rows_of


def export(table: str, path: Path, env_file: Path | None) -> None:
    """Write a table of the database to a file, whether the bot runs or not, and the audit's anchor beside it."""
    with told_in_one_line():
        check(table, path)
        take_in(env_file)
        with open_reader() as reader:
            typer.echo(f"{path}: {write(table, rows_of(reader, table), path)} rows of {table}")
            mark = reader.audit_mark()
        if mark != BEGINNING:
            typer.echo(f"{_anchor(table, path, mark)}: the audit log through row {mark.number}, {mark.hash}")


def _anchor(table: str, path: Path, mark: Mark) -> Path:
    """Write the last row of the audit into a file beside an export, with the export's own hash; return the file."""
    with path.open("rb") as file:
        digest = sha256()
        while piece := file.read(2**20):
            digest.update(piece)
    beside = path.with_name(f"{path.name}.anchor")
    anchor = Anchor(at=datetime.now(UTC), mark=mark, by=f"export of {table}, {path.name} sha256 {digest.hexdigest()}")
    with whole(beside) as file:
        file.write(f"{anchor.written()}\n".encode())
    return beside
