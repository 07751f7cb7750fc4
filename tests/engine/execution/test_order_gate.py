"""Reads the code: no entry has another way to the broker than the gate, and who else speaks to it is named here."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.ports.broker import Broker

ROOT = Path(__file__).parents[3]
ACTS = {
    "submit": {"engine/execution/order_gate.py"},
    "replace": {"engine/execution/follow_target.py", "engine/execution/move_exits.py"},
    "protect": {"engine/execution/protect.py", "engine/execution/external_positions.py"},
    "close": {"engine/execution/close_trades.py"},
    "close_all": {"engine/execution/flatten.py"},
    "buy_back": {"engine/execution/cover.py"},
    "cancel": {
        "engine/control/kill_switch.py",
        "engine/execution/close_trades.py",
        "engine/execution/end_orders.py",
        "engine/execution/part_brackets.py",
        "engine/execution/protect.py",
        "engine/execution/restatements.py",
        "engine/execution/withdraw_entries.py",
    },
}
"""Everything that changes something at the broker, and the only files that may do it."""
LOOKS = {
    "label",
    "account",
    "position",
    "positions",
    "is_tradable",
    "check",
    "order",
    "order_of",
    "orders",
    "find_orders",
    "activities",
    "clock_skew",
    "listen",
    "stop_listening",
}
"""What changes nothing."""


@pytest.fixture(scope="module")
def sources() -> dict[str, ast.Module]:
    """Return every module but the adapters, which are what stands behind the ports."""
    found = sorted(path for part in ("engine", "bot") for path in (ROOT / part).rglob("*.py"))
    names = {path.relative_to(ROOT).as_posix(): path for path in found}
    return {
        name: ast.parse(path.read_text(encoding="utf-8"))
        for name, path in names.items()
        if not name.startswith("engine/adapters/")
    }


@pytest.fixture(scope="module")
def said(sources: dict[str, ast.Module]) -> dict[str, set[str]]:
    """Return what each module says to a broker."""
    return {name: set(spoken_to_the_broker(module)) for name, module in sources.items()}


def spoken_to_the_broker(module: ast.Module) -> Iterator[str]:
    """Yield what is said to something that is called broker, or fetched from it by a name."""
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and is_broker(node.value):
            yield node.attr
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
            yield from ["getattr"] if is_broker(node.args[0]) else []


def is_broker(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name.strip("_").endswith("broker")


@pytest.mark.parametrize("act", ACTS)
def test_the_broker_is_told_to_do_something_by_the_named_files_only(act: str, said: dict[str, set[str]]) -> None:
    assert {name for name, words in said.items() if act in words} == ACTS[act]


def test_nothing_else_can_be_said_to_a_broker(said: dict[str, set[str]]) -> None:
    parts = [part for part in Broker.__mro__ if part.__module__ == Broker.__module__]
    verbs = {name for part in parts for name in vars(part) if not name.startswith("_")}
    assert verbs == set(ACTS) | LOOKS
    assert set().union(*said.values()) <= verbs | {"stop", "seed"}  # the paper broker's own, when it is built


def test_only_execute_sends_through_the_gate(sources: dict[str, ast.Module]) -> None:
    asking = {
        name
        for name, module in sources.items()
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and node.attr == "submit" and ast.unparse(node.value).endswith("gate")
    }
    assert asking == {"engine/execution/execute.py"}


def test_a_broker_has_one_name_wherever_it_goes(sources: dict[str, ast.Module]) -> None:
    """Whoever is given a broker calls it that, so that the tests above see all that is said to it."""
    renamed = [
        f"{name}:{node.lineno}"
        for name, module in sources.items()
        for node in ast.walk(module)
        if isinstance(node, ast.Assign) and is_broker(node.value)
        for target in node.targets
        for each in (target.elts if isinstance(target, ast.Tuple) else [target])
        if not is_broker(each)
    ]
    assert renamed == []
