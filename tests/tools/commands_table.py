"""Writes docs/commands.md from the registered commands: `python -m tests.tools.commands_table` brings it up to date."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from bot.access import NEEDED, Verb
from bot.app import COMMANDS
from bot.cards.answers import HELP
from bot.messages import LOCALES, Texts

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "commands.md"
HEAD = """\
# The desk's commands

Written by `python -m tests.tools.commands_table` from the commands that the bot answers, from the manifest and from the
catalogues of messages; a test compares them. Each command also answers `help`. A trade is named by its id, by the start
of it, or by its symbol, as far as that is unambiguous.

What a command changes may need more of a role than looking at it: `/watch add` and `/watch remove` a trader,
`/settings NAME VALUE` an admin. `/size` only works out; its Apply button changes the proposal. `/close` asks in a
window first, works on a halted desk too, and sells only what the bot bought. `/watch` and `/settings` hold at once and
after a restart, before what the environment says. A symbol with a trade under way stays watched.

Amounts of `/size`: whole shares (`400`), dollars (`$20000`, `$20k`), a part of equity (`5%`), or a part of equity at
risk down to the stop (`0.3% risk`). Parts of a share are left out, so an amount is never exceeded.
"""
COLUMNS = {
    "en": ("English", "command", "how it is written", "what it does", "who"),
    "ko": ("한국어", "명령어", "형식", "설명", "권한"),
}


def commands_table() -> str:
    """Return the whole file."""
    manifest: Any = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
    hints = {entry["command"]: entry["usage_hint"] for entry in manifest["features"]["slash_commands"]}
    return HEAD + "".join("\n" + "\n".join(_table(locale, hints)) + "\n" for locale in LOCALES)


def _table(locale: str, hints: dict[str, str]) -> Iterator[str]:
    texts = Texts(locale, ZoneInfo("UTC"))
    title, *columns = COLUMNS[locale]
    yield from (f"## {title}", "", _row(*columns), _row(*["---"] * len(columns)))
    for name, (verb, _listener) in sorted(COMMANDS.items()):
        yield _row(f"`{name}`", f"`{hints[name]}`", texts(HELP[name]), _role(verb, texts))


def _role(verb: Verb, texts: Texts) -> str:
    return texts("role", role=NEEDED[verb].word)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    FILE.write_text(commands_table(), encoding="utf-8")
