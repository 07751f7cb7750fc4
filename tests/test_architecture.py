"""The architecture beside import-linter's contracts: that they refuse what they should, names, and sizes."""

import ast
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "engine")
SIDEWAYS = {
    "engine/execution/order_gate.py": "engine.execution.reconcile_orders",
    "bot/messages/__init__.py": "bot.cards.message",
    "engine/common/trading_hours.py": "engine.control.kill_switch",
    "engine/views/status.py": "engine.execution.execute",
}
"""Imports that go sideways or upwards: where they are planted, and what is imported."""
MOST_METHODS = 15
OLD_NAMES = frozenset(
    [
        "adjust",
        "budget",
        "calculate",
        "called",
        "cap",
        "case",
        "checkup",
        "choosing",
        "compare",
        "deciding",
        "each",
        "exams",
        "eyes",
        "failures",
        "first_by",
        "follow_up",
        "gate",
        "guard",
        "halt_held",
        "halthold",
        "hands",
        "heard",
        "homes",
        "leave_on",
        "ledger",
        "lifeline",
        "look_up",
        "looking",
        "looks",
        "make_good",
        "mortal",
        "musthalt",
        "notclosed",
        "one",
        "pace",
        "passage",
        "patience",
        "perform",
        "posting",
        "requests",
        "results",
        "rewatch",
        "rig",
        "rounds",
        "services",
        "siege",
        "signalfate",
        "stage",
        "stand",
        "steer",
        "survey",
        "teller",
        "tidy",
        "told",
        "trust_again",
        "truth",
        "tryagain",
        "unheard",
        "unwell",
        "victim",
        "vitals",
        "waits",
        "world",
    ]
)
"""What things were called before they had the field's words."""


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in file.parts:
                yield file, ast.parse(file.read_text(encoding="utf-8"))


def classes() -> Iterator[tuple[Path, ast.ClassDef]]:
    for file, module in modules():
        yield from ((file, node) for node in ast.walk(module) if isinstance(node, ast.ClassDef))


def test_an_import_that_goes_sideways_or_upwards_is_refused(tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, imported in SIDEWAYS.items():
        file = tmp_path / name
        file.write_text(f"import {imported}\n{file.read_text(encoding='utf-8')}", encoding="utf-8")
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(  # noqa: S603 (our own)
        [linter, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout[-1000:] + done.stderr[-1000:]
    for name, imported in SIDEWAYS.items():
        importer = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        assert f"{importer} -> {imported}" in done.stdout, importer


def test_no_two_classes_have_the_same_name() -> None:
    counts = Counter(node.name for _, node in classes() if not node.name.startswith("_"))
    assert [name for name, count in counts.items() if count > 1] == []


def test_no_class_outside_the_adapters_has_many_verbs() -> None:
    large = {}
    for file, node in classes():
        verbs = [each for each in node.body if isinstance(each, ast.FunctionDef) and not each.name.startswith("_")]
        if len(verbs) > MOST_METHODS and "adapters" not in file.parts:
            large[node.name] = len(verbs)
    assert large == {}


def test_nothing_has_a_name_of_before() -> None:
    found = []
    for file, module in modules():
        found += [str(file)] if file.stem in OLD_NAMES else []
        for node in ast.walk(module):
            match node:
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name) if name.strip("_").lower() in OLD_NAMES:
                    found.append(f"{file}: {name}")
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="log")), args=[ast.Constant(value=str(event)), *_]
                ) if event in OLD_NAMES:
                    found.append(f"{file}: log {event}")
    assert found == []
