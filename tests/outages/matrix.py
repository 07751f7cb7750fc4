"""The fault matrix: what the desk must do in each cell, and the table of what it did."""

import logging
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import structlog

from tests.outages.fault import Trouble
from tests.outages.matrix_cell import Bought, Cell, Halt, System, phrase, run

PAGE: Final = Path(__file__).parents[2] / "docs" / "safety.md"
BEGIN, END = "<!-- matrix: written by `make matrix` -->", "<!-- end of the matrix -->"


def design(system: System, trouble: Trouble) -> str:
    """Return what a desk must do: buy only what it can know to be right, say what a person must know, always halt."""
    if trouble is Trouble.SLOW:
        return phrase(Bought.YES, told=False, halt=Halt.AT_ONCE)
    match system:
        case System.POSTGRESQL:
            return phrase(Bought.NO, told=True, halt=Halt.HELD)
        case System.VALKEY:
            # Hanging, it holds the click up before anything is approved.
            bought = Bought.NO if trouble is Trouble.HANG else Bought.ENDED
        case System.BROKER:
            bought = {Trouble.REFUSE: Bought.NO, Trouble.CUT: Bought.YES}.get(trouble, Bought.ENDED)
        case System.MARKET:
            bought = Bought.NO
        case System.NEWS | System.CLAUDE | System.SLACK:
            bought = Bought.YES
    return phrase(bought, told=system is not System.SLACK, halt=Halt.AT_ONCE)


def live(key: tuple[System, Trouble], database_url: str, folder: Path) -> Cell | str:
    """Run a cell in this process; what keeps it from its end becomes a word."""
    try:
        with tempfile.TemporaryDirectory(dir=folder) as own:
            return run(Path(own), database_url, *key)
    except Exception as error:  # noqa: BLE001 - the other cells go on
        return f"{type(error).__name__}: {error}"


def quiet() -> None:
    """Keep the desks' logs out of the way."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)


def table(cells: Mapping[tuple[System, Trouble], Cell | str]) -> str:
    """Write a run as a table; what is not as designed, or a word about why a cell did not end, stands out."""
    head = f"| | {' | '.join(Trouble)} |\n|{' --- |' * (len(Trouble) + 1)}\n"
    lines = [
        f"| {system} | {' | '.join(_written(system, trouble, cells[system, trouble]) for trouble in Trouble)} |"
        for system in System
    ]
    return head + "\n".join(lines)


def put_into(page: str, written: str) -> str:
    """Return a page with another table between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{written}\n\n{END}{after}"


def read_from(page: str) -> dict[tuple[str, str], str]:
    """Return the cells of a page's table, by the system's and the trouble's names."""
    between = page.partition(BEGIN)[2].partition(END)[0].strip()
    head, _, *rows = [re.split(r"\s*\|\s*", line.strip().strip("|").strip()) for line in between.splitlines()]
    troubles = [name for name in head if name]
    return {(row[0], trouble): cell for row in rows for trouble, cell in zip(troubles, row[1:], strict=True)}


def _written(system: System, trouble: Trouble, cell: Cell | str) -> str:
    if isinstance(cell, str):
        return f"**{cell}**"
    if cell.harm:
        return f"**{cell.phrase}; {', '.join(cell.harm)}**"
    return cell.phrase if cell.phrase == design(system, trouble) else f"**{cell.phrase}**"
