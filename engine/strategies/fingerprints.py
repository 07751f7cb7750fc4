import ast
import inspect
import json
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from hashlib import sha256
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any, Final

from engine.model.json_values import plain

DESK = "engine."
PARSING: Final = Lock()
"""Python counts the depth of a tree for all threads together, and raises SystemError where two make one at once."""


def fingerprint_of(numbers: Any) -> str:
    """Return a hash of values, alike however they are ordered."""
    return sha256(json.dumps(plain(numbers), sort_keys=True).encode()).hexdigest()


def code_fingerprint(strategy: Any) -> str:
    """Return a hash of a strategy that is a dataclass: of its class, its fields but the name, and its own code.

    That is its module, and those of its package that it imports, and they in turn; for a module in no package those
    of its folder. Of the desk's own package only what stands beside the strategies counts: else each release would end
    the record of a strategy that comes with it.
    """
    numbers = {each.name: repr(getattr(strategy, each.name)) for each in fields(strategy) if each.name != "name"}
    module = inspect.getmodule(type(strategy))
    source = inspect.getsource(module or type(strategy))
    parts = [type(strategy).__qualname__, json.dumps(numbers, sort_keys=True), source]
    if module is not None:
        parts += [f"{name}\0{text}" for name, text in sorted(_imported(module.__name__, source).items())]
    return sha256("\0".join(parts).encode()).hexdigest()


def is_of_code(strategy: Any) -> bool:
    """Tell whether a strategy's fingerprint is that of its code, so that changed code has another one."""
    said = strategy.fingerprint
    try:
        return is_dataclass(strategy) and bool(said == code_fingerprint(strategy))
    except OSError:  # there is no source, as where somebody installed compiled files alone
        return False


def _imported(module: str, source: str) -> dict[str, str]:
    """Return the source of what a module imports of its own kind, and of what that does, by name."""
    found, left = dict[str, str](), [(module, source)]
    while left:
        name, text = left.pop()
        for each in _names(name, text):
            if each in found or each == module or not _is_beside(each, module):
                continue
            found[each] = _text(_spec(each))
            left.append((each, found[each]))
    return found


def _names(module: str, source: str) -> Iterator[str]:
    """Yield the names of all that may be a module among what a source imports, packages on the way included."""
    try:
        with PARSING:
            nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError):  # it is no Python source
        return
    for node in nodes:
        wanted = list[str]()
        if isinstance(node, ast.Import):
            wanted = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = _base(module, node)
            wanted = [f"{base}.{alias.name}" for alias in node.names]
        for name in wanted:
            steps = name.split(".")
            yield from (".".join(steps[:number]) for number in range(1, len(steps) + 1))


def _base(module: str, node: ast.ImportFrom) -> str:
    """Return what an import is from, its dots made out."""
    package = _package(module).split(".")
    above = package[: len(package) - node.level + 1] if node.level else []
    return ".".join([*above, *filter(None, [node.module])])


def _package(module: str) -> str:
    """Return the package that a module is, or is in; '' for a module in none."""
    spec = _spec(module)
    return (spec.parent or "") if spec else module.rpartition(".")[0]


def _spec(name: str) -> ModuleSpec | None:
    """Return where a module is, None for what is none.

    Nothing is imported for it: what a strategy names and does not import itself, as for its types, may ask for what is
    not installed, raise, or run.
    """
    loaded = getattr(sys.modules.get(name), "__spec__", None)
    if isinstance(loaded, ModuleSpec):
        return loaded
    package = name.rpartition(".")[0]
    try:
        if not package:
            return find_spec(name)
        above = _spec(package)
        places = above.submodule_search_locations if above else None
        return PathFinder.find_spec(name, places) if places else None
    except (ImportError, KeyError, ValueError):  # it has no name, or is in a folder that was not imported
        return None


def _is_beside(name: str, module: str) -> bool:
    """Tell whether there is a module of a name that is another one's own kind: see `code_fingerprint`."""
    package = _package(module)
    own = package if package.startswith(DESK) else package.partition(".")[0]
    if own:
        return (name == own or name.startswith(f"{own}.")) and _spec(name) is not None
    folders = [_folder(_spec(each)) for each in (name, module)] if "." not in name else []
    return bool(folders) and folders[0] is not None and folders[0] == folders[1]


def _folder(spec: ModuleSpec | None) -> Path | None:
    return Path(spec.origin).parent if spec and spec.has_location and spec.origin else None


def _text(spec: ModuleSpec | None) -> str:
    """Return the source of a module; a hash of what is no text, and nothing for a folder."""
    content = Path(spec.origin).read_bytes() if spec and spec.has_location and spec.origin else b""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return sha256(content).hexdigest()
