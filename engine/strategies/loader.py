"""Finds a strategy by its name or file, or says in one line what is wrong with it, where, and what to write instead."""

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from engine.errors import StrategyInvalid
from engine.strategies.contract import Exits, Hours, Strategy
from engine.strategies.strategy_file import read_strategy
from engine.strategies.suggestions import did_you_mean

GROUP = "trading_bot.strategies"
"""The entry points under which an installed package offers strategies: each a class that needs no arguments."""
FOLDER = Path(__file__).parent
CLASSES: Mapping[str, str] = {
    "opening-range": "engine.strategies.opening_range:OpeningRange",
    "reversion": "engine.strategies.reversion:Reversion",
    "trend": "engine.strategies.trend:Trend",
}
"""The strategies that come with the desk as Python classes, each with where it stands."""
KINDS: Mapping[str, type] = {
    "name": str,
    "fingerprint": str,
    "warm_up_sessions": int,
    "propose_at": int,
    "exits": Exits,
    "hours": Hours,
}
"""What a strategy's values are."""
NEEDED = (*KINDS, "scores")


def names() -> tuple[str, ...]:
    """Return the names of all strategies that need no file: those that come with the desk, and those installed."""
    files = (path.stem for path in FOLDER.glob("*.toml"))
    return tuple(sorted({*files, *CLASSES, *(entry.name for entry in entry_points(group=GROUP))}))


def is_code(path_or_name: str) -> bool:
    """Tell whether a strategy is somebody's Python code, and no file of numbers; nothing of it is imported."""
    asked = path_or_name.strip()
    if _is_file(asked):
        return False
    return ":" in asked or asked in CLASSES or bool(entry_points(group=GROUP, name=asked))


def _is_file(asked: str) -> bool:
    return asked.endswith(".toml") or "/" in asked or (FOLDER / f"{asked}.toml").is_file()


def strategy_text(path_or_name: str) -> tuple[str, str]:
    """Return the text and the name of a strategy's TOML file; raises StrategyInvalid for a strategy without one."""
    asked = path_or_name.strip()
    if asked.endswith(".toml") or "/" in asked:
        return _text(Path(asked)), asked
    if (FOLDER / f"{asked}.toml").is_file():
        return _text(FOLDER / f"{asked}.toml"), f"{asked}.toml"
    load(asked)
    raise StrategyInvalid(
        f"strategy {asked!r} is Python code and has no file of numbers; expected seed or a .toml file"
    )


def load(path_or_name: str | Path) -> Strategy:
    """Return the strategy of a TOML file, of a name (`seed`), or of a class (`package.module:Class`).

    Raises StrategyInvalid, which says what to do instead.
    """
    asked = str(path_or_name).strip()
    if _is_file(asked):
        return read_strategy(*strategy_text(asked))
    if ":" in asked:
        return _made(asked, asked)
    if asked in CLASSES:
        return _made(asked, CLASSES[asked])
    for entry in entry_points(group=GROUP, name=asked):
        return _made(asked, entry.value)
    known = ", ".join(names())
    raise StrategyInvalid(
        f"no strategy is called {asked!r}{did_you_mean(asked, names())}; expected one of {known}, a .toml file, or a"
        " class as package.module:Class"
    )


def _text(path: Path) -> str:
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):  # to read a pipe may never end
            raise StrategyInvalid(f"{path}: is no file; expected a strategy's file, see seed.toml")
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StrategyInvalid(f"{path}: is no UTF-8 text; expected a TOML file like seed.toml") from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", "") or error
        raise StrategyInvalid(f"{path}: cannot be read ({why}); expected a strategy's file, see seed.toml") from error


def _made(name: str, where: str) -> Strategy:
    """Make a strategy of a class; whatever its own code raises is told with its name."""
    module, _, attribute = where.partition(":")
    try:
        kind: Any = import_module(module)
        for part in attribute.split("."):
            kind = getattr(kind, part)
        strategy = kind() if isinstance(kind, type) or not hasattr(kind, "scores") else kind
    except (Exception, SystemExit) as error:
        raise StrategyInvalid(
            f"strategy {name!r} ({where}) cannot be made: {type(error).__name__}: {error}; expected a class that can be"
            " imported and needs no arguments"
        ) from error
    try:
        missing = [part for part in NEEDED if not hasattr(strategy, part)]
        wrong = "" if missing else _wrong(strategy)
    except (Exception, SystemExit) as error:
        raise StrategyInvalid(
            f"strategy {name!r} ({where}): a property raised {type(error).__name__}: {error}; expected plain values"
        ) from error
    if missing:
        raise StrategyInvalid(
            f"strategy {name!r} ({where}) has no {', '.join(missing)}; expected all that is in"
            " engine.strategies.contract.Strategy"
        )
    if wrong:
        raise StrategyInvalid(f"strategy {name!r} ({where}): {wrong}")
    checked: Strategy = strategy
    return checked


def _wrong(strategy: Any) -> str:
    """Say which of a strategy's values nobody can trade by, and what it must be; '' where all can be."""
    for part, kind in KINDS.items():
        value = getattr(strategy, part)
        if not isinstance(value, kind) or isinstance(value, bool):
            return f"{part} is {value!r}; expected {kind.__name__}"
    if strategy.warm_up_sessions < 0 or strategy.propose_at < 1:
        return "expected warm_up_sessions of 0 or more, and propose_at of 1 or more"
    return _wrong_exits(strategy.exits)


def _wrong_exits(exits: Exits) -> str:
    if not 0 < exits.stop < 1:
        return f"its stop is {exits.stop} of the price; expected a part of it, such as Decimal('0.015')"
    if exits.target is not None and not exits.target > 0:
        return f"its target is {exits.target} of the price; expected more than 0, or None"
    if exits.partial is not None and not 0 < exits.partial < 1:
        return f"its partial is {exits.partial} of the shares; expected a part of them, such as Decimal('0.5')"
    if exits.lacks:
        return f"its exits have a partial; expected {exits.lacks}"
    return ""
