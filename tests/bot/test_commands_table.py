from bot.app import COMMANDS
from tests.tools.commands_table import FILE, commands_table


def test_the_table_of_commands_is_what_the_bot_answers_in_both_languages() -> None:
    assert FILE.read_text(encoding="utf-8") == commands_table()


def test_every_command_stands_in_it_once_for_each_language() -> None:
    rows = [line.split(" | ")[0] for line in commands_table().splitlines()]
    assert [row for row in rows if row.startswith("| `/")] == 2 * [f"| `{name}`" for name in sorted(COMMANDS)]
