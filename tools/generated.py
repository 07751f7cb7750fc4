"""Writes every file that is made from the code: `make generated`. Tests compare them with what stands there."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tools import command_tables, env_example

FILES: Final[Mapping[Path, Callable[[], str]]] = {
    command_tables.DOCUMENT: command_tables.document,
    command_tables.README: command_tables.readme,
    command_tables.MANIFEST: command_tables.manifest,
    env_example.FILE: env_example.env_example,
}
"""Each generated file, and what makes its whole text."""

if __name__ == "__main__":
    for file, text in FILES.items():
        file.write_text(text(), encoding="utf-8")
