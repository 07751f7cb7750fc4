"""A strategy's fingerprint is that of all of its own code: what changes its scores changes it, and nothing else."""

import inspect
import subprocess
import sys
from pathlib import Path

from engine.strategies import fingerprints, trend

ROOT = Path(__file__).parents[3]
STRATEGY = """
from dataclasses import dataclass
from engine.strategies.contract import Exits
from engine.strategies.fingerprints import code_fingerprint
{imports}

@dataclass(frozen=True)
class Mine:
    name: str = "mine"

    @property
    def fingerprint(self):
        return code_fingerprint(self)
"""
IN_A_PACKAGE = {
    "pack/__init__.py": "",
    "pack/numbers.py": "FAST = 5\n",
    "pack/other.py": "NOTHING = 0\n",
    "pack/sub/__init__.py": "",
    "pack/sub/deep.py": "from ..numbers import FAST\n",
    "pack/mine.py": STRATEGY.format(
        imports="""
from typing import TYPE_CHECKING
from .sub import deep
if TYPE_CHECKING:
    from pack.panel import Panel
"""
    ),
    "pack/panel.py": "raise RuntimeError('there is no screen')\n",
}
IN_A_FOLDER = {
    "mine.py": STRATEGY.format(imports="import helper\nimport lazy_pack"),
    "helper.py": "import second\n",
    "second.py": "SLOW = 20\n",
    "unused.py": "",
    "lazy_pack/__init__.py": "",
}


def fingerprints_in(folder: Path) -> dict[str, str]:
    """Return both strategies' as a process of its own finds them, as the desk's and the strategies' are."""
    code = "import pack.mine, mine; print(pack.mine.Mine().fingerprint, mine.Mine().fingerprint)"
    environment = {"PYTHONPATH": f"{folder}:{ROOT}"}
    command = [sys.executable, "-B", "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=folder)  # noqa: S603
    return dict(zip(("pack.mine", "mine"), done.stdout.split(), strict=True))


def test_a_change_counts_where_a_strategy_imports_it(tmp_path: Path) -> None:
    for name, text in (IN_A_PACKAGE | IN_A_FOLDER).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    before = fingerprints_in(tmp_path)
    for file, counts_for in {
        "pack/mine.py": {"pack.mine"},
        "pack/sub/deep.py": {"pack.mine"},
        "pack/numbers.py": {"pack.mine"},
        "pack/__init__.py": {"pack.mine"},
        "pack/panel.py": {"pack.mine"},  # and it is read, and never run
        "helper.py": {"mine"},
        "second.py": {"mine"},
        "pack/other.py": set[str](),
        "unused.py": set[str](),
        "lazy_pack/__init__.py": set[str](),
    }.items():
        with (tmp_path / file).open("a") as changed:
            changed.write("CHANGED = True\n")
        after = fingerprints_in(tmp_path)
        assert {each for each in after if after[each] != before[each]} == counts_for, file
        before = after


def test_of_the_desk_only_what_stands_beside_its_strategies_counts() -> None:
    beside = fingerprints._imported(trend.__name__, inspect.getsource(trend))  # noqa: SLF001
    assert "engine.strategies.windows" in beside
    assert {name.rpartition(".")[0] for name in beside} == {"engine", "engine.strategies"}
