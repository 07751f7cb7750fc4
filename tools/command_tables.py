"""Writes what says which commands there are: docs/commands.md, README's table, and the manifest's list."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from bot.access import Role
from bot.app import COMMANDS
from bot.cards.answers import help_line
from bot.messages import LOCALES, Texts

ROOT: Final = Path(__file__).parents[1]
DOCUMENT: Final = ROOT / "docs" / "commands.md"
README: Final = ROOT / "README.md"
MANIFEST: Final = ROOT / "manifest.yml"
HEAD: Final = """\
# The desk's commands

Generated (`make generated`) from the commands that the bot answers and from the catalogues of messages; a test compares
them. Each command also answers `help`. A trade is named by its id, by the start of it, or by its symbol, as far as that
is unambiguous.

What a command changes may need more of a role than the table says. A trader: `/watch add` and `/watch remove`, changes
by `/duty`, the `cancel` of `/settings` and `/strategy`. An admin: `/settings NAME VALUE`, `/strategy promote`, the
`confirm` of both, and a lower stop by `/stop`. `/size` only works out; its Apply button changes the proposal. `/close`
asks in a window first, works on a halted desk too, and sells only what the bot bought. `/watch` and `/settings` hold at
once and after a restart, before what the environment says. A symbol with a trade under way stays watched.

Amounts of `/size`: whole shares (`400`), dollars (`$20000`, `$20k`), a part of equity (`5%`), or a part of equity at
risk down to the stop (`0.3% risk`). Parts of a share are left out, so an amount is never exceeded.
"""
COLUMNS: Final = {
    "en": ("English", "command", "how it is written", "what it does", "who"),
    "ko": ("한국어", "명령어", "형식", "설명", "권한"),
}


def document() -> str:
    """Return docs/commands.md."""
    return HEAD + "".join("\n" + "\n".join(_table(locale)) + "\n" for locale in LOCALES)


def readme() -> str:
    """Return README.md with its table of commands as it should be."""
    rows = (
        _row(f"`{name} {spec.usage}`", spec.summary, spec.verb.role.word) for name, spec in sorted(COMMANDS.items())
    )
    table = "\n".join((_row("command", "what it does", "who"), _row(*["---"] * 3), *rows)) + "\n"
    text = README.read_text(encoding="utf-8")
    begin = text.index("| command | what it does | who |")
    return text[:begin] + table + text[text.index("\n\n", begin) + 1 :]


def manifest() -> str:
    """Return manifest.yml with its list of commands as it should be."""
    text = MANIFEST.read_text(encoding="utf-8")
    begin = text.index("  slash_commands:\n") + len("  slash_commands:\n")
    entries = (
        f'    - command: {name}\n      description: {spec.summary}\n      usage_hint: "{spec.usage}"\n'
        f"      should_escape: {str(spec.names_people).lower()}\n"
        for name, spec in COMMANDS.items()
    )
    return text[:begin] + "".join(entries) + text[text.index("oauth_config:", begin) :]


def _table(locale: str) -> Iterator[str]:
    texts = Texts(locale, ZoneInfo("UTC"))
    title, *columns = COLUMNS[locale]
    yield from (f"## {title}", "", _row(*columns), _row(*["---"] * len(columns)))
    for name, spec in sorted(COMMANDS.items()):
        yield _row(f"`{name}`", f"`{spec.usage}`", help_line(name, texts), _role(spec.verb.role, texts))


def _role(role: Role, texts: Texts) -> str:
    return texts("role", role=role.word)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
