"""What docs/architecture.md says that it takes to add something, tried in a copy of the product."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.additions import ADDITIONS

ROOT = Path(__file__).parents[1]
GOALS = {"indicator": 4, "risk rule": 4, "slash command": 6, "broker": 5, "report": 4, "job": 3}
"""Files to change; the catalogues, the tests and what is generated count as one."""


def told() -> dict[str, tuple[frozenset[str], int]]:
    """Return what the document says: the files of each kind, and how many they are."""
    document = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (?:an?) ([a-z ]+) \| (.+?) \| (\d+) \|$", document, re.MULTILINE)
    return {
        kind: (frozenset(re.findall(r"`([\w/.]+\.(?:py|toml))`", files)), int(count)) for kind, files, count in rows
    }


@pytest.mark.parametrize("kind", GOALS)
def test_the_document_says_which_files_it_takes_to_add_something(kind: str) -> None:
    files, count = told()[kind]
    known = {name for name in files if (ROOT / name).exists()}
    assert ADDITIONS[kind].changed - ADDITIONS[kind].files.keys() == known
    assert len(files) + 1 == count <= GOALS[kind]


def test_one_of_each_kind_is_added_in_exactly_these_files_and_works(tmp_path: Path) -> None:
    for package in ("bot", "engine", "tools"):
        shutil.copytree(ROOT / package, tmp_path / package)  # with its bytecode, or it is all compiled again
    for name in ("docs", "README.md", "manifest.yml"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for addition in ADDITIONS.values():
        addition.put_into(tmp_path)
    shows = "".join(addition.shows for addition in ADDITIONS.values())
    done = subprocess.run(  # noqa: S603 (our own)
        [sys.executable, "-c", f"import sys; sys.path[1:1] = [{str(ROOT)!r}]\n{shows}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    linter = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run(  # noqa: S603 (our own)
        [linter, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100
    )
    assert checked.returncode == 0, checked.stdout[-3000:]
