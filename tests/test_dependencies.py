"""Whatever is imported is declared: a library that another one brings may be gone with the other one's next version."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
OURS = {"benchmarks", "bot", "engine", "tests", "tools"}
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CORE = PROJECT["project"]["dependencies"]
NEEDED = [*CORE, *(each for extra in PROJECT["project"]["optional-dependencies"].values() for each in extra)]
OPTIONAL = {("mcp", "bot/agent_tools.py"), ("opentelemetry", "engine/adapters/otel.py")}
"""What is imported where it is asked for alone, with the file that does."""


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(needs: Iterable[str]) -> set[str]:
    return {plain(re.split(r"[^\w.-]", need)[0]) for need in needs}


def imported(room: str) -> Iterator[tuple[str, str]]:
    """Yield each package that a room imports, with the file."""
    for file in ROOT.glob(f"{room}/**/*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            yield from ((name.partition(".")[0], str(file.relative_to(ROOT))) for name in names)


def undeclared(room: str, needs: Iterable[str]) -> set[tuple[str, str]]:
    """Return what a room imports of libraries that are installed and none of these."""
    known, made_by = declared(needs), packages_distributions()
    return {
        (package, file)
        for package, file in imported(room)
        if package not in OURS | sys.stdlib_module_names
        and package in made_by
        and not {plain(each) for each in made_by[package]} & known
    }


def test_what_the_bot_imports_is_among_its_dependencies() -> None:
    assert undeclared("bot", NEEDED) | undeclared("engine", NEEDED) == set()
    assert undeclared("bot", CORE) | undeclared("engine", CORE) == OPTIONAL


def test_what_tests_and_tools_import_is_declared_too() -> None:
    needs = [*NEEDED, *PROJECT["dependency-groups"]["dev"]]
    assert undeclared("tests", needs) | undeclared("tools", needs) == set()
    assert undeclared("benchmarks", [*needs, *PROJECT["dependency-groups"]["bench"]]) == set()
