"""Run every cell of the fault matrix, and write the table into docs/safety.md: python -m tests.outages."""

import multiprocessing
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from rich.console import Console

from tests.outages.fault import Trouble
from tests.outages.matrix import PAGE, design, live, put_into, quiet, table
from tests.outages.matrix_cell import Cell, System
from tests.support.servers import Postgres

AT_ONCE = 3
"""Desks that live at the same time; much of a cell is waiting."""


def main() -> int:
    """Run the matrix; 1 when a cell is not as designed."""
    console = Console(soft_wrap=True)
    keys = [(system, trouble) for system in System for trouble in Trouble]
    cells: dict[tuple[System, Trouble], Cell | str] = {}
    spawned = multiprocessing.get_context("spawn")
    with (
        tempfile.TemporaryDirectory() as name,
        Postgres.running(Path(name)) as postgres,
        ProcessPoolExecutor(AT_ONCE, mp_context=spawned, initializer=quiet) as pool,
    ):
        urls = [postgres.new_database() for _ in keys]
        for key, cell in zip(keys, pool.map(partial(live, folder=Path(name)), keys, urls), strict=True):
            cells[key] = cell
            console.print(f"{key[0]}, {key[1]}: {cell if isinstance(cell, str) else cell.phrase}", markup=False)
    PAGE.write_text(put_into(PAGE.read_text(encoding="utf-8"), table(cells)), encoding="utf-8")
    wrong = [key for key, cell in cells.items() if isinstance(cell, str) or cell.harm or cell.phrase != design(*key)]
    console.print(f"{len(cells)} cells, {len(wrong)} not as designed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
