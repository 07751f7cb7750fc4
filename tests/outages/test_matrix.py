"""The fault matrix: docs/safety.md has every cell as designed, and one cell is lived through here."""

from pathlib import Path

from tests.outages.fault import Trouble
from tests.outages.matrix import PAGE, design, put_into, read_from, table
from tests.outages.matrix_cell import Bought, Cell, Halt, System, run
from tests.support.servers import Postgres

KEYS = [(system, trouble) for system in System for trouble in Trouble]


def a_cell(system: System, trouble: Trouble) -> Cell:
    """Return a cell in which an order left after the halt."""
    harm: dict[str, object] = {"sent after the halt": ["AAPL_20250819_234515"]}
    return Cell(system=system, trouble=trouble, bought=Bought.YES, told=True, halt=Halt.AT_ONCE, harm=harm)


def test_the_page_has_what_a_desk_did_in_each_trouble_and_it_is_as_designed() -> None:
    assert read_from(PAGE.read_text(encoding="utf-8")) == {key: design(*key) for key in KEYS}


def test_what_is_not_as_designed_stands_out() -> None:
    cells: dict[tuple[System, Trouble], Cell | str] = {key: a_cell(*key) for key in KEYS}
    cells[System.SLACK, Trouble.CUT] = "TimeoutError"
    page = read_from(put_into(PAGE.read_text(encoding="utf-8"), table(cells)))
    assert page[System.CLAUDE, Trouble.HANG] == "**bought once, told, halt written; sent after the halt**"
    assert page[System.SLACK, Trouble.CUT] == "**TimeoutError**"


def test_an_order_whose_answer_breaks_off_is_found_and_not_sent_again(tmp_path: Path, postgres: Postgres) -> None:
    cell = run(tmp_path, postgres.new_database(), System.BROKER, Trouble.CUT)
    assert (cell.phrase, cell.harm) == (design(System.BROKER, Trouble.CUT), {})
