"""The walk of docs/architecture.md, and what the code says of it without being run."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| [^|]+ \| (\*\*)?(`[^|]+`)(?:\*\*)? \| (`[^|]+`) \|$")
CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, kw_only=True)
class Step:
    """A row: the file and its function, or several where the desk has one of several adapters."""

    places: tuple[tuple[str, str], ...]
    is_facade: bool

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(file for file, _ in self.places)


def walk(document: str) -> list[list[Step]]:
    """Return the steps of each part."""
    section = document.split("## One trade, file by file", 1)[1].split("\n## ", 1)[0]
    parts = re.split(r"^\| --- \| --- \| --- \|$", section, flags=re.MULTILINE)[1:]
    return [[_step(line) for line in part.strip().split("\n\n")[0].splitlines()] for part in parts]


def _step(line: str) -> Step:
    row = ROW.match(line)
    if row is None:
        raise ValueError(f"not a step of the walk: {line}")
    files, functions = CODE.findall(row[2]), CODE.findall(row[3])
    if len(functions) == 1:
        functions *= len(files)
    return Step(places=tuple(zip(files, functions, strict=True)), is_facade=bool(row[1]))


@cache
def parsed(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text(encoding="utf-8"))


def definition(file: str, name: str) -> ast.FunctionDef | ast.ClassDef | None:
    """Return the function, method or class of that name in a file."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    return next((node for node in ast.walk(parsed(file)) if isinstance(node, kinds) and node.name == name), None)


def knows(file: str, other: str) -> bool:
    """Tell whether a file imports another, directly or by one that it imports, or goes by the port of an adapter.

    What an imported file's classes inherit is as if it stood in that file.
    """
    direct = imported(file)
    whole = direct | {base for each in direct for base in _inherited(each)}
    if other in {file} | whole | {further for one in whole for further in imported(one)}:
        return True
    by_port = direct & imported(other) if other.startswith("engine/adapters/") else frozenset()
    return any(each.startswith("engine/ports/") for each in by_port)


@cache
def _inherited(file: str) -> frozenset[str]:
    """Return the files of the classes that those of a file inherit from."""
    classes = [node for node in ast.walk(parsed(file)) if isinstance(node, ast.ClassDef)]
    names = {base.id for node in classes for base in node.bases if isinstance(base, ast.Name)}
    return frozenset(each for each in imported(file) if any(definition(each, name) for name in names))


@cache
def imported(file: str) -> frozenset[str]:
    """Return the files that a file imports from."""
    return frozenset(_imported(parsed(file)))


def _imported(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module:
            for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names)):
                file = f"{name.replace('.', '/')}.py"
                if (ROOT / file).is_file():
                    yield file


def uses(file: str, other: str, name: str) -> bool:
    """Tell whether a file calls, or passes on, a function of another file; a class is called by what is typed as it."""
    names = _names_of_type(file, name) if isinstance(definition(other, name), ast.ClassDef) else {name}
    return any(
        (node.attr if isinstance(node, ast.Attribute) else node.id) in names
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load)
    )


def _names_of_type(file: str, kind: str) -> set[str]:
    """Return what a file calls the instances of a class, and the class itself where it makes one."""
    names = {kind} if any(_makes(node, kind) for node in ast.walk(parsed(file))) else set[str]()
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.arg | ast.AnnAssign) and isinstance(node.annotation, ast.Name):
            name = node.arg if isinstance(node, ast.arg) else ast.unparse(node.target)
            names |= {name, f"_{name}"} if node.annotation.id == kind else set()
    return names


def _makes(node: ast.AST, kind: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == kind
