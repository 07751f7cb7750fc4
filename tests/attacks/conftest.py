from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.siege import Siege


@pytest.fixture(name="siege")
def _siege(tmp_path: Path) -> Iterator[Siege]:
    with Siege.open(tmp_path) as siege:
        yield siege
