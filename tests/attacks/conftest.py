from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.model.origin import Source
from tests.attacks.attack_runner import AttackRunner


@pytest.fixture(name="siege", params=Source)
def _siege(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[AttackRunner]:
    """A desk under attack whose proposals are the strategy's, a person's, a webhook's or an agent's."""
    with AttackRunner.open(tmp_path, request.param) as siege:
        yield siege
