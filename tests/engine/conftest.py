from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rig import Rig


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """The desk of the blueprint's example at 23:44:30, AUTO_MODE off."""
    rig = Rig.at_the_example(tmp_path)
    yield rig
    rig.close()


@pytest.fixture
def proposed(rig: Rig) -> Rig:
    """The same after its signal: AAPL is proposed and waits."""
    rig.play_the_signal()
    return rig


@pytest.fixture
def filled(proposed: Rig) -> Rig:
    """The same with AAPL approved and filled."""
    proposed.engine.commands.approve(proposed.trade().id, Rig.TRADER)
    return proposed
