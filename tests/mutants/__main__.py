"""`make mutants`: changes each call to the outside, one at a time, and sees whether a test of its adapter notices.

The project is copied once for each worker, and only the copies are changed. Ends with 1 where a mutant survived, and
with 2 where the tests fail without any, or where a text is not found.
"""

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

from tests.mutants.mutant import Mutant
from tests.mutants.table import MUTANTS

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "pictures")
RED, GREEN = 1, 0
"""What pytest ends with where a test failed, and where none did."""
LONGEST = 900.0
"""Seconds after which tests that do not end count as failed: a mutant may well let them wait for ever."""


def main() -> int:
    """Run the mutants that are asked for; return what to end with."""
    asked = _arguments()
    mutants = [mutant for mutant in MUTANTS if asked.only in f"{mutant.file}: {mutant.name}"]
    flaws = [f"{mutant.file}: {mutant.name}: {found}" for mutant in mutants if (found := flaw(mutant))]
    if flaws:
        _say("\n".join(flaws))
        return 2
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies = SimpleQueue[Path]()
        for number in range(asked.jobs):
            copies.put(Path(shutil.copytree(ROOT, Path(folder) / str(number), ignore=LEFT_OUT)))
        if not asked.unproven and not _pass_by_themselves(copies, mutants):
            return 2
        with ThreadPoolExecutor(asked.jobs) as pool:
            noticed = list(pool.map(lambda mutant: _is_noticed(copies, mutant), mutants))
    survivors = [mutant for mutant, is_noticed in zip(mutants, noticed, strict=True) if not is_noticed]
    _say(f"\n{len(mutants)} mutants, {len(survivors)} survived")
    for mutant in survivors:
        _say(f"  {mutant.file}: {mutant.name}")
    return 1 if survivors else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--only", default="", help="a part of a file's or a mutant's name")
    parser.add_argument("--jobs", type=int, default=2, help="mutants at once")
    parser.add_argument("--unproven", action="store_true", help="do not run the tests without a mutant first")
    return parser.parse_args()


def flaw(mutant: Mutant) -> str:
    """Say why a mutant is none, '' where it is one."""
    source = (ROOT / mutant.file).read_text()
    if source.count(mutant.text) != 1:
        return f"the text stands there {source.count(mutant.text)} times"
    try:
        ast.parse(source.replace(mutant.text, mutant.instead))
    except SyntaxError as error:
        return f"it is no Python: {error}"
    return ""


def _pass_by_themselves(copies: SimpleQueue[Path], mutants: Sequence[Mutant]) -> bool:
    tests = sorted({test for mutant in mutants for test in mutant.tests})
    with _one_of(copies) as copy:
        ended, said = _run(copy, tests)
    if ended != GREEN:
        _say(f"{said}\nthe tests do not pass without a mutant")
    return ended == GREEN


def _is_noticed(copies: SimpleQueue[Path], mutant: Mutant) -> bool:
    began = time.monotonic()
    with _one_of(copies) as copy:
        file = copy / mutant.file
        before = file.read_text()
        _write(file, before.replace(mutant.text, mutant.instead))
        try:
            ended, said = _run(copy, mutant.tests)
        finally:
            _write(file, before)
    if ended not in {RED, GREEN}:
        raise RuntimeError(f"{mutant.name}: pytest ended with {ended}\n{said}")
    fate = "survived" if ended == GREEN else "noticed "
    _say(f"{fate} {time.monotonic() - began:4.0f} s  {mutant.file}: {mutant.name}")
    return ended == RED


@contextmanager
def _one_of(copies: SimpleQueue[Path]) -> Iterator[Path]:
    copy = copies.get()
    try:
        yield copy
    finally:
        copies.put(copy)


def _write(file: Path, source: str) -> None:
    """Write a source, and forget its byte code, which is told from an older one by the second only."""
    file.write_text(source)
    for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*"):
        compiled.unlink()


def _run(copy: Path, tests: Sequence[str]) -> tuple[int, str]:
    """Run tests in a copy until one fails; return what pytest ended with and said."""
    given = os.environ | {"PYTHONPATH": str(copy)}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", *tests]
    try:
        ended = subprocess.run(command, cwd=copy, env=given, capture_output=True, text=True, timeout=LONGEST)  # noqa: S603, PLW1510
    except subprocess.TimeoutExpired:
        return RED, "the tests did not end"
    return ended.returncode, ended.stdout[-3000:] + ended.stderr[-1000:]


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
