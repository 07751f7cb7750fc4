from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.attack_runner import AttackRunner


@pytest.fixture(name="siege")
def _siege(tmp_path: Path) -> Iterator[AttackRunner]:
    with AttackRunner.open(tmp_path) as siege:
        yield siege
