from pathlib import Path

import pytest

from bot.app import COMMANDS
from tools import command_tables
from tools.generated import FILES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_what_is_generated_from_the_code_is_up_to_date(file: Path) -> None:
    assert file.read_text(encoding="utf-8") == FILES[file](), "run: make generated"


def test_every_command_stands_in_the_tables_once_for_each_language() -> None:
    rows = [line.split(" | ")[0] for line in command_tables.document().splitlines()]
    assert [row for row in rows if row.startswith("| `/")] == 2 * [f"| `{name}`" for name in sorted(COMMANDS)]
