"""The architecture beside import-linter's contracts: that they refuse what they should, names, and sizes."""

import ast
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.walk import Step, definition, knows, uses, walk

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
WALK = walk((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))
FACADES = {"engine/jobs.py", "engine/commands.py", "engine/order_flow.py", "bot/delivery/notices.py"}
"""What the walk may come back to: each runs several steps."""
WIRED = {
    ("bot/delivery/notices.py", "step"): "bot/delivery/notices.py",  # run by its own thread: the outbox joins the two
    ("bot/listeners/approvals.py", "approve"): "bot/app.py",
    ("engine/execution/last_look.py", "LastLook"): "engine/execution/order_gate.py",
    ("engine/jobs.py", "order_changed"): "engine/bootstrap.py",
}
"""What is called by somebody who does not know it, and who hands it on to them."""
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
        "floor",
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


def steps() -> list[Step]:
    return [step for part in WALK for step in part]


def callers() -> Iterator[tuple[list[str], str, str]]:
    """Yield the files above each step but the first, from the facade last named on, and its file and function."""
    for part in WALK:
        above = list[str]()
        for number, step in enumerate(part):
            if number:
                yield from ((above, *place) for place in step.places)
            above = [*step.files] if step.is_facade else [*above, *step.files]


def test_the_walk_goes_from_a_bar_to_a_fill_in_three_parts() -> None:
    assert [(part[0].files[0], part[-1].files[0]) for part in WALK] == [
        ("engine/scheduler.py", "bot/cards/proposal.py"),
        ("bot/listeners/handler.py", "engine/execution/last_look.py"),
        ("engine/adapters/alpaca/stream.py", "bot/cards/trade_thread.py"),
    ]


def test_the_walk_comes_back_to_no_file_but_the_facades() -> None:
    named = [file for step in steps() for file in step.files]
    assert {file for step in steps() if step.is_facade for file in step.files} == FACADES
    assert {file for file, count in Counter(named).items() if count > 1} <= FACADES


@pytest.mark.parametrize(("file", "name"), [place for step in steps() for place in step.places])
def test_every_step_of_the_walk_is_in_its_file(file: str, name: str) -> None:
    assert (ROOT / file).is_file()
    assert definition(file, name) is not None


@pytest.mark.parametrize(("above", "file", "name"), [*callers()])
def test_every_step_of_the_walk_is_called_by_one_above_it(above: list[str], file: str, name: str) -> None:
    wiring = WIRED.get((file, name))
    if wiring:
        assert knows(wiring, file)
        assert uses(wiring, file, name)
    else:
        assert [caller for caller in above if knows(caller, file) and uses(caller, file, name)]


def test_what_is_not_called_is_found() -> None:
    assert uses("engine/jobs.py", "engine/pipeline/analyse.py", "Analyse")
    assert not uses("engine/jobs.py", "engine/pipeline/analyse.py", "signal_for")
    assert not uses("engine/jobs.py", "engine/execution/last_look.py", "LastLook")
    assert not knows("engine/pipeline/analyse.py", "engine/jobs.py")
    assert knows("bot/listeners/approvals.py", "engine/commands.py")  # by the request that a click inherits from
    assert not knows("bot/listeners/approvals.py", "engine/order_flow.py")
    assert definition("engine/pipeline/analyse.py", "candidates") is None
    with pytest.raises(ValueError, match="not a step"):
        walk("## One trade, file by file\n| --- | --- | --- |\n| no file | | |\n")
